/* SPDX-License-Identifier: MIT */
/* The exception handler of a loop: which errors are passed to it, and the default that prints them. */
#include "agent/runtime/task/unhandled.h"

#include "agent/hook/hook.h"
#include "agent/runtime/error/error_tell.h"
#include "agent/runtime/task/calling.h"

#include <stdio.h>

_Thread_local struct aw__calling *aw__calling_now;

void aw_loop_set_exception_handler(aw_loop *loop, aw_exception_handler_fn *fn, void *arg)
{
	loop->handler = fn;
	loop->handler_arg = arg;
}

aw_exception_handler_fn *aw_loop_exception_handler(const aw_loop *loop, void **ret_arg)
{
	if (ret_arg != NULL)
		*ret_arg = loop->handler_arg;
	return loop->handler;
}

static void show_error(const aw_error *err, FILE *file)
{
	if (err != NULL)
		fprintf(file, " exception=%s('%s')", aw_error_name(err), aw_error_message(err));
	fputs(">\n", file);
}

void aw_loop_default_exception_handler(aw_loop *loop, const aw_unhandled *unhandled, void *arg)
{
	const char *message = unhandled->message;

	flockfile(stderr);
	fprintf(stderr, "%s\n", message != NULL ? message : "Unhandled exception in event loop");
	if (unhandled->future != NULL) {
		fputs("future: <Future finished", stderr);
		show_error(unhandled->error, stderr);
	}
	if (unhandled->callback != NULL)
		fprintf(stderr, "handle: <Handle %s()>\n", unhandled->callback);
	if (unhandled->task != NULL) {
		fprintf(stderr, "task: <Task %s name='%s'",
			aw_task_done(unhandled->task) ? "finished" : "pending",
			aw_task_name(unhandled->task));
		show_error(unhandled->error, stderr);
	}
	aw_error_print(unhandled->error, stderr);
	funlockfile(stderr);
}

void aw_loop_call_exception_handler(aw_loop *loop, const aw_unhandled *unhandled)
{
	struct aw__calling calling;
	aw_context *context = NULL;

	if (loop->handler == NULL || loop->handling) {
		aw_loop_default_exception_handler(loop, unhandled, NULL);
		return;
	}
	/* without memory the handler runs with an empty context */
	(void)aw__context_fork(*aw__context_slot(), &context);
	loop->handling = true;
	aw__calling_begin(&calling, NULL, context);
	loop->handler(loop, unhandled, loop->handler_arg);
	aw__calling_end(&calling);
	loop->handling = false;
}

AW__HOOK_ONLY static void tell_unhandled(const char *callback, const aw_error *err)
{
	aw__error_tell_lost(err);
	aw_agent_error_unhandled(NULL, callback, NULL, aw__error_id(err));
}

void aw_callback_fail(aw_error *err)
{
	struct aw_loop *loop = aw__loop_must();
	const char *name = aw__calling_now != NULL ? aw__calling_now->name : NULL;
	aw_unhandled unhandled = { .error = err, .callback = name };
	char message[160];

	if (err == NULL || aw__loop_exit(loop, err))
		return;
	if (loop->handling) {
		unhandled.message = "Unhandled error in exception handler";
	} else if (name != NULL) {
		snprintf(message, sizeof(message), "Exception in callback %s()", name);
		unhandled.message = message;
	}
	if (AW__HOOKED() && (loop->handler == NULL || loop->handling))
		tell_unhandled(name, err);
	aw_loop_call_exception_handler(loop, &unhandled);
	aw_error_unref(err);
}

enum {
	ON_LOAN = 1u << 30, /* so many references that a handler cannot drop the last one */
};

/* Show the handler an object that is about to be freed. It must drop any reference that it takes. */
static void lend(struct aw_future *future, aw_unhandled *unhandled)
{
	if (aw__task_is(future))
		unhandled->task = aw__task_of(future);
	else
		unhandled->future = future;
	future->refs += ON_LOAN;
	aw_loop_call_exception_handler(future->loop, unhandled);
	future->refs -= ON_LOAN;
}

void aw__unhandled_lost(struct aw_future *future)
{
	aw_unhandled unhandled = { .error = future->error };

	if (future->loop == NULL || future->loop->handler == NULL)
		return;
	if (aw__task_is(future) && aw__task_of(future)->leftover)
		return; /* the handler was told when the run ended */
	unhandled.message = aw__task_is(future) ? "Task exception was never retrieved"
						: "Future exception was never retrieved";
	lend(future, &unhandled);
}

void aw__unhandled_pending(struct aw_task *task)
{
	aw_unhandled unhandled = { .message = "Task was destroyed but it is pending!" };

	if (task->future.loop->handler != NULL)
		lend(&task->future, &unhandled);
}

void aw__unhandled_shutdown(struct aw_task *task)
{
	aw_unhandled unhandled = {
		.message = "unhandled exception during asyncio.run() shutdown",
		.error = task->future.error,
	};

	lend(&task->future, &unhandled);
}
