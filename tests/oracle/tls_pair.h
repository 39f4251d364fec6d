/* SPDX-License-Identifier: MIT */
/* Shared by the pairs about TLS: certificates, a server and a client. */
#ifndef ORACLE_TLS_H
#define ORACLE_TLS_H

#include "net.h"

#include <awry/tls.h>
#include <stdlib.h>

/* The path of a file that tests/certificates/make.sh made; valid until the eighth next call. */
static inline const char *made(const char *name, const char *kind)
{
	static char paths[8][512];
	static unsigned int next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s%s", getenv("CERTIFICATES"), name, kind);
	return path;
}

static inline aw_error *serving_with(const char *name, const struct aw_tls_options *more,
				     aw_tls_context **ret_context)
{
	struct aw_tls_options options = *more;

	options.certificate_file = made(name, ".pem");
	options.key_file = made(name, ".key");
	return aw_tls_server(&options, ret_context);
}

static inline aw_error *serving(const char *name, aw_tls_context **ret_context)
{
	return serving_with(name, AW_TLS_OPTS(), ret_context);
}

static inline aw_error *trusting(const char *ca, const char *name, aw_tls_context **ret_context)
{
	struct aw_tls_options options = { .size = sizeof(options), .ca_file = made(ca, ".pem") };

	if (name != NULL) {
		options.certificate_file = made(name, ".pem");
		options.key_file = made(name, ".key");
	}
	return aw_tls_client(&options, ret_context);
}

/* One conversation; NULL names are "server", "ca" and localhost. */
struct talk {
	aw_stream_fn *server;
	client_fn *client;
	const char *certificate, *ca, *client_certificate, *host;
	const struct aw_tls_options *serving;
	const struct aw_server_options *listen;
	const struct aw_connect_options *connect;
	aw_ns shutdown_timeout;
};

static inline aw_error *talk_with(const struct talk *talk, aw_tls_context *client,
				  aw_server *listener)
{
	aw_stream *stream = NULL;
	aw_error *err;

	AW_TRY(aw_tls_connect(
		client, talk->connect,
		AW_TLS_START_OPTS(.server_name = talk->host != NULL ? talk->host : "localhost",
				  .shutdown_timeout = talk->shutdown_timeout),
		"127.0.0.1", aw_server_port(listener), &stream));
	err = talk->client(stream);
	aw_stream_close(stream);
	aw_stream_unref(stream);
	return err;
}

static inline aw_error *converse_tls(const struct talk *talk)
{
	aw_tls_context *server = NULL, *client = NULL;
	aw_server *listener = NULL;
	aw_error *err;

	AW_TRY(serving_with(talk->certificate != NULL ? talk->certificate : "server",
			    talk->serving != NULL ? talk->serving : AW_TLS_OPTS(), &server));
	AW_TRY(trusting(talk->ca != NULL ? talk->ca : "ca", talk->client_certificate, &client));
	AW_TRY(aw_tls_server_start(server, talk->listen, NULL, "127.0.0.1", 0, talk->server, NULL,
				   &listener));
	err = talk_with(talk, client, listener);
	aw_server_close(listener);
	if (err == NULL)
		err = aw_server_wait_closed(listener);
	aw_server_stop(listener);
	aw_tls_context_unref(server);
	aw_tls_context_unref(client);
	return err;
}

#endif
