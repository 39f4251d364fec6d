/* SPDX-License-Identifier: MIT */
/**
 * awry/tls.h - TLS for streams. It is in a library of its own: libawry-tls, on OpenSSL 3.
 *
 * A TLS context holds the trusted certificates and our own certificate; it is for one side, client or
 * server. A TLS stream is read, written, drained and closed by the functions of <awry/stream.h>, like any
 * other stream, except that TLS has no half-closed connections: aw_stream_write_eof() gives
 * NotImplementedError.
 *
 * Errors have the types of Python's ssl: SSLError {int errno, str library, str reason},
 * SSLCertVerificationError {int verify_code, str verify_message}.
 *
 * Context: the loop's thread; functions that may wait: inside a task. A TLS context may be made on any
 * thread, and then shared by several threads.
 */
#ifndef AWRY_TLS_H
#define AWRY_TLS_H

#include <awry/server.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aw_tls_context aw_tls_context;

/* -------------------------------------------------------------------------------------------------
 * Contexts
 */

enum {
	AW_TLS_1_2 = 0x0303, /* the default */
	AW_TLS_1_3 = 0x0304,
};

/** Trusted certificates, our certificate, and protocols: AW_TLS_OPTS(.ca_file = "ca.pem"). Files are in PEM format. */
struct aw_tls_options {
	size_t size;		      /* of this struct; AW_TLS_OPTS() sets it */
	const char *ca_file;	      /* trusted certificates */
	const char *ca_folder;	      /* trusted certificates, by hash. Neither: the system's */
	const char *certificate_file; /* our certificate, then the intermediate ones */
	const char *key_file;	      /* our key; NULL: it is in certificate_file, too */
	const char *key_password;     /* NULL: the key is not encrypted */
	const char *const *alpn;      /* protocols, the preferred one first; the last is NULL */
	int min_version;	      /* AW_TLS_1_2 or AW_TLS_1_3; 0: AW_TLS_1_2 */
	bool no_verify;	    /* client: do not verify the server's certificate. For tests */
	bool no_host_check; /* client: do not compare the host name with the certificate */
	bool ask_client;    /* server: require a trusted certificate from clients */
};

#define AW_TLS_OPTS(...) AW__OPTS(aw_tls_options, __VA_ARGS__)

/**
 * Make a context for clients. The server's chain and its name are verified.
 *
 * Reads files, and so blocks: make it before the loop is busy.
 *
 * @param options      NULL: the defaults, which trust the system's certificates
 * @param ret_context  set on success; the caller has a reference
 *
 * Errors: FileNotFoundError and other OSErrors of the files; SSLError for their content; ValueError for
 * an invalid protocol or version; MemoryError
 * Source: CPython Lib/ssl.py, create_default_context()
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_tls_client(const struct aw_tls_options *options,
					   aw_tls_context **ret_context);
/**
 * Make a context for servers.
 *
 * @param options  certificate_file must be set
 *
 * Errors: as aw_tls_client(); ValueError without a certificate
 */
AW_API AW_MUST_USE aw_error *aw_tls_server(const struct aw_tls_options *options,
					   aw_tls_context **ret_context);
/**
 * Use another server context for clients that ask for this host (SNI). Call it before the context is used.
 *
 * @param context  a server's
 * @param host     a host name; case is ignored
 * @param other    a server's context, with the certificate for `host`; referenced
 *
 * Errors: ValueError for a client's context; MemoryError
 */
AW_API AW_MUST_USE aw_error *aw_tls_context_add_host(aw_tls_context *context, const char *host,
						     aw_tls_context *other);
/** Take one more reference. NULL is ignored. Returns: the context. */
AW_API aw_tls_context *aw_tls_context_ref(aw_tls_context *context);
/** Give up a reference; returns NULL. Streams and servers that use the context keep their references. */
AW_API aw_tls_context *aw_tls_context_unref(aw_tls_context *context);

/* -------------------------------------------------------------------------------------------------
 * Streams
 */

/** How to start TLS: AW_TLS_START_OPTS(.server_name = "example.org"). */
struct aw_tls_start_options {
	size_t size;		 /* of this struct; AW_TLS_START_OPTS() sets it */
	const char *server_name; /* client: the host name expected; NULL: see the function */
	aw_ns handshake_timeout; /* ns; 0: 60 s */
	aw_ns shutdown_timeout;	 /* ns, from aw_stream_close() on; 0: 30 s */
};

#define AW_TLS_START_OPTS(...) AW__OPTS(aw_tls_start_options, __VA_ARGS__)

