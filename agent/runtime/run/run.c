/* SPDX-License-Identifier: MIT */
/*
 * aw_run(): asyncio.run(). Opens a loop, runs the main task, cancels what is left, waits for threads, closes the
 * loop.
 */
#include "agent/runtime/loop/interrupt.h"
#include "agent/runtime/run/thread.h"
#include "agent/runtime/task/task.h"
#include "agent/runtime/task/unhandled.h"

enum {
	/* asyncio.run() runs so many iterations after the last cancelled task has ended: for
	 * gather(), for itself, and for its two shutdown coroutines */
	ITERATIONS_AFTER = 6,
};

static void stop(struct aw__job *job, bool discard)
{
	struct aw_loop *loop = aw__container_of(job, struct aw_loop, stopper);

	if (discard)
		return;
	if (loop->stop_after > 0) {
		loop->stop_after--;
		aw__loop_push(loop, job);
		return;
	}
	aw__loop_stop(loop);
}

/* Run until the stopper runs, or aw__loop_exit() is called. */
static void run(struct aw_loop *loop)
{
	loop->stopping = false;
	while (!loop->stopping)
		uv_run(loop->uv, UV_RUN_DEFAULT);
	aw__link_remove(&loop->stopper.link);
	loop->stopping = false;
}

/* Take the error that ends the run at once, with `err` as its context; `err` if there is none. */
static aw_error *take_exit(struct aw_loop *loop, aw_error *err)
{
	aw_error *exit = loop->exit;

	loop->exit = NULL;
	return aw_raise_in(err, exit);
}

/* Called for SIGINT. */
static bool cancel_main(void *main)
{
	struct aw_task *task = main;

	if (aw__future_done(&task->future))
		return false;
	aw__task_cancel_because(task, &(struct aw_agent_cancel){ .why = AW_CANCEL_SIGNAL });
	return true;
}

static aw_error *run_main(struct aw_loop *loop, const struct aw__task_birth *birth, bool interrupts,
			  void **ret)
{
	struct aw_task *task = aw__task_create(loop, birth);
	aw_error *err;

	if (task == NULL)
		return aw_raise(aw_MemoryError, "no memory for the main task");
	if (interrupts)
		aw__interrupt_main(cancel_main, task);
	aw__future_watch(&task->future, &loop->stopper);
	run(loop);
	if (interrupts)
		aw__interrupt_main(NULL, NULL);
	if (loop->exit != NULL)
		err = take_exit(loop, NULL);
	else
		err = aw__future_take(&task->future, ret);
	if (interrupts && aw__interrupt_cancels() > 0 && aw_error_is(err, aw_CancelledError) &&
	    aw_task_uncancel(task) == 0)
		err = aw_raise_in(err, aw_raise(aw_KeyboardInterrupt, NULL));
	aw__future_unref(&task->future);
	return err;
}

/* The leftovers are done, or the run was ended again: report those that failed, and unreference all. */
static void release_leftovers(struct aw_loop *loop)
{
	struct aw__link *at, *next;

	for (at = loop->tasks.next; at != &loop->tasks; at = next) {
		struct aw_future *future = aw__container_of(at, struct aw_future, link);
		struct aw_task *task = aw__task_of(future);

		next = at->next;
		if (!task->leftover)
			continue;
		if (future->state == AW__FINISHED && future->error != NULL)
			aw__unhandled_shutdown(task);
		next = at->next; /* the handler may have made tasks */
		aw__future_unref(future);
	}
}

/* As in asyncio.run(), tasks that are started meanwhile are not waited for. */
static void cancel_leftovers(struct aw_loop *loop)
{
	const struct aw_agent_cancel reason = { .why = AW_CANCEL_SHUTDOWN };

	for (struct aw__link *at = loop->tasks.next; at != &loop->tasks; at = at->next) {
		struct aw_future *future = aw__container_of(at, struct aw_future, link);

		if (aw__future_done(future))
			continue;
		if (loop->leftovers == 0)
			AW__HOOK(loop_ending, &loop->agent);
		aw__task_of(aw__future_ref(future))->leftover = true;
		loop->leftovers++;
		aw__task_cancel_because(aw__task_of(future), &reason);
	}
	loop->stop_after = ITERATIONS_AFTER;
	if (loop->leftovers == 0)
		aw__loop_push(loop, &loop->stopper);
	run(loop);
	release_leftovers(loop);
	loop->leftovers = 0;
}

/* As asyncio's shutdown_default_executor(): wait for the calls that run in threads. */
static void wait_for_threads(struct aw_loop *loop)
{
	loop->stop_after = 0;
	if (aw__thread_calls_drain(loop))
		run(loop);
}

static void close_stray(uv_handle_t *handle, void *arg)
{
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

static void close_uv(uv_loop_t *uv)
{
	/* once, for the handles that are closing; others may be active for ever */
	uv_run(uv, UV_RUN_NOWAIT);
	/* close the handles that the program opened through aw_loop_uv(), and left open */
	while (uv_loop_close(uv) == UV_EBUSY) {
		uv_walk(uv, close_stray, NULL);
		uv_run(uv, UV_RUN_DEFAULT);
	}
}

/* Run the main task, then what it left: tasks, and calls in threads. The loop is open and current. */
static aw_error *run_all(struct aw_loop *loop, const struct aw__task_birth *birth, void **ret)
{
	bool interrupts = aw__interrupt_open(loop);
	aw_error *err = run_main(loop, birth, interrupts, ret);

	cancel_leftovers(loop);
	err = take_exit(loop, err);
	wait_for_threads(loop);
	err = take_exit(loop, err);
	if (interrupts && aw__interrupt_close())
		err = aw_raise_in(err, aw_raise(aw_KeyboardInterrupt, NULL));
	return err;
}

aw_error *aw__run(struct aw__site *site, const struct aw_run_options *options, aw_coro_fn *fn,
		  void *arg, void **ret)
{
	struct aw__task_birth birth = { .site = site, .fn = fn, .arg = arg };
	struct aw_loop *loop;
	void *result = NULL;
	uv_loop_t uv;
	aw_error *err;
	int status;

	if (aw__loop_here != NULL)
		return aw_raise(aw_RuntimeError,
				"aw_run() cannot be called where a loop runs already");
	aw__loop_fill_descriptors();
	status = uv_loop_init(&uv);
	if (status < 0)
		return aw_error_from_uv(status, "the loop");
	err = aw__loop_open(&uv, true, options, &loop);
	if (err != NULL)
		goto fail;
	aw__loop_here = loop;
	loop->stopper.run = stop;
	err = run_all(loop, &birth, &result);
	aw__loop_close(loop);
	aw__loop_here = NULL;
	close_uv(&uv);
	if (err == NULL && ret != NULL)
		*ret = result;
	return err;
fail:
	close_uv(&uv);
	return err;
}
