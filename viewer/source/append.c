/* SPDX-License-Identifier: MIT */
/*
 * Appends an index to a trace, or replaces the one that it has. If it cannot be written completely, the trace is
 * left without one.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "viewer/source/source_internal.h"

#define PART_BYTES (1u << 20)

/* Whether the file is the one that was read, unchanged, and no process writes it. */
static bool is_ours(const struct aw__source *source, int fd, uint64_t size,
		    struct aw__problem *problem)
{
	struct stat one, other;

	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		return aw__problem_set(problem, "it is still being written");
	if (fstat(fd, &one) != 0 || fstat(source->fd, &other) != 0)
		return aw__problem_set(problem, "%s", strerror(errno));
	return (one.st_dev == other.st_dev && one.st_ino == other.st_ino &&
		(uint64_t)one.st_size == size) ||
	       aw__problem_set(problem, "it was changed meanwhile");
}

static bool put(int fd, bool packed, const void *bytes, size_t length, struct aw__problem *problem)
{
	struct aw__bytes_out *out = aw__bytes_out_create(fd, packed);
	bool done = out != NULL || aw__problem_set(problem, "out of memory");

	for (size_t at = 0, part; done && at < length; at += part) {
		part = length - at < PART_BYTES ? length - at : PART_BYTES;
		done = aw__bytes_put(out, (const char *)bytes + at, part, problem);
	}
	done = done && aw__bytes_flush(out, problem);
	aw__bytes_out_destroy(out);
	return done;
}

static bool replace(struct aw__source *source, int fd, uint64_t from, const void *bytes,
		    size_t length, struct aw__problem *problem)
{
	uint64_t at = aw__bytes_file_offset(source->raw, from), size = 0;

	if (at == UINT64_MAX)
		return aw__problem_set(problem, "it begins in the middle of a compressed piece");
	size = aw__bytes_file_size(source->raw);
	if (!is_ours(source, fd, size, problem))
		return false;
	if ((at < size && ftruncate(fd, (off_t)at) != 0) || lseek(fd, (off_t)at, SEEK_SET) < 0)
		return aw__problem_set(problem, "%s", strerror(errno));
	if (length == 0 || put(fd, aw__bytes_packed(source->raw), bytes, length, problem))
		return true;
	/* a partial index would be useless */
	(void)!ftruncate(fd, (off_t)at);
	return false;
}

bool aw__source_append(struct aw__source *source, const char *path, uint64_t from,
		       const void *bytes, size_t length, struct aw__problem *problem)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	bool done;

	if (fd < 0)
		return aw__problem_set(problem, "%s", strerror(errno));
	done = replace(source, fd, from, bytes, length, problem);
	close(fd);
	return done && aw__bytes_refresh(source->raw, problem);
}
