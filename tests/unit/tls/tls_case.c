/* SPDX-License-Identifier: MIT */
/*
 * Runs both ends of a TLS connection in one process, with the certificates of tests/certificates, for the
 * test_tls*.c tests.
 */
#include "tests/unit/tls/tls_case.h"

aw_error *tls_echo(aw_stream *stream, void *arg)
{
	char buffer[4096];
	size_t count = 1;

	while (count > 0) {
		AW_TRY(aw_stream_read(stream, buffer, sizeof(buffer), &count));
		if (count == 0)
			break;
		AW_TRY(aw_stream_write(stream, buffer, count));
		AW_TRY(aw_stream_drain(stream));
	}
	return NULL;
}

aw_error *tls_close(aw_stream *stream)
{
	aw_error *err;

	aw_stream_close(stream);
	err = aw_stream_wait_closed(stream);
	aw_stream_unref(stream);
	return err;
}

static aw_error *talk(const struct tls_case *story, aw_tls_context *client, aw_server *server)
{
	aw_stream *stream = NULL;
	aw_error *err, *late;

	AW_TRY(aw_tls_connect(client, AW_CONNECT_OPTS(.family = AF_INET), story->client_start,
			      story->host != NULL ? story->host : "localhost",
			      aw_server_port(server), &stream));
	err = story->talk != NULL ? story->talk(stream) : NULL;
	late = tls_close(stream);
	if (err == NULL)
		return late;
	aw_error_unref(late);
	return err;
}

static aw_error *with_contexts(const struct tls_case *story, aw_tls_context *server,
			       aw_tls_context *client)
{
	aw_server *listener = NULL;
	aw_error *err, *late;

	AW_TRY(aw_tls_server_start(server, NULL, story->server_start, "127.0.0.1", 0,
				   story->serve != NULL ? story->serve : tls_echo, NULL,
				   &listener));
	err = talk(story, client, listener);
	aw_server_close(listener);
	late = aw_server_wait_closed(listener);
	aw_server_stop(listener);
	if (err == NULL)
		return late;
	aw_error_unref(late);
	return err;
}

aw_error *tls_converse(const struct tls_case *story)
{
	aw_tls_context *server = NULL, *client = NULL;
	aw_error *err =
		aw_tls_server(story->server != NULL ? story->server : SERVER("server"), &server);

	if (err == NULL)
		err = aw_tls_client(story->client != NULL ? story->client : CLIENT(), &client);
	if (err == NULL)
		err = with_contexts(story, server, client);
	aw_tls_context_unref(server);
	aw_tls_context_unref(client);
	return err;
}

static aw_error *in_time(void *arg, void **ret)
{
	aw_timeout *timeout = aw_timeout_open(aw_now() + AW_SEC(20));

	return aw_timeout_close(&timeout, tls_converse(arg));
}

void tls_run(const struct tls_case *story)
{
	runtime_case_real_clock();
	trace_error(aw_run(in_time, (void *)(uintptr_t)story, NULL));
}

bool tls_is_connection_error(const aw_error *err)
{
	return aw_error_is(err, aw_ConnectionError) || aw_error_is(err, aw_SSLError);
}
