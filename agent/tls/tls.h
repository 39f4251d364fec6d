/* SPDX-License-Identifier: MIT */
/*
 * TLS as a filter of a stream (<awry/filter.h>): OpenSSL between two memory BIOs.
 *
 *	descriptor ── received() ── tls->in ── SSL_read ── aw_filter_fed() ── reader
 *	descriptor ── aw_filter_send() ── tls->out ── SSL_write ── write() ── writer
 */
#ifndef AW__TLS_H
#define AW__TLS_H

#include <awry/filter.h>
#include <awry/tls.h>
#include <openssl/ssl.h>

enum {
	AW__TLS_ALPN_MAX = 255, /* bytes of a protocol's name */
};

/** Another host name of a server, with the context for it. */
struct aw__tls_host {
	struct aw__tls_host *next;
	char *name;
	struct aw_tls_context *context; /* owned */
};

struct aw_tls_context {
	_Atomic unsigned int refs;
	SSL_CTX *ssl;
	bool server;
	bool check_host;     /* client: the certificate must be valid for the server's name */
	unsigned char *alpn; /* owned; in wire format; NULL: none */
	unsigned int alpn_length;
	struct aw__tls_host *hosts; /* owned */
};

/* CPython Lib/asyncio/sslproto.py, SSLProtocolState */
enum aw__tls_state {
	AW__TLS_HANDSHAKE,
	AW__TLS_WRAPPED,
	AW__TLS_SHUTDOWN, /* close_notify was sent; waits for the peer's */
	AW__TLS_OVER,
};

struct aw__tls {
	aw_stream *stream;	 /* borrowed, because it owns this */
	aw_tls_context *context; /* owned */
	SSL *ssl;
	BIO *in, *out; /* owned by `ssl` */
	enum aw__tls_state state;
	bool eof; /* the descriptor's end was read */
	bool truncated;
	char alpn[AW__TLS_ALPN_MAX + 1]; /* the negotiated protocol; empty: none */
	aw_ns handshake_timeout, shutdown_timeout;
};

extern const struct aw_filter_ops aw__tls_ops;

/** Make the state of a connection; a client's `server_name` may be NULL. */
aw_error *aw__tls_create(aw_stream *stream, aw_tls_context *context,
			 const struct aw_tls_start_options *options, struct aw__tls **ret_tls);
void aw__tls_destroy(void *state);

/**
 * Make the error of an OpenSSL call that failed, as CPython does.
 *
 * @param ssl     the connection; NULL: the call was not about one
 * @param result  of the call
 */
aw_error *aw__tls_error(const SSL *ssl, int result);

#endif
