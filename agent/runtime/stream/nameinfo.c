/* SPDX-License-Identifier: MIT */
/* Addresses to host and service names: aw_getnameinfo(). */
#include "agent/runtime/task/awaitable.h"
#include "base/alloc.h"

#include <awry/address.h>

#include <stdio.h>

/* As in resolve.c, it may outlive a task that was cancelled. */
struct request {
	uv_getnameinfo_t uv;
	struct aw__link waiting; /* of struct aw__job */
	bool forsaken;
	bool done;
	int status;
	aw_name name;
};

static void on_named(uv_getnameinfo_t *uv, int status, const char *host, const char *service)
{
	struct request *request = aw__container_of(uv, struct request, uv);

	if (request->forsaken) {
		aw__alloc_free(request);
		return;
	}
	request->done = true;
	request->status = status;
	if (status == 0) {
		snprintf(request->name.host, sizeof(request->name.host), "%s", host);
		snprintf(request->name.service, sizeof(request->name.service), "%s", service);
	}
	aw__waiter_wake(&request->waiting);
}

/* Wait for the request, and free it; after a cancellation its callback frees it. */
static aw_error *finish(struct request *request, aw_name *ret_name)
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
		*ret_name = request->name;
	aw__alloc_free(request);
	return err;
}

aw_error *aw_getnameinfo(const aw_address *address, int flags, aw_name *ret_name)
{
	struct aw_loop *loop = aw__task_must()->future.loop;
	struct request *request;
	int status;

	if (address->length == 0)
		return aw_error_from_uv(UV_EAI_FAMILY, NULL);
	request = aw__alloc_zeroed(1, sizeof(*request));
	if (request == NULL)
		return aw_raise(aw_MemoryError, NULL);
	aw__links_init(&request->waiting);
	status = uv_getnameinfo(loop->uv, &request->uv, on_named, &address->at.any, flags);
	if (status < 0)
		goto fail;
	return finish(request, ret_name);
fail:
	aw__alloc_free(request);
	return aw_error_from_uv(status, NULL);
}
