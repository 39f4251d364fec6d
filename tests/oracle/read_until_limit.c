/* SPDX-License-Identifier: MIT */
/* readuntil() and the buffer's limit: which message and `consumed` the error has, and what can still be read. */
#include "net.h"

static aw_error *server(aw_stream *stream, void *arg)
{
	char byte;

	AW_TRY(say(stream, "0123456789:abc::defghijklmnop"));
	return aw_stream_read(stream, &byte, 1, NULL);
}

static aw_error *steps(aw_stream *stream, const char *const *separators)
{
	AW_TRY(show_exactly(stream, 1));
	AW_TRY(aw_sleep(AW_MS(20)));
	for (; *separators != NULL; separators++)
		end_read(show_until(stream, *separators));
	AW_TRY(aw_stream_write_eof(stream));
	AW_TRY(show_read(stream, 100));
	end_read(show_until(stream, ":"));
	return NULL;
}

static aw_error *story(size_t limit, const char *const *separators)
{
	aw_server *listener = NULL;
	aw_stream *stream = NULL;
	aw_error *err;

	printf("limit %zu\n", limit);
	AW_TRY(aw_server_start("127.0.0.1", 0, server, NULL, &listener));
	AW_TRY(aw_stream_connect_with(AW_CONNECT_OPTS(.limit = limit), "127.0.0.1",
				      aw_server_port(listener), &stream));
	err = steps(stream, separators);
	aw_stream_unref(stream);
	aw_server_stop(listener);
	return err;
}

#define STORY(limit, ...) AW_TRY(story(limit, (const char *const[]){ __VA_ARGS__, NULL }))

static aw_error *amain(void *arg, void **ret)
{
	STORY(8, ":", "89:", "5");
	STORY(9, ":", "::", "z");
	STORY(10, ":", "?", "abc::de");
	STORY(1, "1", "2", "3", "45", "567");
	STORY(24, "nope", "?", "opq");
	STORY(28, "p");
	return NULL;
}

ORACLE_MAIN
