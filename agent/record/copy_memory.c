/* SPDX-License-Identifier: MIT */
/*
 * Reads memory of this process that other threads may unmap meanwhile, for the sampler: the kernel copies it, and returns how
 * far it came, where a plain read would crash the program.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "agent/record/walk_copy.h"

#define PAGE_BYTES  4096u
#define MOST_PIECES 64u

/* The kernel copies a piece completely or not at all: so none crosses a page. */
static size_t cut(struct iovec *pieces, uint64_t from, size_t bytes)
{
	size_t count = 0;

	while (bytes > 0 && count < MOST_PIECES) {
		const size_t rest = PAGE_BYTES - from % PAGE_BYTES;
		const size_t length = bytes < rest ? bytes : rest;

		pieces[count++] = (struct iovec){ (void *)(uintptr_t)from, length };
		from += length;
		bytes -= length;
	}
	return count;
}

static ssize_t copy_some(void *to, uint64_t from, size_t bytes)
{
	struct iovec pieces[MOST_PIECES], whole = { to, 0 };
	const size_t count = cut(pieces, from, bytes);

	for (size_t i = 0; i < count; i++)
		whole.iov_len += pieces[i].iov_len;
	return syscall(SYS_process_vm_readv, (long)getpid(), &whole, 1L, pieces, (long)count, 0L);
}

/* Where a filter forbids process_vm_readv(). */
static size_t copy_by_file(void *to, uint64_t from, size_t bytes)
{
	const int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t length = -1;

	if (fd < 0)
		return 0;
	length = pread(fd, to, bytes, (off_t)from);
	close(fd);
	return length > 0 ? (size_t)length : 0;
}

size_t aw__copy_memory(void *to, uint64_t from, size_t bytes)
{
	size_t done = 0;

	while (done < bytes) {
		const ssize_t now = copy_some((char *)to + done, from + done, bytes - done);

		if (now < 0 && errno != EFAULT)
			return done + copy_by_file((char *)to + done, from + done, bytes - done);
		if (now <= 0)
			break;
		done += (size_t)now;
	}
	return done;
}
