/* SPDX-License-Identifier: MIT */
/*
 * Starts servers whose connections complete the TLS handshake before their function is called. A failed handshake
 * ends that connection alone.
 */
#include "agent/tls/tls.h"
#include "base/alloc.h"
#include "base/options_copy.h"

struct service {
	aw_tls_context *context; /* owned */
	struct aw_tls_start_options start;
	aw_tls_failed_fn *failed;
	aw_stream_fn *fn;
	void *arg;
	void (*free_arg)(void *arg);
};

static void unserve(void *arg)
{
	struct service *service = arg;

	if (service->free_arg != NULL)
		service->free_arg(service->arg);
	aw_tls_context_unref(service->context);
	aw__alloc_free(service);
}

/* A failed handshake is no error of the server: only errors other than OSError propagate, as a cancellation. */
static aw_error *serve(aw_stream *stream, void *arg)
{
	const struct service *service = arg;
	aw_error *err = aw_stream_start_tls(stream, service->context, &service->start);

	if (err == NULL)
		return service->fn(stream, service->arg);
	if (service->failed != NULL)
		service->failed(err, stream, service->arg);
	if (!aw_error_is(err, aw_OSError))
		return err;
	aw_error_unref(err);
	return NULL;
}

static struct service *create(aw_tls_context *context, const struct aw_tls_server_options *options,
			      aw_stream_fn *fn, void *arg)
{
	struct service *service = aw__alloc_zeroed(1, sizeof(*service));

	if (service == NULL)
		return NULL;
	service->context = aw_tls_context_ref(context);
	service->start = (struct aw_tls_start_options){
		.size = sizeof(service->start),
		.handshake_timeout = options->handshake_timeout,
		.shutdown_timeout = options->shutdown_timeout,
	};
	service->failed = options->failed;
	service->fn = fn;
	service->arg = arg;
	return service;
}

/* Names the tasks by the user's function, which serve() calls. */
aw_error *aw__tls_server_start(const struct aw__site *site, aw_tls_context *context,
			       const struct aw_server_options *how,
			       const struct aw_tls_server_options *options, const char *host,
			       uint16_t port, aw_stream_fn *fn, void *arg, aw_server **ret_server)
{
	struct aw_tls_server_options use_tls;
	struct aw_server_options use;
	struct aw__site named = *site;
	struct service *service;
	aw_error *err;

	AW__OPTIONS(aw_tls_server_options, &use_tls, options);
	AW__OPTIONS(aw_server_options, &use, how);
	if (!context->server)
		return aw_raise(aw_ValueError, "a server needs a server context");
	service = create(context, &use_tls, fn, arg);
	if (service == NULL)
		return aw_raise(aw_MemoryError, NULL);
	service->free_arg = use.free_arg;
	use.free_arg = unserve;
	if (aw_agent_on())
		named.place = aw_agent_place(site->function, NULL, 0, (const void *)(uintptr_t)fn);
	err = aw__server_start(&named, &use, host, port, serve, service, ret_server);
	if (err != NULL) {
		service->free_arg = NULL; /* the caller keeps `arg` */
		unserve(service);
	}
	return err;
}
