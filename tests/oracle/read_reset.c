/* SPDX-License-Identifier: MIT */
/* Reads, drain() and wait_closed() on a connection that the peer has reset, in different orders. */
#include "net.h"

static aw_error *server(aw_stream *stream, void *arg)
{
	const struct linger linger = { 1, 0 };
	char byte;

	AW_TRY(say(stream, "last words\n"));
	AW_TRY(aw_stream_read(stream, &byte, 1, NULL));
	setsockopt(aw_stream_fd(stream), SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	aw_stream_abort(stream);
	return NULL;
}

static aw_error *step(aw_stream *stream, const char *name)
{
	if (strcmp(name, "read") == 0)
		end_read(show_read(stream, 5));
	else if (strcmp(name, "exactly") == 0)
		end_read(show_exactly(stream, 5));
	else if (strcmp(name, "line") == 0)
		end_read(show_line(stream));
	else if (strcmp(name, "drain") == 0)
		end_read(aw_stream_drain(stream));
	else if (strcmp(name, "closed") == 0)
		end_read(aw_stream_wait_closed(stream));
	else
		AW_TRY(aw_sleep(AW_MS(50)));
	printf("%s %s %s\n", name, truth(aw_stream_is_closing(stream)),
	       truth(aw_stream_at_eof(stream)));
	return NULL;
}

static aw_error *story(const char *const *steps)
{
	aw_server *listener = NULL;
	aw_stream *stream = NULL;

	AW_TRY(aw_server_start("127.0.0.1", 0, server, NULL, &listener));
	AW_TRY(aw_stream_connect("127.0.0.1", aw_server_port(listener), &stream));
	AW_TRY(show_line(stream));
	AW_TRY(say(stream, "!"));
	for (; *steps != NULL; steps++)
		AW_TRY(step(stream, *steps));
	aw_stream_unref(stream);
	aw_server_stop(listener);
	return NULL;
}

#define STORY(...) AW_TRY(story((const char *const[]){ __VA_ARGS__, NULL }))

static aw_error *amain(void *arg, void **ret)
{
	STORY("read", "read", "exactly", "line", "drain", "closed");
	STORY("exactly", "drain", "closed");
	STORY("pause", "drain", "line", "read");
	STORY("closed", "read", "closed");
	return NULL;
}

ORACLE_MAIN
