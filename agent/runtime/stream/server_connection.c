/* SPDX-License-Identifier: MIT */
/* Accepts connections of a server, and runs the user's function on each in a task of its own. */
#include "agent/runtime/stream/server.h"

#include "base/alloc.h"

#include <unistd.h>

/* Freed by `job`, not by the task, which may be cancelled before it begins. */
struct connection {
	struct aw__job job; /* runs when the task is done */
	struct aw_stream *stream;
	struct aw_server *server; /* referenced, because it owns `arg` */
	aw_stream_fn *fn;
	void *arg;
};

static aw_error *serve(void *arg, void **ret)
{
	struct connection *connection = arg;

	return connection->fn(connection->stream, connection->arg);
}

static void on_served(struct aw__job *job, bool discard)
{
	struct connection *connection = aw__container_of(job, struct connection, job);

	aw_stream_close(connection->stream);
	aw_stream_unref(connection->stream);
	aw__server_unref(connection->server);
	aw__alloc_free(connection);
}

static aw_error *start_task(struct aw_server *server, struct aw_stream *stream)
{
	struct connection *connection = aw__alloc_zeroed(1, sizeof(*connection));
	struct aw_task *task;

	if (connection == NULL)
		return aw_raise(aw_MemoryError, NULL);
	connection->job.run = on_served;
	connection->stream = stream;
	connection->server = server;
	connection->fn = server->fn;
	connection->arg = server->arg;
	task = aw__task_create(server->loop, &(struct aw__task_birth){ .site = &server->site,
								       .fn = serve,
								       .arg = connection,
								       .scope = server->id });
	if (task == NULL)
		goto fail;
	server->refs++;
	aw__future_watch(&task->future, &connection->job);
	aw__future_unref(&task->future);
	return NULL;
fail:
	aw__alloc_free(connection);
	return aw_raise(aw_MemoryError, NULL);
}

static void on_stream_closed(struct aw_stream *stream)
{
	struct aw_server *server = stream->owner;

	aw__link_remove(&stream->of_server);
	if (stream->loop != NULL && server->closed && aw__links_empty(&server->streams))
		aw__waiter_wake(&server->closers);
	aw__server_unref(server);
}

static void attach(struct aw_server *server, struct aw_stream *stream)
{
	server->refs++;
	stream->owner = server;
	stream->on_closed = on_stream_closed;
	aw__link_append(&server->streams, &stream->of_server);
}

/*
 * There is no memory for a stream, which uv_accept() would need; but libuv accepts no other
 * connection until this one is taken.
 */
static void reject(uv_stream_t *uv)
{
	close(uv->accepted_fd);
	uv->accepted_fd = -1;
}

/* A connection that cannot be served is closed, as the kernel would do; the server goes on. */
void aw__server_on_connection(uv_stream_t *uv, int status)
{
	struct aw__listener *listener = uv->data;
	struct aw_server *server = listener->server;
	struct aw_stream *stream = NULL;
	aw_error *err;

	if (status < 0)
		return;
	err = aw__stream_create(server->loop, server->kind, &stream);
	if (err != NULL) {
		aw_error_unref(err);
		reject(uv);
		return;
	}
	attach(server, stream);
	status = uv_accept(uv, &stream->uv.stream);
	if (status < 0)
		goto fail;
	stream->limit = server->limit;
	err = aw__stream_connected(stream);
	if (err == NULL)
		err = start_task(server, stream);
	if (err == NULL)
		return;
	aw_error_unref(err);
fail:
	aw__stream_discard(stream);
}
