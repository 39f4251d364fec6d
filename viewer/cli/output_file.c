/* SPDX-License-Identifier: MIT */
/*
 * Writes the files of -o, for all commands, and decides which existing files they may replace.
 *
 * A regular file is written beside its path and renamed when it is complete. A pipe, a terminal, /dev/null or an
 * open descriptor (/dev/stdout, /dev/fd/63) is written directly: nothing can be lost there.
 */
#include "viewer/cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/kernel_files.h"
#include "viewer/source/copy.h"

/* The open descriptor that a path names, like /dev/fd/63; -1: none. */
static int named_descriptor(const char *path)
{
	static const char *const folders[] = { "/dev/fd/", "/proc/self/fd/" };
	char *end;
	long fd;

	if (strcmp(path, "/dev/stdout") == 0)
		return STDOUT_FILENO;
	if (strcmp(path, "/dev/stderr") == 0)
		return STDERR_FILENO;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		const size_t length = strlen(folders[i]);

		if (strncmp(path, folders[i], length) != 0 || path[length] < '0' ||
		    path[length] > '9')
			continue;
		fd = strtol(path + length, &end, 10);
		return *end == '\0' && fd < INT_MAX ? (int)fd : -1;
	}
	return -1;
}

static bool is_stream(const char *path)
{
	struct stat status;

	return named_descriptor(path) >= 0 ||
	       (stat(path, &status) == 0 && (S_ISCHR(status.st_mode) || S_ISFIFO(status.st_mode)));
}

/* A file that does not exist can be made if its folder is writable. */
static bool can_be_made(const char *path, struct aw__problem *problem)
{
	const char *slash = strrchr(path, '/');
	char folder[4096] = ".";

	if (slash != NULL)
		snprintf(folder, sizeof(folder), "%.*s/", (int)(slash - path), path);
	return access(folder, W_OK | X_OK) == 0 ||
	       aw__problem_set(problem, "%.400s: cannot be created: %s", path, strerror(errno));
}

static bool is_trace(const char *path)
{
	const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	const bool is = fd >= 0 && aw__copy_is_trace(fd);

	if (fd >= 0)
		close(fd);
	return is;
}

static bool may_replace(const char *path, const struct stat *status, enum aw__output_kind kind,
			struct aw__problem *problem)
{
	if (status->st_size == 0)
		return true;
	if (kind == AW__OUTPUT_OTHER)
		return aw__problem_set(problem, "%.400s: exists; --force replaces it", path);
	return is_trace(path) ||
	       aw__problem_set(problem,
			       "%.400s: exists and is not a recording; --force replaces it", path);
}

bool aw__output_allowed(const char *path, enum aw__output_kind kind, bool force,
			struct aw__problem *problem)
{
	struct stat status;

	if (kind != AW__OUTPUT_OF_AGENT && is_stream(path))
		return true;
	if (lstat(path, &status) != 0 && errno == ENOENT)
		return can_be_made(path, problem);
	if (lstat(path, &status) != 0)
		return aw__problem_set(problem, "%.400s: %s", path, strerror(errno));
	if (S_ISLNK(status.st_mode))
		return aw__problem_set(problem, "%.400s: is a symbolic link; name the file itself",
				       path);
	if (!S_ISREG(status.st_mode))
		return aw__problem_set(problem, "%.400s: not a regular file", path);
	if (aw__kernel_files_has(path))
		return aw__problem_set(
			problem, "%.400s: is a file of the kernel (/proc, /sys); name another file",
			path);
	return force || may_replace(path, &status, kind, problem);
}

static int open_stream(const char *path)
{
	const int fd = named_descriptor(path);

	if (fd >= 0)
		return fcntl(fd, F_DUPFD_CLOEXEC, 3);
	return open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
}

bool aw__output_open(struct aw__output *ret_output, const char *path, enum aw__output_kind kind,
		     bool force, struct aw__problem *problem)
{
	const int length = snprintf(ret_output->temporary, sizeof(ret_output->temporary),
				    "%s.%d.part", path, (int)getpid());

	ret_output->path = path;
	ret_output->kind = kind;
	ret_output->force = force;
	ret_output->trace = NULL;
	if (length < 0 || (size_t)length >= sizeof(ret_output->temporary))
		return aw__problem_set(problem, "%.200s…: the path is too long", path);
	if (!aw__output_allowed(path, kind, force, problem))
		return false;
	ret_output->stream = is_stream(path);
	if (ret_output->stream)
		ret_output->fd = open_stream(path);
	else
		ret_output->fd = open(ret_output->temporary,
				      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	return ret_output->fd >= 0 ||
	       aw__problem_set(problem, "%.400s: %s",
			       ret_output->stream ? path : ret_output->temporary, strerror(errno));
}

bool aw__output_trace(struct aw__output *output, bool compress, struct aw__problem *problem)
{
	const size_t length = strlen(output->path);
	const bool named = length > 4 && strcmp(output->path + length - 4, ".zst") == 0;

	output->trace = aw__bytes_out_create(output->fd, compress || named);
	return output->trace != NULL || aw__problem_set(problem, "out of memory");
}

/* Flush what is buffered. */
static bool end_trace(struct aw__output *output, struct aw__problem *problem)
{
	struct aw__problem why;
	bool done = output->trace == NULL || aw__bytes_flush(output->trace, &why);

	aw__bytes_out_destroy(output->trace);
	output->trace = NULL;
	return done || aw__problem_set(problem, "%.200s: %.250s", output->path, why.text);
}

/* A file that appeared there meanwhile, perhaps made by the command, is not replaced: both are kept. */
static bool put_in_place(struct aw__output *output, struct aw__problem *problem)
{
	struct aw__problem why;
	bool done = aw__output_allowed(output->path, output->kind, output->force, &why);

	if (done && rename(output->temporary, output->path) != 0)
		done = aw__problem_set(&why, "%.300s: %s", output->path, strerror(errno));
	return done || aw__problem_set(problem, "%.340s; what was written is in %.140s", why.text,
				       output->temporary);
}

bool aw__output_finish(struct aw__output *output, struct aw__problem *problem)
{
	if (!end_trace(output, problem)) {
		aw__output_abandon(output);
		return false;
	}
	if (close(output->fd) == 0)
		return output->stream || put_in_place(output, problem);
	aw__problem_set(problem, "%.400s: %s", output->path, strerror(errno));
	if (!output->stream)
		unlink(output->temporary);
	return false;
}

void aw__output_abandon(struct aw__output *output)
{
	aw__bytes_out_destroy(output->trace);
	output->trace = NULL;
	close(output->fd);
	if (!output->stream)
		unlink(output->temporary);
}
