/* SPDX-License-Identifier: MIT */
/* Peers that do not speak TLS, send alerts or broken records, or nothing at all: the errors on both sides. */
#include "tls_pair.h"

static struct {
	const char *bytes; /* NULL: sends none, and stays connected */
	size_t length;
	aw_event done;
} answer;

static aw_error *rave(aw_stream *stream, void *arg)
{
	char buffer[1000];
	size_t count = 0;

	AW_TRY(aw_stream_read(stream, buffer, 3, &count));
	show_bytes("server", buffer, count);
	if (answer.bytes != NULL)
		return aw_stream_write(stream, answer.bytes, answer.length);
	while (count > 0)
		AW_TRY(aw_stream_read(stream, buffer, sizeof(buffer), &count));
	printf("server at the end %s\n", truth(aw_stream_at_eof(stream)));
	aw_event_set(&answer.done);
	return NULL;
}

static aw_error *raw(const char *bytes, size_t length, aw_ns timeout)
{
	aw_tls_context *context = NULL;
	aw_server *server = NULL;
	aw_stream *stream = NULL;

	answer.bytes = bytes;
	answer.length = length;
	aw_event_init(&answer.done);
	AW_TRY(trusting("ca", NULL, &context));
	AW_TRY(aw_server_start("127.0.0.1", 0, rave, NULL, &server));
	end(aw_tls_connect(
		context, NULL,
		AW_TLS_START_OPTS(.server_name = "localhost", .handshake_timeout = timeout),
		"127.0.0.1", aw_server_port(server), &stream));
	if (bytes == NULL)
		AW_TRY(aw_event_wait(&answer.done));
	aw_event_finish(&answer.done);
	aw_server_stop(server);
	aw_tls_context_unref(context);
	return NULL;
}

static aw_error *serve(aw_stream *stream, void *arg)
{
	puts("served");
	return NULL;
}

static aw_error *client(const char *words, size_t length, bool eof)
{
	aw_tls_context *context = NULL;
	aw_server *server = NULL;
	aw_stream *stream = NULL;

	AW_TRY(serving("server", &context));
	AW_TRY(aw_tls_server_start(context, NULL,
				   AW_TLS_SERVER_OPTS(.handshake_timeout = AW_MS(100)), "127.0.0.1",
				   0, serve, NULL, &server));
	AW_TRY(aw_stream_connect("127.0.0.1", aw_server_port(server), &stream));
	AW_TRY(aw_stream_write(stream, words, length));
	if (eof)
		AW_TRY(aw_stream_write_eof(stream));
	end_read(show_read(stream, 100));
	aw_stream_close(stream);
	aw_stream_unref(stream);
	aw_server_stop(server);
	aw_tls_context_unref(context);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	AW_TRY(raw("HTTP/1.1 400 Bad Request\r\n\r\n", 28, 0));
	AW_TRY(raw("\x15\x03\x03\x00\x02\x02\x28", 7, 0));
	AW_TRY(raw("\x16\x03\x03\xff\xff"
		   "1234",
		   9, 0));
	AW_TRY(raw("\x16\x03\x03\x00\x10", 5, 0));
	AW_TRY(raw("", 0, 0));
	AW_TRY(raw(NULL, 0, AW_MS(250)));
	AW_TRY(raw(NULL, 0, AW_SEC(1)));
	AW_TRY(client("GET / HTTP/1.1\r\n\r\n", 18, false));
	AW_TRY(client("\x16\x03", 2, true));
	AW_TRY(client("", 0, true));
	return client("", 0, false);
}

ORACLE_MAIN
