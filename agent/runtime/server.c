/* SPDX-License-Identifier: MIT */
/* A server: listening sockets, and a task for each connection that they accept. */
#include "agent/runtime/resolve.h"
#include "agent/runtime/stream.h"
#include "base/alloc.h"

#include <netdb.h>
#include <netinet/in.h>

enum {
	LISTENERS_MAX = 16,
	BACKLOG = 128,
};

struct aw_server {
	struct aw__resource resource;
	struct aw_loop *loop; /* NULL once that is closed */
	aw_stream_fn *fn;
	void *arg;
	uint64_t id;  /* the recorder's; 0: not told */
	size_t open;  /* handles that libuv has */
	size_t count; /* listeners in use */
	uv_tcp_t listeners[LISTENERS_MAX];
};

/* A connection and its task. The task may be cancelled before it begins: so it does not clean up
 * itself. */
struct connection {
	struct aw__job job; /* when the task is done */
	struct aw_stream *stream;
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
	aw__alloc_free(connection);
}

static aw_error *start_connection(struct aw_server *server, struct aw_stream *stream)
{
	static struct aw__site site = { "serve", 0 };
	struct connection *connection = aw__alloc_zeroed(1, sizeof(*connection));
	struct aw_task *task;

	if (connection == NULL)
		return aw_raise(aw_MemoryError, NULL);
	connection->job.run = on_served;
	connection->stream = stream;
	connection->fn = server->fn;
	connection->arg = server->arg;
	task = aw__task_create(server->loop, &(struct aw__task_birth){ .site = &site,
								       .fn = serve,
								       .arg = connection,
								       .scope = server->id });
	if (task == NULL)
		goto fail;
	aw__future_watch(&task->future, &connection->job);
	aw__future_unref(&task->future);
	return NULL;
fail:
	aw__alloc_free(connection);
	return aw_raise(aw_MemoryError, NULL);
}

/* A connection that cannot be served is closed, as the kernel would: the others go on. */
static void on_connection(uv_stream_t *listener, int status)
{
	struct aw_server *server = listener->data;
	struct aw_stream *stream = NULL;
	aw_error *err;

	if (status < 0)
		return;
	err = aw__stream_create(server->loop, &stream);
	if (err != NULL) {
		aw_error_unref(err);
		return;
	}
	status = uv_accept(listener, (uv_stream_t *)&stream->tcp);
	if (status < 0)
		goto fail;
	err = aw__stream_connected(stream);
	if (err == NULL)
		err = start_connection(server, stream);
	if (err == NULL)
		return;
	aw_error_unref(err);
fail:
	aw__stream_abort(stream);
	aw_stream_unref(stream);
}

static void on_closed(uv_handle_t *handle)
{
	struct aw_server *server = handle->data;

	if (--server->open == 0)
		aw__alloc_free(server);
}

static void close_listeners(struct aw_server *server)
{
	for (size_t i = 0; i < server->count; i++)
		uv_close((uv_handle_t *)&server->listeners[i], on_closed);
	if (server->count == 0)
		aw__alloc_free(server);
}

/* The loop closes, and nobody has stopped the server: the recorder is left to say so. */
static void abandon(struct aw__resource *resource)
{
	struct aw_server *server = aw__container_of(resource, struct aw_server, resource);

	server->loop = NULL;
	close_listeners(server);
}

static int listen_on(struct aw_server *server, const struct addrinfo *address)
{
	uv_tcp_t *listener = &server->listeners[server->count];
	bool six = address->ai_family == AF_INET6;
	int status = uv_tcp_init(server->loop->uv, listener);

	if (status < 0)
		return status;
	listener->data = server;
	server->count++;
	server->open++;
	/* each family has a listener of its own */
	status = uv_tcp_bind(listener, address->ai_addr, six ? UV_TCP_IPV6ONLY : 0);
	if (status < 0)
		return status;
	return uv_listen((uv_stream_t *)listener, BACKLOG, on_connection);
}

static int listen_on_all(struct aw_server *server, const struct addrinfo *addresses)
{
	int status = 0;

	for (; addresses != NULL && status == 0; addresses = addresses->ai_next) {
		if (server->count == LISTENERS_MAX)
			return UV_E2BIG;
		status = listen_on(server, addresses);
	}
	return status;
}

aw_error *aw_server_start(const char *host, uint16_t port, aw_stream_fn *fn, void *arg,
			  aw_server **ret_server)
{
	struct aw_loop *loop = aw__task_must()->future.loop;
	struct addrinfo *addresses = NULL;
	struct aw_server *server;
	int status;

	AW_TRY(aw__resolve(host, port, &addresses));
	server = aw__alloc_zeroed(1, sizeof(*server));
	if (server == NULL) {
		uv_freeaddrinfo(addresses);
		return aw_raise(aw_MemoryError, NULL);
	}
	server->loop = loop;
	server->fn = fn;
	server->arg = arg;
	server->resource.abandon = abandon;
	status = listen_on_all(server, addresses);
	uv_freeaddrinfo(addresses);
	if (status < 0)
		goto fail;
	aw__link_append(&loop->resources, &server->resource.link);
	if (AW__HOOKED()) {
		server->id = aw_agent_new_id();
		aw_agent_handle_opened(server->id, "server", aw__current_agent_task());
	}
	*ret_server = server;
	return NULL;
fail:
	close_listeners(server);
	return aw_error_from_uv(status, "%s port %u", host != NULL ? host : "*",
				(unsigned int)port);
}

uint16_t aw_server_port(const aw_server *server)
{
	struct sockaddr_storage address = { 0 };
	int length = sizeof(address);

	if (uv_tcp_getsockname(&server->listeners[0], (struct sockaddr *)&address, &length) < 0)
		return 0;
	if (address.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
	return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

void aw_server_stop(aw_server *server)
{
	if (server == NULL)
		return;
	aw__link_remove(&server->resource.link);
	if (server->id != 0)
		AW__HOOK(handle_closed, server->id);
	close_listeners(server);
}
