/* SPDX-License-Identifier: MIT */
/*
 * An echo over TLS, both ends:
 *
 *	tls_echo serve CERTIFICATE.pem KEY.pem     prints its port, and echoes until it is interrupted
 *	tls_echo ask HOST PORT CA.pem WORDS...     sends a line for each word, and prints the answers
 *
 * The client trusts the CAs in CA.pem; with "system", those of the system.
 */
#include <awry.h>
#include <awry/tls.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static aw_error *echo(aw_stream *stream, void *arg)
{
	const char *line = NULL;
	size_t length = 0;

	for (;;) {
		AW_TRY(aw_stream_read_line(stream, &line, &length));
		if (length == 0)
			return NULL;
		AW_TRY(aw_stream_write(stream, line, length));
		AW_TRY(aw_stream_drain(stream));
	}
}

static void tell_failure(const aw_error *err, aw_stream *stream, void *arg)
{
	fprintf(stderr, "no handshake: %s: %s\n", aw_error_name(err), aw_error_message(err));
}

static aw_error *serve(char **arguments)
{
	aw_tls_context *context = NULL;
	aw_server *server = NULL;
	aw_error *err;

	AW_TRY(aw_tls_server(
		AW_TLS_OPTS(.certificate_file = arguments[0], .key_file = arguments[1]), &context));
	err = aw_tls_server_start(context, NULL, AW_TLS_SERVER_OPTS(.failed = tell_failure),
				  "127.0.0.1", 0, echo, NULL, &server);
	aw_tls_context_unref(context);
	if (err != NULL)
		return err;
	printf("%d\n", aw_server_port(server));
	fflush(stdout);
	err = aw_server_serve_forever(server);
	aw_server_stop(server);
	return err;
}

static aw_error *say(aw_stream *stream, const char *word)
{
	const char *line = NULL;
	size_t length = 0;

	AW_TRY(aw_stream_write(stream, word, strlen(word)));
	AW_TRY(aw_stream_write(stream, "\n", 1));
	AW_TRY(aw_stream_read_line(stream, &line, &length));
	printf("%.*s", (int)length, line);
	return NULL;
}

static aw_error *ask(char **arguments)
{
	const char *ca = strcmp(arguments[2], "system") != 0 ? arguments[2] : NULL;
	aw_tls_context *context = NULL;
	aw_stream *stream = NULL;
	aw_error *err;

	AW_TRY(aw_tls_client(AW_TLS_OPTS(.ca_file = ca), &context));
	err = aw_tls_connect(context, NULL, NULL, arguments[0], (uint16_t)atoi(arguments[1]),
			     &stream);
	aw_tls_context_unref(context);
	if (err != NULL)
		return err;
	printf("%s, %s\n", aw_tls_version(stream), aw_tls_cipher(stream));
	for (char **word = arguments + 3; *word != NULL && err == NULL; word++)
		err = say(stream, *word);
	aw_stream_close(stream);
	if (err == NULL)
		err = aw_stream_wait_closed(stream);
	aw_stream_unref(stream);
	return err;
}

static aw_error *amain(void *arg, void **ret)
{
	char **arguments = arg;

	if (strcmp(arguments[0], "serve") == 0)
		return serve(arguments + 1);
	return ask(arguments + 1);
}

int main(int count, char **arguments)
{
	bool serves = count == 4 && strcmp(arguments[1], "serve") == 0;

	if (!serves && !(count > 5 && strcmp(arguments[1], "ask") == 0)) {
		fprintf(stderr,
			"usage: tls_echo serve CERTIFICATE KEY | ask HOST PORT CA WORDS...\n");
		return 2;
	}
	return aw_exit_status(aw_run(amain, arguments + 1, NULL));
}
