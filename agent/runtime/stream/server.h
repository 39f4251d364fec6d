/* SPDX-License-Identifier: MIT */
/*
 * A server: listening sockets, and a task for each connection that they accept.
 *
 * References to it are held by its user, each listener that libuv has, and each connection.
 */
#ifndef AW__SERVER_H
#define AW__SERVER_H

#include "agent/runtime/stream/stream.h"

#include <awry/server.h>

struct aw__listener {
	union {
		uv_handle_t handle;
		uv_stream_t stream;
		uv_tcp_t tcp;
		uv_pipe_t pipe;
	} uv;
	struct aw_server *server;
};

struct aw_server {
	struct aw__resource resource;
	struct aw_loop *loop; /* NULL once that is closed */
	size_t refs;
	uint64_t id;	      /* for the recorder; 0: not reported */
	aw_intern opened;     /* the stack at which it was started, for the recorder */
	struct aw__site site; /* of `fn`: names the tasks */
	aw_stream_fn *fn;
	void *arg;
	void (*free_arg)(void *arg); /* NULL: nothing to free */
	size_t limit;
	int backlog;
	enum aw__stream_kind kind;
	bool serving;
	bool closed;
	struct aw__link streams;   /* of struct aw_stream: connections that are not closed */
	struct aw__link closers;   /* of struct aw__job: tasks that wait until all is closed */
	struct aw_future *forever; /* on the stack of the task in serve_forever() */
	size_t count;		   /* of listeners */
	struct aw__listener *listeners;
};

/** Make a server without listeners; `capacity` is how many there may be. The caller has a
 * reference. */
aw_error *aw__server_create(const struct aw_server_options *options, enum aw__stream_kind kind,
			    size_t capacity, struct aw_server **ret_server);
/** Add a bound socket, which the server owns on success. */
aw_error *aw__server_add(struct aw_server *server, int fd);
/** Listen on all sockets, unless the options say not to. On failure the server is unreferenced. */
aw_error *aw__server_begin(struct aw_server *server, const struct aw_server_options *options,
			   struct aw_server **ret_server);
void aw__server_unref(struct aw_server *server);

/** A listener has a connection to accept. */
void aw__server_on_connection(uv_stream_t *listener, int status);

#endif
