/* SPDX-License-Identifier: MIT */
/*
 * Host names to addresses on a thread of libuv: aw_getaddrinfo(), and aw__resolve() for connecting and listening.
 * A cancelled task leaves its request behind, which frees itself when it is done.
 */
#include "agent/runtime/stream/resolve.h"

#include "base/alloc.h"

#include <awry/address.h>

#include <netdb.h>
#include <stdio.h>

/* The resolver cannot always be stopped: the request may outlive a task that was cancelled. */
struct request {
	uv_getaddrinfo_t uv;
	struct aw__link waiting; /* of struct aw__job */
	bool forsaken;
	bool done;
	int status;
	struct addrinfo *addresses;
};

static void on_resolved(uv_getaddrinfo_t *uv, int status, struct addrinfo *addresses)
{
	struct request *request = aw__container_of(uv, struct request, uv);

	if (request->forsaken) {
		uv_freeaddrinfo(addresses);
		aw__alloc_free(request);
		return;
	}
	request->done = true;
	request->status = status;
	request->addresses = addresses;
	aw__waiter_wake(&request->waiting);
}

/* Wait for the request, and free it; after a cancellation its callback frees it. */
static aw_error *finish(struct request *request, struct addrinfo **ret)
{
	aw_error *err = aw__waiter_wait(&request->waiting, AW_WAIT_THREAD, 0);

	if (!request->done) {
		request->forsaken = true;
		uv_cancel((uv_req_t *)&request->uv);
		return err;
	}
	if (err == NULL && request->status < 0)
		err = aw_error_from_uv(request->status, NULL);
	if (err == NULL)
		*ret = request->addresses;
	else
		uv_freeaddrinfo(request->addresses);
	aw__alloc_free(request);
	return err;
}

aw_error *aw_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
			 struct addrinfo **ret)
{
	struct aw_loop *loop = aw__task_must()->future.loop;
	struct request *request;
	int status;

	if (host == NULL && service == NULL)
		return aw_error_from_uv(UV_EAI_NONAME, NULL);
	request = aw__alloc_zeroed(1, sizeof(*request));
	if (request == NULL)
		return aw_raise(aw_MemoryError, NULL);
	aw__links_init(&request->waiting);
	status = uv_getaddrinfo(loop->uv, &request->uv, on_resolved, host, service, hints);
	if (status < 0)
		goto fail;
	return finish(request, ret);
fail:
	aw__alloc_free(request);
	return aw_error_from_uv(status, NULL);
}

void aw_freeaddrinfo(struct addrinfo *addresses)
{
	if (addresses != NULL)
		freeaddrinfo(addresses);
}

aw_error *aw__resolve(const char *host, uint16_t port, int family, int flags,
		      struct addrinfo **ret_addresses)
{
	struct addrinfo hints = {
		.ai_family = family,
		.ai_socktype = SOCK_STREAM,
		.ai_protocol = IPPROTO_TCP,
		.ai_flags = flags | AI_NUMERICSERV | AI_NUMERICHOST,
	};
	char service[8];

	snprintf(service, sizeof(service), "%u", (unsigned int)port);
	/* first as a numeric address, which needs no resolver: this does not block */
	if (getaddrinfo(host, service, &hints, ret_addresses) == 0)
		return NULL;
	hints.ai_flags = flags | AI_NUMERICSERV;
	return aw_getaddrinfo(host, service, &hints, ret_addresses);
}
