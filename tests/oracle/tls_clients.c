/* SPDX-License-Identifier: MIT */
/* Client certificates: a server that asks for them prints the client's name, and refuses a client without one. */
#include "tls_pair.h"

static aw_error *server(aw_stream *stream, void *arg)
{
	struct aw_tls_certificate *peer = NULL;

	AW_TRY(aw_tls_peer(stream, &peer));
	printf("client is %s\n", peer->subject);
	aw_tls_certificate_free(peer);
	AW_TRY(say(stream, "welcome\n"));
	return aw_stream_drain(stream);
}

static aw_error *welcomed(aw_stream *stream)
{
	puts("connected");
	end(show_line(stream));
	end(show_line(stream));
	end(aw_stream_wait_closed(stream));
	return NULL;
}

static aw_error *refused(aw_stream *stream)
{
	const char *line;
	size_t length;

	puts("connected");
	end(aw_stream_read_line(stream, &line, &length));
	printf("%s\n", truth(aw_stream_at_eof(stream)));
	return NULL;
}

static aw_error *ask(const char *name, client_fn *client)
{
	struct talk talk = { .server = server,
			     .client = client,
			     .client_certificate = name,
			     .serving = AW_TLS_OPTS(.ca_file = made("ca", ".pem"),
						    .ask_client = true) };

	return converse_tls(&talk);
}

static aw_error *amain(void *arg, void **ret)
{
	AW_TRY(ask("client", welcomed));
	AW_TRY(ask(NULL, refused));
	return ask("client", welcomed);
}

ORACLE_MAIN
