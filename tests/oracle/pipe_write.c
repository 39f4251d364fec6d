/* SPDX-License-Identifier: MIT */
/*
 * Writing to a pipe's descriptor: its reader closes it while data are unsent, or none; and a file that is no
 * pipe.
 */
#include "net.h"

#include <errno.h>
#include <unistd.h>

static aw_error *open_pipe(aw_stream **ret_stream, int *ret_out)
{
	int fds[2];

	if (pipe(fds) < 0)
		return aw_error_from_errno(errno, NULL);
	*ret_out = fds[0];
	return aw_stream_connect_write_pipe(fds[1], ret_stream);
}

static void finish(aw_stream *stream)
{
	puts(truth(aw_stream_is_closing(stream)));
	end_read(aw_stream_wait_closed(stream));
	end_read(aw_stream_drain(stream));
	aw_stream_unref(stream);
}

static size_t take(int fd, char *buffer)
{
	ssize_t count = read(fd, buffer, 10);

	return count > 0 ? (size_t)count : 0;
}

/* Print the bytes that the pipe took: show_bytes() without a name, and then `rest`. */
static void show_taken(int fd, const char *rest)
{
	char buffer[11] = "";

	take(fd, buffer);
	printf("b'%s'%s\n", buffer, rest);
}

static aw_error *to_the_end(void)
{
	const struct iovec pieces[] = { { "a", 1 }, { "b", 1 } };
	aw_stream *stream = NULL;
	int out = -1;

	puts("to the end");
	AW_TRY(open_pipe(&stream, &out));
	AW_TRY(say(stream, "hello"));
	show_taken(out, aw_stream_can_write_eof(stream) && !aw_stream_is_closing(stream)
				? " True False"
				: " wrong");
	AW_TRY(aw_stream_write_many(stream, pieces, 2));
	AW_TRY(aw_stream_write_eof(stream));
	finish(stream);
	show_taken(out, "");
	show_taken(out, "");
	close(out);
	return NULL;
}

static aw_error *nothing_unsent(void)
{
	aw_stream *stream = NULL;
	int out = -1;

	puts("the reader goes while nothing is unsent");
	AW_TRY(open_pipe(&stream, &out));
	close(out);
	AW_TRY(aw_sleep(AW_MS(20)));
	finish(stream);
	return NULL;
}

static aw_error *drain(void *arg, void **ret)
{
	return aw_stream_drain(arg);
}

static aw_error *something_unsent(void)
{
	static char big[1000000];
	aw_stream *stream = NULL;
	aw_task *waiting;
	int out = -1;

	puts("the reader goes while something is");
	AW_TRY(open_pipe(&stream, &out));
	AW_TRY(aw_stream_write(stream, big, sizeof(big)));
	waiting = aw_spawn(drain, stream);
	AW_TRY(aw_sleep(AW_MS(20)));
	close(out);
	end_read(aw_await(waiting, NULL));
	aw_task_unref(waiting);
	puts(truth(aw_stream_is_closing(stream)));
	end_read(aw_stream_wait_closed(stream));
	aw_stream_unref(stream);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	aw_stream *stream = NULL;
	FILE *file = tmpfile();

	AW_TRY(to_the_end());
	AW_TRY(nothing_unsent());
	AW_TRY(something_unsent());
	puts("no pipe");
	end_read(aw_stream_connect_write_pipe(fileno(file), &stream));
	fclose(file);
	return NULL;
}

ORACLE_MAIN
