/* SPDX-License-Identifier: MIT */
/* Reading from a pipe's descriptor: lines, end of file, closing it while a task reads, and a file that is no pipe. */
#include "net.h"

#include <errno.h>
#include <unistd.h>

static aw_error *a_line(void *arg, void **ret)
{
	return show_line(arg);
}

static aw_error *read_ten(void *arg, void **ret)
{
	return show_read(arg, 10);
}

static void put(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) < 0)
		end(aw_error_from_errno(errno, NULL));
}

static void look(const aw_stream *stream)
{
	printf("%s %s\n", truth(aw_stream_is_closing(stream)), truth(aw_stream_at_eof(stream)));
}

static aw_error *open_pipe(aw_stream **ret_stream, int *ret_into)
{
	int fds[2];

	if (pipe(fds) < 0)
		return aw_error_from_errno(errno, NULL);
	*ret_into = fds[1];
	return aw_stream_connect_read_pipe(fds[0], ret_stream);
}

static aw_error *to_the_end(void)
{
	aw_stream *stream = NULL;
	aw_task *waiting;
	int into = -1;

	AW_TRY(open_pipe(&stream, &into));
	put(into, "one\ntw");
	AW_TRY(show_line(stream));
	waiting = aw_spawn(a_line, stream);
	AW_TRY(aw_sleep(AW_MS(10)));
	put(into, "o\nthree");
	AW_TRY(aw_await(waiting, NULL));
	aw_task_unref(waiting);
	look(stream);
	close(into);
	AW_TRY(aw_sleep(AW_MS(20)));
	look(stream);
	AW_TRY(show_read(stream, 3));
	end_read(show_exactly(stream, 10));
	puts(truth(aw_stream_at_eof(stream)));
	AW_TRY(show_read(stream, 3));
	aw_stream_unref(stream);
	return NULL;
}

static aw_error *closed_by_us(void)
{
	aw_stream *stream = NULL;
	aw_task *waiting;
	int into = -1;

	AW_TRY(open_pipe(&stream, &into));
	waiting = aw_spawn(read_ten, stream);
	AW_TRY(aw_sleep(AW_MS(10)));
	aw_stream_close(stream);
	AW_TRY(aw_await(waiting, NULL));
	aw_task_unref(waiting);
	look(stream);
	put(into, "nobody");
	close(into);
	aw_stream_unref(stream);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	aw_stream *stream = NULL;
	FILE *file = tmpfile();

	AW_TRY(to_the_end());
	AW_TRY(closed_by_us());
	end_read(aw_stream_connect_read_pipe(fileno(file), &stream));
	fclose(file);
	return NULL;
}

ORACLE_MAIN
