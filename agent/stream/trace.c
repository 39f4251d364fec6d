/* SPDX-License-Identifier: MIT */
/*
 * AWRY_TRACE: the bytes that a viewer would be sent, in a file. Nothing is lost on the way: the recorder may
 * overwrite only what was written here (and waits for it, up to a bounded time).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/record/record.h"
#include "agent/stream/internal.h"

#define PORTION (256u << 10)

static int open_file(const char *path, struct aw__problem *problem)
{
	const int fd = aw__high_fd(
		open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600));
	struct stat st;

	if (fd < 0) {
		aw__problem_set(problem, "%s: %s", path, strerror(errno));
		return -1;
	}
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		aw__problem_set(problem, "%s: not a file", path);
		close(fd);
		return -1;
	}
	return fd;
}

/* Another process of the same run may have it: then this one takes a name of its own. */
static int open_or_avoid(struct aw__trace *trace, struct aw__problem *problem)
{
	int fd = open_file(trace->path, problem);
	const size_t length = strlen(trace->path);

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	close(fd);
	snprintf(trace->path + length, sizeof(trace->path) - length, ".%ld", (long)getpid());
	fd = open_file(trace->path, problem);
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

/* The recorder may overwrite what has gone into the file. */
static void release(const struct aw__trace *trace)
{
	for (uint32_t ring = 0; ring < aw__box_cursor_rings(trace->feed.cursor); ring++)
		aw__record_consumed(ring, aw__box_cursor_position(trace->feed.cursor, ring));
}

bool aw__trace_write(struct aw__trace *trace)
{
	bool present = false;

	while (trace->file.fd >= 0 && !present) {
		present = aw__feed_fill(&trace->feed, PORTION);
		if (trace->feed.out.failed || !write_out(trace)) {
			give_up(trace);
			return true;
		}
		release(trace);
	}
	return true;
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
