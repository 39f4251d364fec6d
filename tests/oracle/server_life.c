/* SPDX-License-Identifier: MIT */
/* A server from start to close: when it accepts connections, and when wait_closed() returns. */
#include "net.h"

#include <stdlib.h>

static aw_error *serve(aw_stream *stream, void *arg)
{
	const char *line = NULL;
	size_t length = 0;
	char *rest = NULL;

	AW_TRY(aw_stream_read_line(stream, &line, &length));
	AW_TRY(aw_stream_write(stream, line, length));
	AW_TRY(aw_stream_read_all(stream, &rest, NULL));
	free(rest);
	return NULL;
}

static aw_error *attempt(uint16_t port, aw_stream **ret_stream)
{
	const char *line = NULL;
	size_t length = 0;
	aw_error *err = aw_stream_connect("127.0.0.1", port, ret_stream);

	if (err != NULL) {
		puts(aw_error_name(err));
		aw_error_unref(err);
		return NULL;
	}
	AW_TRY(say(*ret_stream, "hello\n"));
	AW_TRY(aw_stream_read_line(*ret_stream, &line, &length));
	puts(truth(length == 6 && memcmp(line, "hello\n", 6) == 0));
	return NULL;
}

static void show_last_word(aw_error *err)
{
	printf("%s %s\n", aw_error_name(err), strrchr(aw_error_message(err), ' ') + 1);
	aw_error_unref(err);
}

static aw_error *after_close(aw_server *server, aw_stream *first, aw_stream *second)
{
	AW_TRY(say(second, "still there"));
	AW_TRY(aw_stream_drain(second));
	aw_stream_close(first);
	aw_stream_close(second);
	end_read(aw_server_wait_closed(server));
	end_read(aw_server_wait_closed(server));
	show_last_word(aw_server_serve_forever(server));
	aw_stream_unref(first);
	aw_stream_unref(second);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	aw_stream *first = NULL, *second = NULL, *none = NULL;
	aw_server *server = NULL;
	uint16_t port;

	AW_TRY(aw_server_start_with(AW_SERVER_OPTS(.idle = true), "127.0.0.1", 0, serve, NULL,
				    &server));
	port = aw_server_port(server);
	printf("%s %zu %s\n", truth(aw_server_is_serving(server)), aw_server_socket_count(server),
	       truth(port > 0));
	AW_TRY(attempt(port, &none));
	AW_TRY(aw_server_start_serving(server));
	AW_TRY(aw_server_start_serving(server));
	puts(truth(aw_server_is_serving(server)));
	AW_TRY(attempt(port, &first));
	AW_TRY(attempt(port, &second));
	aw_server_close(server);
	aw_server_close(server);
	printf("%s %zu\n", truth(aw_server_is_serving(server)), aw_server_socket_count(server));
	AW_TRY(attempt(port, &none));
	AW_TRY(after_close(server, first, second));
	aw_server_stop(server);
	return NULL;
}

ORACLE_MAIN
