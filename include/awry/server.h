/* SPDX-License-Identifier: MIT */
/**
 * awry/server.h - servers, which run a task for each connection.
 *
 * Context: the loop's thread; functions that may wait: inside a task.
 */
#ifndef AWRY_SERVER_H
#define AWRY_SERVER_H

#include <awry/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aw_server aw_server;

/** Handles one connection of a server, as a task of its own. When it returns, the stream is closed. */
typedef aw_error *aw_stream_fn(aw_stream *stream, void *arg);

#if defined(__cplusplus)
}
template <> struct aw__is_function<aw_stream_fn> {
	static const bool value = true;
};
extern "C" {
#endif

/** How a server listens: AW_SERVER_OPTS(.backlog = 5). */
struct aw_server_options {
	size_t size;	    /* of this struct; AW_SERVER_OPTS() sets it */
	size_t limit;	    /* of each connection, in bytes; 0: AW_STREAM_LIMIT */
	int backlog;	    /* connections that wait in the kernel; 0: 100 */
	int family;	    /* AF_INET, AF_INET6; 0: both */
	bool reuse_port;    /* several processes share the port: SO_REUSEPORT */
	bool fresh_address; /* fail while an earlier server's connections linger: no SO_REUSEADDR */
	bool idle;	    /* do not listen yet: see aw_server_start_serving() */
	void (*free_arg)(void *arg); /* called after the server and its tasks end; NULL: none */
};

#define AW_SERVER_OPTS(...) AW__OPTS(aw_server_options, __VA_ARGS__)

/**
 * Listen on all addresses of a host, and run fn(stream, arg) as a task for each connection.
 *
 * @param host        a name or an address; NULL for all interfaces
 * @param port        0: any, see aw_server_port()
 * @param fn          should handle its errors itself: no code retrieves the error of its task
 * @param ret_server  set on success; free it with aw_server_stop()
 *
 * Errors: gaierror; OSError, of an address in use and the like; CancelledError; MemoryError
 * Source: CPython Lib/asyncio/base_events.py, create_server()
 * Since:  0.1
 */
#define aw_server_start(host, port, fn, arg, ret_server)                                           \
	aw_server_start_with((const struct aw_server_options *)0, host, port, fn, arg, ret_server)

/** As aw_server_start(), with options: AW_SERVER_OPTS(.backlog = 5). NULL: the defaults. */
#define aw_server_start_with(options, host, port, fn, arg, ret_server)                             \
	aw__server_start(AW__SITE_OF(fn, aw_stream_fn), options, host, port, fn, arg, ret_server)

AW_API AW_MUST_USE aw_error *aw__server_start(const struct aw__site *site,
					      const struct aw_server_options *options,
					      const char *host, uint16_t port, aw_stream_fn *fn,
					      void *arg, aw_server **ret_server);

/**
 * Listen on a unix socket.
 *
 * @param path  the socket's file name. An existing socket is removed first, even if a server listens on
 * it. The file stays when the server ends
 *
 * Errors: OSError; CancelledError; MemoryError. Otherwise as aw_server_start_with()
 */
#define aw_server_start_unix(options, path, fn, arg, ret_server)                                   \
	aw__server_start_unix(AW__SITE_OF(fn, aw_stream_fn), options, path, fn, arg, ret_server)

AW_API AW_MUST_USE aw_error *aw__server_start_unix(const struct aw__site *site,
						   const struct aw_server_options *options,
						   const char *path, aw_stream_fn *fn, void *arg,
						   aw_server **ret_server);

/** Begin to listen, if the server does not listen yet. Errors: OSError; CancelledError. */
AW_API AW_MUST_USE aw_error *aw_server_start_serving(aw_server *server);
/**
 * Listen until the calling task is cancelled, or the server is closed; then close it, and wait for its
 * connections.
 *
 * Errors: CancelledError when it ends; RuntimeError if the server is closed already, or another task is
 * in this function; OSError
 */
AW_API AW_MUST_USE aw_error *aw_server_serve_forever(aw_server *server);
/** Tell whether the server listens. */
AW_API bool aw_server_is_serving(const aw_server *server);

/** Count the sockets on which the server listens; 0 when it is closed. */
AW_API size_t aw_server_socket_count(const aw_server *server);
/** Get the address of a socket; without a length beyond the last. */
AW_API aw_address aw_server_address(const aw_server *server, size_t index);
/** Get the port of the first address; 0 if there is none. */
AW_API uint16_t aw_server_port(const aw_server *server);

/** Stop listening. Open connections go on. A second call does nothing. */
AW_API void aw_server_close(aw_server *server);
/** Wait until the server and its last connection are closed. Errors: CancelledError. */
AW_API AW_MUST_USE aw_error *aw_server_wait_closed(aw_server *server);
/** Close the server, and free it. Open connections go on. NULL is ignored. */
AW_API void aw_server_stop(aw_server *server);

#ifdef __cplusplus
}
#endif

#endif
