/* SPDX-License-Identifier: MIT */
#include "agent/runtime/resolve.h"

#include "base/alloc.h"

#include <netdb.h>
#include <stdio.h>

/* The resolver cannot always be stopped: the request outlives the task that was cancelled. */
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

static int start(struct aw_loop *loop, struct request *request, const char *host, uint16_t port)
{
	const struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_protocol = IPPROTO_TCP,
		.ai_flags = AI_NUMERICSERV | (host == NULL ? AI_PASSIVE : 0),
	};
	char service[8];

	snprintf(service, sizeof(service), "%u", (unsigned int)port);
	aw__links_init(&request->waiting);
	return uv_getaddrinfo(loop->uv, &request->uv, on_resolved, host, service, &hints);
}

aw_error *aw__resolve(const char *host, uint16_t port, struct addrinfo **ret_addresses)
{
	struct aw_loop *loop = aw__task_must()->future.loop;
	struct request *request = aw__alloc_zeroed(1, sizeof(*request));
	aw_error *err;
	int status;

	if (request == NULL)
		return aw_raise(aw_MemoryError, NULL);
	status = start(loop, request, host, port);
	if (status < 0)
		goto fail;
	err = aw__waiter_wait(&request->waiting, AW_WAIT_THREAD, 0);
	if (err != NULL && !request->done) {
		request->forsaken = true;
		uv_cancel((uv_req_t *)&request->uv);
		return err;
	}
	status = request->status;
	if (err != NULL || status < 0) {
		uv_freeaddrinfo(request->addresses);
		goto fail_done;
	}
	*ret_addresses = request->addresses;
	aw__alloc_free(request);
	return NULL;
fail_done:
	aw__alloc_free(request);
	return err != NULL ? err : aw_error_from_uv(status, NULL);
fail:
	aw__alloc_free(request);
	return aw_error_from_uv(status, NULL);
}