/**
 * Start TLS on a stream, and wait until the handshake is complete.
 *
 * Bytes that were written before are sent first, as they are. Bytes that were received but not read count
 * as the beginning of the other end's handshake, so they cannot pass for decrypted data. The water marks become
 * 512 and 128 KiB. On failure the stream is closed, and the other end is told the reason.
 *
 * @param stream   a TCP or unix socket; no task may write meanwhile
 * @param context  the kind of context decides the side: client or server
 * @param options  NULL: the defaults. A client needs a server_name, unless its context does not check
 * the host name
 *
 * Errors: SSLCertVerificationError, SSLError; ConnectionResetError if the other end closes the connection;
 * ConnectionAbortedError if the handshake takes too long; ValueError without a server_name; TypeError for
 * a pipe, or if TLS was started already; the stream's OSError; CancelledError; MemoryError
 * Source: CPython Lib/asyncio/sslproto.py; StreamWriter.start_tls()
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_stream_start_tls(aw_stream *stream, aw_tls_context *context,
						 const struct aw_tls_start_options *options);

/**
 * Connect to a host, and start TLS.
 *
 * @param host        also the server_name, if the options have none
 * @param how         NULL: the defaults of aw_stream_connect_with()
 * @param options     NULL: the defaults
 * @param ret_stream  set on success; the caller has a reference
 *
 * Errors: as aw_stream_connect() and aw_stream_start_tls()
 */
AW_API AW_MUST_USE aw_error *aw_tls_connect(aw_tls_context *context,
					    const struct aw_connect_options *how,
					    const struct aw_tls_start_options *options,
					    const char *host, uint16_t port,
					    aw_stream **ret_stream);

/** Called for a connection whose TLS handshake failed; the server's function is not called for it. */
typedef void aw_tls_failed_fn(const aw_error *err, aw_stream *stream, void *arg);

/** TLS options of a server: AW_TLS_SERVER_OPTS(.failed = log_it). */
struct aw_tls_server_options {
	size_t size;		  /* of this struct; AW_TLS_SERVER_OPTS() sets it */
	aw_ns handshake_timeout;  /* ns; 0: 60 s */
	aw_ns shutdown_timeout;	  /* ns; 0: 30 s */
	aw_tls_failed_fn *failed; /* NULL: such errors are ignored, as in asyncio */
};

#define AW_TLS_SERVER_OPTS(...) AW__OPTS(aw_tls_server_options, __VA_ARGS__)

/**
 * Listen on all addresses of a host, and run fn(stream, arg) as a task for each connection, after its
 * TLS handshake.
 *
 * @param how         NULL: the defaults of aw_server_start_with()
 * @param options     NULL: the defaults
 * @param ret_server  set on success; free it with aw_server_stop()
 *
 * Errors: as aw_server_start_with(); ValueError for a client's context
 */
#define aw_tls_server_start(context, how, options, host, port, fn, arg, ret_server)                \
	aw__tls_server_start(AW__SITE_OF(fn, aw_stream_fn), context, how, options, host, port, fn, \
			     arg, ret_server)

AW_API AW_MUST_USE aw_error *aw__tls_server_start(const struct aw__site *site,
						  aw_tls_context *context,
						  const struct aw_server_options *how,
						  const struct aw_tls_server_options *options,
						  const char *host, uint16_t port, aw_stream_fn *fn,
						  void *arg, aw_server **ret_server);

/* -------------------------------------------------------------------------------------------------
 * Looking
 */

/** Get the TLS version of the connection: "TLSv1.3". Returns: NULL if the stream does not use TLS. */
AW_API const char *aw_tls_version(const aw_stream *stream);
/** Get the cipher of the connection: "TLS_AES_256_GCM_SHA384". Returns: NULL if the stream does not use TLS. */
AW_API const char *aw_tls_cipher(const aw_stream *stream);
/** Get the protocol that was agreed on (ALPN). Returns: NULL if there is none; valid as long as the stream. */
AW_API const char *aw_tls_alpn(const aw_stream *stream);
/** Get the host name that the client asked for (SNI). Returns: NULL if there is none. */
AW_API const char *aw_tls_server_name(const aw_stream *stream);
/**
 * Tell whether the other end closed the connection without a TLS close alert: the data may be truncated.
 * asyncio and aw_stream_read() treat that as an ordinary end.
 */
AW_API bool aw_tls_is_truncated(const aw_stream *stream);

/** The other end's certificate, as text. */
struct aw_tls_certificate {
	char *subject;	   /* RFC 2253: "CN=example.org,O=Example" */
	char *issuer;	   /* likewise */
	char *names;	   /* "DNS:example.org, IP Address:127.0.0.1"; empty if there are none */
	char *not_before;  /* "Jan  1 00:00:00 2026 GMT" */
	char *not_after;   /* likewise */
	char *fingerprint; /* SHA-256, 64 digits */
};

/**
 * Get the other end's certificate.
 *
 * @param ret_certificate  set on success; free it with aw_tls_certificate_free(); NULL if the other end
 * has sent none
 *
 * Errors: ValueError if the stream does not use TLS; MemoryError
 */
AW_API AW_MUST_USE aw_error *aw_tls_peer(const aw_stream *stream,
					 struct aw_tls_certificate **ret_certificate);
/** Free a certificate. NULL is ignored. */
AW_API void aw_tls_certificate_free(struct aw_tls_certificate *certificate);

#ifdef __cplusplus
}
#endif

#endif
