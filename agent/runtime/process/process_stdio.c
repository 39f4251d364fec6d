/* SPDX-License-Identifier: MIT */
/* Prepares the standard streams of a subprocess: pipes, files, /dev/null or the program's own. */
#include "agent/runtime/process/process.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* The copies are not 0, 1 or 2, to which the child assigns them in this order. */
static aw_error *copy(int fd, int *ret_fd)
{
	int made = fcntl(fd, F_DUPFD_CLOEXEC, 3);

	if (made < 0)
		return aw_error_from_errno(errno, NULL);
	*ret_fd = made;
	return NULL;
}

static aw_error *open_one(struct aw__stdio *stdio, int index, int what)
{
	int pair[2], ours = index == 0 ? 1 : 0;

	if (what == AW_STDIO_INHERIT)
		return copy(index, &stdio->child[index]);
	if (what == AW_STDIO_STDOUT)
		return copy(stdio->child[1], &stdio->child[index]);
	if (what > 0)
		return copy(what - 1, &stdio->child[index]);
	if (what == AW_STDIO_NULL) {
		stdio->child[index] = open("/dev/null", O_RDWR | O_CLOEXEC);
		return stdio->child[index] < 0 ? aw_error_from_errno(errno, "/dev/null") : NULL;
	}
	if (pipe2(pair, O_CLOEXEC) < 0)
		return aw_error_from_errno(errno, NULL);
	stdio->ours[index] = pair[ours];
	stdio->child[index] = pair[1 - ours];
	return NULL;
}

static aw_error *check(const struct aw_process_options *options)
{
	if (options->in == AW_STDIO_STDOUT || options->out == AW_STDIO_STDOUT)
		return aw_raise(aw_ValueError, "STDOUT can only be used for stderr");
	if (options->in < AW_STDIO_NULL || options->out < AW_STDIO_NULL ||
	    options->err < AW_STDIO_NULL)
		return aw_raise(aw_ValueError, "no such kind of standard stream");
	return NULL;
}

aw_error *aw__stdio_open(const struct aw_process_options *options, struct aw__stdio *stdio)
{
	const int what[3] = { options->in, options->out, options->err };
	aw_error *err = check(options);

	for (int i = 0; i < 3; i++)
		stdio->child[i] = stdio->ours[i] = -1;
	for (int i = 0; i < 3 && err == NULL; i++) {
		err = open_one(stdio, i, what[i]);
		/* the program's own stream may be closed: then the child's is closed, too */
		if (what[i] == AW_STDIO_INHERIT && aw_error_int(err, "errno", 0) == EBADF)
			err = aw_error_unref(err);
	}
	if (err != NULL)
		aw__stdio_close(stdio);
	return err;
}

static void close_all(int fds[3])
{
	for (int i = 0; i < 3; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

void aw__stdio_close(struct aw__stdio *stdio)
{
	close_all(stdio->child);
	close_all(stdio->ours);
}

aw_error *aw__stdio_streams(struct aw__stdio *stdio, size_t limit, struct aw_stream **streams)
{
	for (int i = 0; i < 3; i++) {
		if (stdio->ours[i] < 0)
			continue;
		if (i == 0)
			AW_TRY(aw_stream_connect_write_pipe(stdio->ours[i], &streams[i]));
		else
			AW_TRY(aw_stream_connect_read_pipe(stdio->ours[i], &streams[i]));
		stdio->ours[i] = -1;
		if (limit > 0)
			aw_stream_set_limit(streams[i], limit);
	}
	return NULL;
}
