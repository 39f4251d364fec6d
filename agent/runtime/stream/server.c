/* SPDX-License-Identifier: MIT */
/*
 * Servers (aw_server): creation, start and stop of listening, waiting until all is closed. server_connection.c
 * handles the accepted connections.
 */
#include "agent/runtime/stream/server.h"

#include "base/alloc.h"

enum {
	BACKLOG = 100,
};

aw_error *aw__server_create(const struct aw_server_options *options, enum aw__stream_kind kind,
			    size_t capacity, struct aw_server **ret_server)
{
	struct aw_server *server = aw__alloc_zeroed(1, sizeof(*server));

	if (server == NULL)
		return aw_raise(aw_MemoryError, NULL);
	server->listeners = aw__alloc_zeroed(capacity, sizeof(*server->listeners));
	if (server->listeners == NULL)
		goto fail;
	server->loop = aw__loop_must();
	server->refs = 1;
	server->kind = kind;
	server->limit = options->limit > 0 ? options->limit : AW_STREAM_LIMIT;
	server->backlog = options->backlog > 0 ? options->backlog : BACKLOG;
	aw__links_init(&server->streams);
	aw__links_init(&server->closers);
	*ret_server = server;
	return NULL;
fail:
	aw__alloc_free(server);
	return aw_raise(aw_MemoryError, NULL);
}

void aw__server_unref(struct aw_server *server)
{
	if (--server->refs > 0)
		return;
	if (server->free_arg != NULL)
		server->free_arg(server->arg);
	aw__alloc_free(server->listeners);
	aw__alloc_free(server);
}

aw_error *aw__server_add(struct aw_server *server, int fd)
{
	struct aw__listener *listener = &server->listeners[server->count];
	int status;

	if (server->kind == AW__STREAM_TCP)
		status = uv_tcp_init(server->loop->uv, &listener->uv.tcp);
	else
		status = uv_pipe_init(server->loop->uv, &listener->uv.pipe, 0);
	if (status < 0)
		return aw_error_from_uv(status, NULL);
	listener->uv.handle.data = listener;
	listener->server = server;
	server->count++;
	server->refs++;
	if (server->kind == AW__STREAM_TCP)
		status = uv_tcp_open(&listener->uv.tcp, fd);
	else
		status = uv_pipe_open(&listener->uv.pipe, fd);
	return status < 0 ? aw_error_from_uv(status, NULL) : NULL;
}

static void on_closed(uv_handle_t *handle)
{
	struct aw__listener *listener = handle->data;

	aw__server_unref(listener->server);
}

static void close_listeners(struct aw_server *server)
{
	server->closed = true;
	server->serving = false;
	for (size_t i = 0; i < server->count; i++)
		uv_close(&server->listeners[i].uv.handle, on_closed);
	server->count = 0;
}

/* The loop closes before the server was closed: report it as unclosed. */
static void abandon(struct aw__resource *resource)
{
	struct aw_server *server = aw__container_of(resource, struct aw_server, resource);

	server->loop = NULL;
	if (server->id != 0)
		AW__HOOK(handle_unclosed, server->id, "server", server->opened);
	server->id = 0;
	close_listeners(server);
	/* the user's reference: without the loop the server is invalid, and cannot be stopped */
	aw__server_unref(server);
}

static aw_error *serve(struct aw_server *server)
{
	for (size_t i = 0; i < server->count && !server->serving; i++) {
		int status = uv_listen(&server->listeners[i].uv.stream, server->backlog,
				       aw__server_on_connection);

		if (status < 0)
			return aw_error_from_uv(status, NULL);
	}
	server->serving = true;
	return NULL;
}

aw_error *aw__server_begin(struct aw_server *server, const struct aw_server_options *options,
			   struct aw_server **ret_server)
{
	aw_error *err = options->idle ? NULL : serve(server);

	if (err != NULL) {
		close_listeners(server);
		aw__server_unref(server);
		return err;
	}
	server->free_arg = options->free_arg;
	server->resource.abandon = abandon;
	aw__link_append(&server->loop->resources, &server->resource.link);
	if (AW__HOOKED()) {
		server->id = aw_agent_new_id();
		server->opened =
			aw_agent_handle_opened(server->id, "server", aw__current_agent_task());
	}
	*ret_server = server;
	return NULL;
}

aw_error *aw_server_start_serving(aw_server *server)
{
	if (server->closed)
		return aw_raise(aw_RuntimeError, "server is closed");
	AW_TRY(serve(server));
	return aw_yield();
}

bool aw_server_is_serving(const aw_server *server)
{
	return server->serving;
}

void aw_server_close(aw_server *server)
{
	if (server == NULL || server->closed)
		return;
	aw__link_remove(&server->resource.link);
	if (server->id != 0)
		AW__HOOK(handle_closed, server->id);
	close_listeners(server);
	if (server->forever != NULL)
		aw__future_cancel(server->forever, NULL);
	if (aw__links_empty(&server->streams))
		aw__waiter_wake(&server->closers);
}

aw_error *aw_server_wait_closed(aw_server *server)
{
	if (server->closed && aw__links_empty(&server->streams))
		return NULL;
	return aw__waiter_wait(&server->closers, AW_WAIT_CLOSE, server->id);
}

static aw_error *wait_for_ever(struct aw_server *server)
{
	struct aw_future future;
	aw_error *err;

	aw__future_init(&future, server->loop, AW_WAIT_ACCEPT);
	future.id = server->id;
	server->forever = &future;
	err = aw__task_wait(&future, NULL);
	server->forever = NULL;
	aw__future_finish(&future);
	return err;
}

aw_error *aw_server_serve_forever(aw_server *server)
{
	aw_error *err, *late;

	if (server->forever != NULL)
		return aw_raise(aw_RuntimeError,
				"server is already being awaited on serve_forever()");
	if (server->closed)
		return aw_raise(aw_RuntimeError, "server is closed");
	AW_TRY(serve(server));
	server->refs++;
	err = wait_for_ever(server);
	aw_server_close(server);
	late = aw_server_wait_closed(server);
	aw__server_unref(server);
	return late != NULL ? aw_raise_in(err, late) : err;
}

void aw_server_stop(aw_server *server)
{
	if (server == NULL)
		return;
	aw_server_close(server);
	aw__server_unref(server);
}

size_t aw_server_socket_count(const aw_server *server)
{
	return server->count;
}

aw_address aw_server_address(const aw_server *server, size_t index)
{
	aw_address address = { .length = sizeof(address.at) };
	uv_os_fd_t fd;

	if (index >= server->count || uv_fileno(&server->listeners[index].uv.handle, &fd) < 0 ||
	    getsockname(fd, &address.at.any, &address.length) < 0)
		address.length = 0;
	return address;
}

uint16_t aw_server_port(const aw_server *server)
{
	aw_address address = aw_server_address(server, 0);

	return aw_address_port(&address);
}
