/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into a debugged program: lets allocations of the agent fail. These are the allocations of its thread, also in libraries that it calls,
 * and those of libawry-agent in other threads.
 *
 *	FAIL_ALLOC=N          the N-th fails (1-based); 0: none
 *	FAIL_ALLOC_EVERY=N    each N-th fails
 *	FAIL_ALLOC_COUNT=FILE writes the number of allocations there when the program ends
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

extern void *__libc_malloc(size_t bytes);
extern void *__libc_calloc(size_t count, size_t bytes);
extern void *__libc_realloc(void *memory, size_t bytes);

static _Atomic unsigned long count;
static unsigned long fail_at, fail_every;
static uintptr_t agent_start, agent_end;
static bool ready;

static int visit(struct dl_phdr_info *info, size_t size, void *data)
{
	(void)size;
	(void)data;
	if (info->dlpi_name == NULL || strstr(info->dlpi_name, "libawry-agent") == NULL)
		return 0;
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const uintptr_t end =
			info->dlpi_addr + info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz;

		if (info->dlpi_phdr[i].p_type == PT_LOAD && end > agent_end)
			agent_end = end;
	}
	agent_start = info->dlpi_addr;
	return 1;
}

__attribute__((constructor)) static void begin(void)
{
	const char *at = getenv("FAIL_ALLOC"), *every = getenv("FAIL_ALLOC_EVERY");

	fail_at = at != NULL ? strtoul(at, NULL, 10) : 0;
	fail_every = every != NULL ? strtoul(every, NULL, 10) : 0;
	dl_iterate_phdr(visit, NULL);
	ready = true;
}

__attribute__((destructor)) static void end(void)
{
	const char *path = getenv("FAIL_ALLOC_COUNT");
	char text[32];
	int fd;

	ready = false;
	fd = path != NULL ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
	if (fd < 0)
		return;
	snprintf(text, sizeof(text), "%lu", count);
	if (write(fd, text, strlen(text)) < 0)
		_exit(99);
	close(fd);
}

static bool is_agents(const void *caller)
{
	char name[16] = "";

	if ((uintptr_t)caller >= agent_start && (uintptr_t)caller < agent_end)
		return true;
	prctl(PR_GET_NAME, name, 0, 0, 0);
	return strcmp(name, "awry") == 0;
}

static bool fails(const void *caller)
{
	unsigned long now;

	if (!ready || !is_agents(caller))
		return false;
	now = atomic_fetch_add(&count, 1) + 1;
	if (now != fail_at && (fail_every == 0 || now % fail_every != 0))
		return false;
	errno = ENOMEM;
	return true;
}

__attribute__((visibility("default"))) void *malloc(size_t bytes)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(bytes);
}

__attribute__((visibility("default"))) void *calloc(size_t number, size_t bytes)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(number, bytes);
}

__attribute__((visibility("default"))) void *realloc(void *memory, size_t bytes)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(memory, bytes);
}
