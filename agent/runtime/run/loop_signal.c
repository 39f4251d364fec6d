/* SPDX-License-Identifier: MIT */
/*
 * aw_loop_add_signal_handler(): signals as callbacks of a loop. libuv has one handler per signal for the whole
 * process, and sets the default disposition when its last watcher stops; here the former disposition is saved and
 * restored.
 */
#include "agent/runtime/task/calling.h"
#include "agent/runtime/error/current.h"
#include "agent/runtime/loop/loop.h"
#include "base/alloc.h"

#include <pthread.h>
#include <signal.h>

enum {
	SIGNALS = 65,
};

struct signal_handler {
	uv_signal_t signal;
	struct aw__resource resource; /* in loop->resources */
	struct aw__job job;
	struct aw_loop *loop;
	unsigned int came; /* signals for which the function is still to be called */
	uint64_t id;	   /* for the recorder; 0: not reported */
	const char *name;
	aw_callback_fn *fn;
	void *arg;
	aw_context *context; /* owned */
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct {
	unsigned int watchers;
	struct sigaction former;
} table[SIGNALS]; /* guarded by the mutex */

static void on_closed(uv_handle_t *handle)
{
	aw__alloc_free(aw__container_of(handle, struct signal_handler, signal));
}

static int watch(struct signal_handler *handler, uv_signal_cb fn, int number)
{
	int status;

	pthread_mutex_lock(&mutex);
	if (table[number].watchers == 0)
		sigaction(number, NULL, &table[number].former);
	status = uv_signal_start(&handler->signal, fn, number);
	if (status == 0)
		table[number].watchers++;
	pthread_mutex_unlock(&mutex);
	return status;
}

static void unwatch(struct signal_handler *handler)
{
	int number = handler->signal.signum;

	pthread_mutex_lock(&mutex);
	uv_signal_stop(&handler->signal);
	if (number != 0 && --table[number].watchers == 0)
		sigaction(number, &table[number].former, NULL);
	pthread_mutex_unlock(&mutex);
}

static void destroy(struct signal_handler *handler)
{
	unwatch(handler);
	if (handler->id != 0)
		AW__HOOK(handle_closed, handler->id);
	aw__link_remove(&handler->resource.link);
	aw__link_remove(&handler->job.link);
	aw_context_unref(handler->context);
	uv_close((uv_handle_t *)&handler->signal, on_closed);
}

static void abandon(struct aw__resource *resource)
{
	destroy(aw__container_of(resource, struct signal_handler, resource));
}

static void run(struct aw__job *job, bool discard)
{
	struct signal_handler *handler = aw__container_of(job, struct signal_handler, job);
	aw_callback_fn *fn = handler->fn;
	struct aw__calling calling;
	void *arg = handler->arg;

	if (discard)
		return;
	if (--handler->came > 0)
		aw__loop_push(handler->loop, job);
	/* the function may remove its own handler */
	aw__calling_begin(&calling, handler->name, aw_context_ref(handler->context));
	fn(arg);
	aw__calling_end(&calling);
}

static void on_signal(uv_signal_t *signal, int number)
{
	struct signal_handler *handler = signal->data;

	if (handler->came++ == 0)
		aw__loop_push(handler->loop, &handler->job);
}

static struct signal_handler *find(struct aw_loop *loop, int number)
{
	for (struct aw__link *at = loop->resources.next; at != &loop->resources; at = at->next) {
		struct aw__resource *resource = aw__container_of(at, struct aw__resource, link);
		struct signal_handler *handler =
			aw__container_of(resource, struct signal_handler, resource);

		if (resource->abandon == abandon && handler->signal.signum == number)
			return handler;
	}
	return NULL;
}

static aw_error *check(int number)
{
	if (number < 1 || number >= SIGNALS)
		return aw_raise(aw_ValueError, "invalid signal number %d", number);
	if (number == SIGKILL || number == SIGSTOP)
		return aw_raise(aw_RuntimeError, "sig %d cannot be caught", number);
	return NULL;
}

static struct signal_handler *create(struct aw_loop *loop, const char *name, aw_callback_fn *fn,
				     void *arg)
{
	struct signal_handler *handler = aw__alloc_zeroed(1, sizeof(*handler));

	if (handler == NULL)
		return NULL;
	if (!aw__context_fork(*aw__context_slot(), &handler->context))
		goto fail;
	if (uv_signal_init(loop->uv, &handler->signal) < 0)
		goto fail_signal;
	handler->signal.data = handler;
	uv_unref((uv_handle_t *)&handler->signal);
	handler->resource.abandon = abandon;
	handler->job.run = run;
	handler->loop = loop;
	handler->name = name;
	handler->fn = fn;
	handler->arg = arg;
	return handler;
fail_signal:
	aw_context_unref(handler->context);
fail:
	aw__alloc_free(handler);
	return NULL;
}

aw_error *aw__loop_add_signal_handler(const char *name, aw_loop *loop, int number,
				      aw_callback_fn *fn, void *arg)
{
	struct signal_handler *handler, *former;
	int status;

	AW_TRY(check(number));
	former = find(loop, number);
	handler = create(loop, name, fn, arg);
	if (handler == NULL)
		return aw_raise(aw_MemoryError, NULL);
	status = watch(handler, on_signal, number);
	if (status < 0) {
		destroy(handler);
		return aw_error_from_uv(status, "signal %d", number);
	}
	if (former != NULL)
		destroy(former);
	aw__link_append(&loop->resources, &handler->resource.link);
	if (AW__HOOKED()) {
		handler->id = aw_agent_new_id();
		aw_agent_handle_opened(handler->id, "signal", aw__current_agent_task());
	}
	return NULL;
}

bool aw_loop_remove_signal_handler(aw_loop *loop, int number)
{
	struct signal_handler *handler = find(loop, number);

	if (handler == NULL)
		return false;
	destroy(handler);
	return true;
}
