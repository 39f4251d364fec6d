/* SPDX-License-Identifier: MIT */
/**
 * awry/tls.h - TLS for streams, in a library of its own: libawry-tls, on OpenSSL 3.
 *
 * A context says whom to trust and who we are; it belongs to one side, client or server. A stream
 * that speaks TLS is a stream like any other: it is read, written, drained and closed by the
 * functions of <awry/stream.h>, except that TLS has no half-closed connections:
 * aw_stream_write_eof() gives NotImplementedError.
 *
 * Errors are named as Python's ssl names them: SSLError {int errno, str library, str reason},
 * SSLCertVerificationError {int verify_code, str verify_message}.
 *
 * Context: the loop's thread; what may wait, inside of a task. A context may be made on any
 * thread, and shared by several once it is made.
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

/** Whom to trust, and who we are: AW_TLS_OPTS(.ca_file = "ca.pem"). Files are in PEM form. */
struct aw_tls_options {
	size_t size;		      /* of this struct; AW_TLS_OPTS() sets it */
	const char *ca_file;	      /* certificates that are trusted */
	const char *ca_folder;	      /* of the same, by their hashes. Neither: the system's */
	const char *certificate_file; /* ours, and then those between it and the root */
	const char *key_file;	      /* NULL: the key is in certificate_file, too */
	const char *key_password;     /* NULL: the key is not encrypted */
	const char *const *alpn;      /* protocols, the best first; the last is NULL */
	int min_version;	      /* AW_TLS_1_2 or AW_TLS_1_3; 0: AW_TLS_1_2 */
	bool no_verify;		      /* client: believe whatever the server says. For tests */
	bool no_host_check;	      /* client: any name of a trusted certificate will do */
	bool ask_client;	      /* server: clients must have a certificate that is trusted */
};

#define AW_TLS_OPTS(...) AW__OPTS(aw_tls_options, __VA_ARGS__)

/**
 * Make a context for clients. The server's chain and its name are verified.
 *
 * Reads files, and so blocks: make it before the loop is busy.
 *
 * @param options      NULL: the defaults, which trust whom the system trusts
 * @param ret_context  set on success; the caller has a reference
 *
 * Errors: FileNotFoundError and other OSErrors of the files; SSLError of what is in them;
 * ValueError of a protocol or a version that is none; MemoryError
 * Source: CPython Lib/ssl.py, create_default_context()
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_tls_client(const struct aw_tls_options *options,
					   aw_tls_context **ret_context);
/**
 * Make a context for servers.
 *
 * @param options  with a certificate_file
 *
 * Errors: as aw_tls_client(); ValueError without a certificate
 */
AW_API AW_MUST_USE aw_error *aw_tls_server(const struct aw_tls_options *options,
					   aw_tls_context **ret_context);
/**
 * Give a server another identity for clients that ask for this host (SNI). Before it is used.
 *
 * @param context  of a server
 * @param host     a name, compared without regard to case
 * @param other    of a server; referenced
 *
 * Errors: ValueError for a client's context; MemoryError
 */
AW_API AW_MUST_USE aw_error *aw_tls_context_add_host(aw_tls_context *context, const char *host,
						     aw_tls_context *other);
/** Take one more reference. NULL is ignored. Returns: the context. */
AW_API aw_tls_context *aw_tls_context_ref(aw_tls_context *context);
/** Give up a reference; returns NULL. What uses the context keeps it. */
AW_API aw_tls_context *aw_tls_context_unref(aw_tls_context *context);

/* -------------------------------------------------------------------------------------------------
 * Streams
 */

/** How to begin: AW_TLS_START_OPTS(.server_name = "example.org"). */
struct aw_tls_start_options {
	size_t size;		 /* of this struct; AW_TLS_START_OPTS() sets it */
	const char *server_name; /* client: who the server has to be; NULL: see the function */
	aw_ns handshake_timeout; /* ns; 0 for 60 s */
	aw_ns shutdown_timeout;	 /* ns, from aw_stream_close() on; 0 for 30 s */
};

#define AW_TLS_START_OPTS(...) AW__OPTS(aw_tls_start_options, __VA_ARGS__)

