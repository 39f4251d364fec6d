/* SPDX-License-Identifier: MIT */
/*
 * Lets a task wait until a descriptor without a libuv stream is readable or writable: for connect() and sendfile().
 */
#include "agent/runtime/stream/poll.h"

#include "base/alloc.h"

struct poll {
	uv_poll_t uv;
	struct aw__resource resource;
	struct aw__link waiting; /* of struct aw__job: one */
};

static void on_poll(uv_poll_t *uv, int status, int events)
{
	struct poll *poll = aw__container_of(uv, struct poll, uv);

	uv_poll_stop(uv);
	aw__waiter_wake(&poll->waiting);
}

static void on_closed(uv_handle_t *uv)
{
	aw__alloc_free(aw__container_of(uv, struct poll, uv));
}

/* The loop closes, and the task that waits will never run again. */
static void abandon(struct aw__resource *resource)
{
	struct poll *poll = aw__container_of(resource, struct poll, resource);

	uv_close((uv_handle_t *)&poll->uv, on_closed);
}

aw_error *aw__poll_wait(int fd, int events, enum aw_agent_wait wait, uint64_t id)
{
	struct aw_loop *loop = aw__task_must()->future.loop;
	struct poll *poll = aw__alloc_zeroed(1, sizeof(*poll));
	aw_error *err;
	int status;

	if (poll == NULL)
		return aw_raise(aw_MemoryError, NULL);
	status = uv_poll_init(loop->uv, &poll->uv, fd);
	if (status < 0)
		goto fail;
	aw__links_init(&poll->waiting);
	poll->resource.abandon = abandon;
	aw__link_append(&loop->resources, &poll->resource.link);
	uv_poll_start(&poll->uv, events, on_poll);
	err = aw__waiter_wait(&poll->waiting, wait, id);
	aw__link_remove(&poll->resource.link);
	uv_close((uv_handle_t *)&poll->uv, on_closed);
	return err;
fail:
	aw__alloc_free(poll);
	return aw_error_from_uv(status, NULL);
}
