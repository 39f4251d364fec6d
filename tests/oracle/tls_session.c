/* SPDX-License-Identifier: MIT */
/* A TLS connection: version, cipher, ALPN, the peer's certificate, and a conversation by lines. */
#include "tls_pair.h"

static aw_error *server(aw_stream *stream, void *arg)
{
	struct aw_tls_certificate *peer = NULL;
	const char *line = NULL;
	size_t length = 1;

	AW_TRY(aw_tls_peer(stream, &peer));
	printf("server %s %s\n", aw_tls_version(stream), peer == NULL ? "None" : "somebody");
	for (;;) {
		AW_TRY(aw_stream_read_line(stream, &line, &length));
		if (length == 0)
			return NULL;
		struct iovec pieces[] = {
			{ "<", 1 }, { (void *)(uintptr_t)line, length - 1 }, { ">", 1 }, { "\n", 1 }
		};

		AW_TRY(aw_stream_write_many(stream, pieces, 4));
		AW_TRY(aw_stream_drain(stream));
	}
}

static aw_error *show_peer(aw_stream *stream)
{
	struct aw_tls_certificate *peer = NULL;

	AW_TRY(aw_tls_peer(stream, &peer));
	printf("subject %s\nnames %s\nuntil %s\n", peer->subject, peer->names, peer->not_after);
	aw_tls_certificate_free(peer);
	return NULL;
}

static aw_error *client(aw_stream *stream)
{
	const char *alpn = aw_tls_alpn(stream);

	printf("%s %s %s\n", aw_tls_version(stream), aw_tls_cipher(stream),
	       alpn != NULL ? alpn : "None");
	AW_TRY(show_peer(stream));
	printf("%s %s %s\n", truth(aw_stream_can_write_eof(stream)),
	       truth(aw_stream_is_closing(stream)), truth(aw_stream_at_eof(stream)));
	end(aw_stream_write_eof(stream));
	AW_TRY(say(stream, "one\ntwo\nthree\nfour\n"));
	AW_TRY(show_line(stream));
	AW_TRY(show_read(stream, 3));
	AW_TRY(show_exactly(stream, 4));
	AW_TRY(show_until(stream, "ee>"));
	AW_TRY(show_line(stream));
	AW_TRY(show_line(stream));
	end(aw_stream_drain(stream));
	aw_stream_close(stream);
	printf("%s\n", truth(aw_stream_is_closing(stream)));
	end(aw_stream_wait_closed(stream));
	AW_TRY(show_read(stream, 1));
	printf("%s\n", truth(aw_stream_at_eof(stream)));
	return NULL;
}

static aw_error *agree(const char *const *alpn, const char *host)
{
	static const char *const theirs[] = { "h2", "awry", "http/1.1", NULL };
	aw_tls_context *here = NULL, *there = NULL;
	aw_server *listener = NULL;
	struct talk talk = { .client = client, .host = host };

	AW_TRY(serving_with("server", AW_TLS_OPTS(.alpn = theirs), &here));
	AW_TRY(aw_tls_client(AW_TLS_OPTS(.ca_file = made("ca", ".pem"), .alpn = alpn), &there));
	AW_TRY(aw_tls_server_start(here, NULL, NULL, "127.0.0.1", 0, server, NULL, &listener));
	AW_TRY(talk_with(&talk, there, listener));
	aw_server_close(listener);
	AW_TRY(aw_server_wait_closed(listener));
	aw_server_stop(listener);
	aw_tls_context_unref(here);
	aw_tls_context_unref(there);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	AW_TRY(agree((const char *const[]){ "spdy/1", "http/1.1", "awry", NULL }, NULL));
	AW_TRY(agree((const char *const[]){ "spdy/1", NULL }, NULL));
	return agree(NULL, "127.0.0.1");
}

ORACLE_MAIN
