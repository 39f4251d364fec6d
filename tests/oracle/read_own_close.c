/* SPDX-License-Identifier: MIT */
/* Closing a stream while a task reads from it: the reader's result, and reads afterwards. */
#include "net.h"

#include <stdlib.h>

static aw_error *server(aw_stream *stream, void *arg)
{
	size_t length = 0;
	char *all = NULL;

	AW_TRY(say(stream, "one\ntwo"));
	AW_TRY(aw_stream_read_all(stream, &all, &length));
	free(all);
	return NULL;
}

static aw_error *exactly_hundred(void *arg, void **ret)
{
	return show_exactly(arg, 100);
}

static aw_error *client(aw_stream *stream)
{
	aw_task *waiting;

	AW_TRY(show_line(stream));
	waiting = aw_spawn(exactly_hundred, stream);
	AW_TRY(aw_yield());
	puts(truth(aw_stream_is_closing(stream)));
	aw_stream_close(stream);
	aw_stream_close(stream);
	puts(truth(aw_stream_is_closing(stream)));
	end_read(aw_await(waiting, NULL));
	aw_task_unref(waiting);
	AW_TRY(show_read(stream, 10));
	AW_TRY(show_line(stream));
	puts(truth(aw_stream_at_eof(stream)));
	end_read(aw_stream_wait_closed(stream));
	end_read(aw_stream_wait_closed(stream));
	end_read(aw_stream_drain(stream));
	puts(truth(aw_stream_local_address(stream).length > 0));
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	return converse(server, client);
}

ORACLE_MAIN
