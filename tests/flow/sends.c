/* SPDX-License-Identifier: MIT */
/* Preloaded into a program: counts its calls of send() in the file named by the variable SENDS. */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static _Atomic unsigned long *calls;

__attribute__((constructor)) static void open_count(void)
{
	const char *path = getenv("SENDS");
	const int fd = path != NULL ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
	void *at;

	if (fd < 0 || ftruncate(fd, sizeof(*calls)) != 0)
		return;
	at = mmap(NULL, sizeof(*calls), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (at != MAP_FAILED)
		calls = at;
}

__attribute__((visibility("default"))) ssize_t send(int fd, const void *bytes, size_t length,
						    int flags)
{
	if (calls != NULL)
		atomic_fetch_add(calls, 1);
	return sendto(fd, bytes, length, flags, NULL, 0);
}