/**
 * Begin to speak TLS on a stream, and wait until both ends have agreed.
 *
 * What was written before is sent before. What was received and not read is the beginning of the
 * other end's handshake: nothing of it can be taken for what follows. The water marks become
 * 512 and 128 KiB. On failure the stream is closed, and the other end is told why.
 *
 * @param stream   of TCP or a unix socket; nobody writes meanwhile
 * @param context  whose side decides ours: client or server
 * @param options  NULL: the defaults. A client's server_name is needed, unless the context does
 * not check it
 *
 * Errors: SSLCertVerificationError, SSLError; ConnectionResetError if the other end hangs up;
 * ConnectionAbortedError if it takes too long; ValueError without a server_name; TypeError for a
 * pipe, or a second time; the stream's OSError; CancelledError; MemoryError
 * Source: CPython Lib/asyncio/sslproto.py; StreamWriter.start_tls()
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_stream_start_tls(aw_stream *stream, aw_tls_context *context,
						 const struct aw_tls_start_options *options);

/**
 * Connect to a host, and begin to speak TLS.
 *
 * @param host        the server_name, too, if the options have none
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

/** What a server does with a connection that failed before its function was called. */
typedef void aw_tls_failed_fn(const aw_error *err, aw_stream *stream, void *arg);

/** How a server speaks TLS: AW_TLS_SERVER_OPTS(.failed = log_it). */
struct aw_tls_server_options {
	size_t size;		  /* of this struct; AW_TLS_SERVER_OPTS() sets it */
	aw_ns handshake_timeout;  /* ns; 0 for 60 s */
	aw_ns shutdown_timeout;	  /* ns; 0 for 30 s */
	aw_tls_failed_fn *failed; /* NULL: errors are not reported, as with asyncio */
};

#define AW_TLS_SERVER_OPTS(...) AW__OPTS(aw_tls_server_options, __VA_ARGS__)

/**
 * Listen on all addresses of a host, and run fn(stream, arg) as a task for each connection, once
 * it speaks TLS.
 *
 * @param how         NULL: the defaults of aw_server_start_with()
 * @param options     NULL: the defaults
 * @param ret_server  set on success; to be stopped by aw_server_stop()
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

/** What both ends speak: "TLSv1.3". Returns: NULL if the stream does not speak TLS. */
AW_API const char *aw_tls_version(const aw_stream *stream);
/** How it is encrypted: "TLS_AES_256_GCM_SHA384". Returns: NULL if it is not. */
AW_API const char *aw_tls_cipher(const aw_stream *stream);
/** The protocol that was agreed on (ALPN). Returns: NULL without one; valid as long as the stream. */
AW_API const char *aw_tls_alpn(const aw_stream *stream);
/** The host that the client asked for (SNI). Returns: NULL without one. */
AW_API const char *aw_tls_server_name(const aw_stream *stream);
/**
 * Tell whether the other end hung up without saying goodbye: what was read may lack its end. To
 * asyncio, and to aw_stream_read(), that is an ordinary end.
 */
AW_API bool aw_tls_is_truncated(const aw_stream *stream);

/** The other end's certificate, as text. */
struct aw_tls_certificate {
	char *subject;	   /* RFC 2253: "CN=example.org,O=Example" */
	char *issuer;	   /* the same of who signed it */
	char *names;	   /* "DNS:example.org, IP Address:127.0.0.1"; empty without any */
	char *not_before;  /* "Jan  1 00:00:00 2026 GMT" */
	char *not_after;   /* the same of its end */
	char *fingerprint; /* SHA-256, 64 digits */
};

/**
 * Tell who the other end is.
 *
 * @param ret_certificate  set on success; to be freed by aw_tls_certificate_free(); NULL if it has
 * shown none
 *
 * Errors: ValueError if the stream does not speak TLS; MemoryError
 */
AW_API AW_MUST_USE aw_error *aw_tls_peer(const aw_stream *stream,
					 struct aw_tls_certificate **ret_certificate);
/** Free a certificate. NULL is ignored. */
AW_API void aw_tls_certificate_free(struct aw_tls_certificate *certificate);

#ifdef __cplusplus
}
#endif

#endif
