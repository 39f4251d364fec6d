/* SPDX-License-Identifier: MIT */
/*
 * Writes the file of AWRY_TRACE, for the agent's thread: the bytes that a viewer would be sent. The recorder overwrites
 * only records that are in the file, and waits for that, up to a bounded time.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/record/record.h"
#include "agent/stream/stream_internal.h"
#include "base/kernel_files.h"
#include "proto/frame.h"

#define PORTION (256u << 10)

/* What to do with an existing file. */
enum existing { REPLACE, LEAVE, REFUSE };

/* A file of this user is replaced if it is empty, or begins like a recording. A compressed file may be a recording,
 * which cannot be seen here: it is left alone. */
static enum existing judge(int fd, const char *path, struct aw__problem *problem)
{
	static const unsigned char zstd[] = { 0x28, 0xb5, 0x2f, 0xfd };
	unsigned char first[AW__FRAME_PREAMBLE_BYTES] = { 0 };
	struct stat st;

	if (fstat(fd, &st) != 0)
		aw__problem_set(problem, "%.400s: %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		aw__problem_set(problem, "%.400s: not a regular file", path);
	else if (st.st_uid != geteuid())
		aw__problem_set(problem, "%.400s: belongs to user %u; name another file", path,
				(unsigned)st.st_uid);
	else if (st.st_size == 0)
		return REPLACE;
	else if (pread(fd, first, sizeof(first), 0) == (ssize_t)sizeof(first) &&
		 memcmp(first, aw__frame_preamble, sizeof(first)) == 0)
		return REPLACE;
	else if (memcmp(first, zstd, sizeof(zstd)) == 0)
		return LEAVE;
	else
		aw__problem_set(
			problem,
			"%.400s: exists and is not a recording; remove it or name another file",
			path);
	return REFUSE;
}

/* A file that is not a regular one on a disk is not even opened: a watchdog device, for example, would start. */
static bool may_be_opened(const char *path, struct aw__problem *problem)
{
	struct stat st;

	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode))
		return aw__problem_set(problem, "%.400s: not a regular file", path);
	if (aw__kernel_files_has(path))
		return aw__problem_set(
			problem, "%.400s: is a file of the kernel (/proc, /sys); name another file",
			path);
	return true;
}

/* `ret_leave`: there is no descriptor because the file must be left alone. */
static int open_existing(const char *path, bool *ret_leave, struct aw__problem *problem)
{
	enum existing existing;
	int fd;

	if (!may_be_opened(path, problem))
		return -1;
	fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 && errno == ELOOP)
		aw__problem_set(problem, "%.400s: is a symbolic link; name the file itself", path);
	else if (fd < 0)
		aw__problem_set(problem, "%.400s: %s", path, strerror(errno));
	if (fd < 0)
		return -1;
	existing = judge(fd, path, problem);
	*ret_leave = existing == LEAVE;
	if (existing == REPLACE)
		return fd;
	close(fd);
	return -1;
}

/* Create the file, or open one that may be replaced. */
static int open_file(const char *path, bool *ret_leave, struct aw__problem *problem)
{
	const int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600);

	*ret_leave = false;
	if (fd >= 0)
		return aw__high_fd(fd);
	if (errno == EEXIST)
		return aw__high_fd(open_existing(path, ret_leave, problem));
	aw__problem_set(problem, "%.400s: %s", path, strerror(errno));
	return -1;
}

/* If another process of the same run writes the file, or if it is compressed, append this process's id to the name. */
static int open_or_avoid(struct aw__trace *trace, struct aw__problem *problem)
{
	bool leave;
	int fd = open_file(trace->path, &leave, problem);
	const size_t length = strlen(trace->path);

	if (fd >= 0 ? flock(fd, LOCK_EX | LOCK_NB) == 0 : !leave)
		return fd;
	if (fd >= 0)
		close(fd);
	snprintf(trace->path + length, sizeof(trace->path) - length, ".%ld", (long)getpid());
	fd = open_file(trace->path, &leave, problem);
	if (leave)
		aw__problem_set(problem, "%.400s: exists and is compressed; name another file",
				trace->path);
	if (fd >= 0)
		(void)flock(fd, LOCK_EX | LOCK_NB);
	return fd;
}

bool aw__trace_open(struct aw__trace *trace, const struct aw__box *box, const char *path,
		    struct aw__problem *problem)
{
	memset(trace, 0, sizeof(*trace));
	snprintf(trace->path, sizeof(trace->path), "%s", path);
	trace->file = aw__descriptor_of(open_or_avoid(trace, problem));
	if (trace->file.fd < 0)
		return false;
	if (ftruncate(trace->file.fd, 0) != 0 || !aw__feed_init(&trace->feed, box)) {
		aw__problem_set(problem, "%s: %s", trace->path, strerror(errno));
		aw__descriptor_close(&trace->file);
		return false;
	}
	return true;
}

static bool write_out(struct aw__trace *trace)
{
	struct aw__buffer *out = &trace->feed.out;
	size_t done = 0;

	if (out->length > 0 && !aw__descriptor_holds(&trace->file)) {
		errno = EBADF;
		return false;
	}
	while (done < out->length) {
		const ssize_t length = write(trace->file.fd, out->data + done, out->length - done);

		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0)
			return false;
		done += (size_t)length;
	}
	aw__buffer_clear(out);
	return true;
}

static void give_up(struct aw__trace *trace)
{
	aw__complain("awry: %s: %s; the recording ends here", trace->path,
		     trace->feed.out.failed ? "out of memory" : strerror(errno));
	aw__record_lossy();
	aw__descriptor_close(&trace->file);
	aw__feed_finish(&trace->feed);
}

/* Let the recorder overwrite the records that are in the file. */
static void release(const struct aw__trace *trace)
{
	for (uint32_t ring = 0; ring < aw__box_cursor_rings(trace->feed.cursor); ring++)
		aw__record_consumed(ring, aw__box_cursor_position(trace->feed.cursor, ring));
}

void aw__trace_write(struct aw__trace *trace)
{
	bool present = false;

	while (trace->file.fd >= 0 && !present) {
		present = aw__feed_fill(&trace->feed, PORTION);
		if (trace->feed.out.failed || !write_out(trace)) {
			give_up(trace);
			return;
		}
		release(trace);
	}
}

void aw__trace_close(struct aw__trace *trace, bool goodbye)
{
	if (trace->file.fd < 0)
		return;
	aw__record_lossy();
	if (goodbye) {
		aw__feed_goodbye(&trace->feed);
		if (!write_out(trace))
			aw__complain("awry: %s: %s", trace->path, strerror(errno));
	}
	aw__descriptor_close(&trace->file);
	aw__feed_finish(&trace->feed);
}
