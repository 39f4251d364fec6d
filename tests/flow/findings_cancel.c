/* SPDX-License-Identifier: MIT */
/* Cases of flow-findings: cancellations, and errors of callbacks. */
#include "findings.h"

#include <stdio.h>

/* ---- cancellation ---- */

static aw_error *swallow(void *arg, void **ret)
{
	drop(aw_sleep(AW_SEC(60)));
	return NULL;
}

static aw_error *go_on(void *arg, void **ret)
{
	drop(aw_sleep(AW_SEC(60)));
	return aw_sleep(NOT_FOR_LONG);
}

static aw_error *clean_up(void *arg, void **ret)
{
	aw_error *err = aw_sleep(AW_SEC(60));

	drop(aw_sleep(AW_MS(1)));
	return err;
}

static aw_error *take_back(void *arg, void **ret)
{
	drop(aw_sleep(AW_SEC(60)));
	aw_task_uncancel(aw_task_current());
	return aw_sleep(NOT_FOR_LONG);
}

static aw_error *raise_another(void *arg, void **ret)
{
	return aw_raise_in(aw_sleep(AW_SEC(60)), aw_raise(aw_ValueError, "while cleaning up"));
}

static aw_error *time_out(void *arg, void **ret)
{
	aw_timeout *timeout = aw_timeout_open(aw_now() + AW_MS(5));

	drop(aw_timeout_close(&timeout, aw_sleep(AW_SEC(60))));
	return aw_sleep(NOT_FOR_LONG);
}

static aw_error *fail(void *arg, void **ret)
{
	return aw_raise(aw_ValueError, "a member fails");
}

static aw_error *fail_in_group(void *arg, void **ret)
{
	aw_group *group = aw_group_open(NULL);

	aw_group_spawn(group, fail, NULL);
	drop(aw_group_close(&group, aw_sleep(AW_SEC(60))));
	return aw_sleep(NOT_FOR_LONG);
}

static aw_error *wait_for_slow(void *arg, void **ret)
{
	drop(aw_wait_for(aw_call(clean_up, NULL), aw_now() + AW_MS(5), NULL));
	return aw_sleep(NOT_FOR_LONG);
}

static aw_error *cancel_soon(aw_coro_fn *fn)
{
	aw_task *task = aw_spawn(fn, NULL);

	AW_TRY(aw_sleep(AW_MS(5)));
	aw_task_cancel(task, "enough");
	drop(aw_await(task, NULL));
	aw_task_unref(task);
	return NULL;
}

static aw_error *let_run(aw_coro_fn *fn)
{
	return aw_await(aw_call(fn, NULL), NULL);
}

aw_error *case_swallowed(void)
{
	return cancel_soon(swallow);
}
aw_error *case_goes_on(void)
{
	return cancel_soon(go_on);
}
aw_error *case_fine_clean_up(void)
{
	return cancel_soon(clean_up);
}
aw_error *case_fine_take_back(void)
{
	return cancel_soon(take_back);
}
aw_error *case_fine_raise(void)
{
	return cancel_soon(raise_another);
}
aw_error *case_fine_timeout(void)
{
	return let_run(time_out);
}
aw_error *case_fine_group(void)
{
	return let_run(fail_in_group);
}
aw_error *case_fine_wait_for(void)
{
	return let_run(wait_for_slow);
}

static aw_error *keep_quiet(void *arg, void **ret)
{
	aw_error_unref(aw_sleep(AW_MS(60000)));
	return NULL;
}

aw_error *case_swallowed_group(void)
{
	aw_group *group = aw_group_open(NULL);

	aw_group_spawn(group, keep_quiet, NULL);
	aw_error_unref(aw_yield());
	aw_error_unref(aw_group_close(&group, aw_raise(aw_ValueError, NULL)));
	return NULL;
}

static aw_error *run_out(void *arg, void **ret)
{
	aw_timeout *timeout = aw_timeout_open(aw_now() + AW_MS(5));

	return aw_timeout_close(&timeout, aw_sleep(AW_MS(60000)));
}

aw_error *case_fine_timed_out(void)
{
	aw_task *task = aw_spawn(run_out, NULL);
	aw_error *err = aw_await(task, NULL);
	const bool right = aw_error_is(err, aw_TimeoutError);

	aw_error_unref(err);
	aw_task_unref(task);
	return right ? NULL : aw_raise(aw_AssertionError, "no timeout");
}

/* ---- errors of callbacks ---- */

static void fail_alone(void *arg)
{
	aw_callback_fail(aw_raise(aw_ValueError, "nobody's"));
}

static void handle(aw_loop *loop, const aw_unhandled *unhandled, void *arg)
{
	printf("handled: %s\n", aw_error_message(unhandled->error));
}

aw_error *case_unhandled(void)
{
	aw_call_soon(fail_alone, NULL);
	return aw_sleep(AW_MS(10));
}

aw_error *case_fine_handled(void)
{
	aw_error *err;

	aw_loop_set_exception_handler(aw_loop_current(), handle, NULL);
	err = case_unhandled();
	aw_loop_set_exception_handler(aw_loop_current(), NULL, NULL);
	return err;
}
