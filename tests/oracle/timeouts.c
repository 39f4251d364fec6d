/* SPDX-License-Identifier: MIT */
/* timeout() and wait_for() in the common cases: in time, late, nested, with a task that ignores the cancellation. */
#include "oracle.h"

static const char *truth(bool is)
{
	return is ? "True" : "False";
}

static aw_error *slow(void *arg, void **ret)
{
	aw_error *err = aw_sleep(AW_SEC(10));

	if (aw_error_is(err, aw_CancelledError))
		printf("slow was cancelled\n");
	return err;
}

static aw_error *stubborn(void *arg, void **ret)
{
	aw_error *err = aw_sleep(AW_SEC(10));

	if (aw_error_is(err, aw_CancelledError))
		printf("not impressed\n");
	aw_error_unref(err);
	*ret = "done all the same";
	return NULL;
}

static const char *name_of(const aw_error *err)
{
	return err != NULL ? aw_error_typeof(err)->name : "NoneType";
}

static void nested(aw_ns outer_ns, aw_ns inner_ns)
{
	aw_timeout *outer = aw_timeout_open(aw_now() + outer_ns);
	aw_timeout *inner = aw_timeout_open(aw_now() + inner_ns);
	aw_error *err = aw_await(aw_call(slow, NULL), NULL);
	bool inner_expired, outer_expired;

	inner_expired = aw_timeout_expired(inner);
	err = aw_timeout_close(&inner, err);
	if (aw_error_is(err, aw_TimeoutError)) {
		printf("inner %s %s\n", truth(true), truth(aw_timeout_expired(outer)));
		printf("%s %s\n", name_of(aw_error_cause(err)), name_of(aw_error_context(err)));
		inner_expired = true;
		err = aw_error_unref(err);
	}
	outer_expired = aw_timeout_expired(outer);
	err = aw_timeout_close(&outer, err);
	if (aw_error_is(err, aw_TimeoutError))
		printf("outer %s %s\n", truth(inner_expired), truth(outer_expired));
	aw_error_unref(err);
	printf("cancelling %u\n", aw_task_cancelling(aw_task_current()));
}

static aw_error *keep(void *arg, void **ret)
{
	*ret = "in time";
	return aw_sleep(AW_MS(10));
}

static aw_error *amain(void *arg, void **ret)
{
	aw_timeout *timeout;
	void *result = NULL;
	aw_error *err;

	nested(AW_SEC(10), AW_MS(10));
	nested(AW_MS(10), AW_SEC(10));
	nested(AW_MS(10), AW_MS(10));

	timeout = aw_timeout_open(aw_now() + AW_MS(10));
	AW_TRY(aw_timeout_reschedule(timeout, aw_now() + AW_SEC(10)));
	err = aw_sleep(AW_MS(20));
	printf("rescheduled %s\n", truth(aw_timeout_expired(timeout)));
	AW_TRY(aw_timeout_close(&timeout, err));

	timeout = aw_timeout_open(aw_now() + AW_MS(10));
	err = aw_await(aw_call(stubborn, NULL), &result);
	printf("%s\n", (const char *)result);
	err = aw_timeout_close(&timeout, err);
	if (aw_error_is(err, aw_TimeoutError))
		printf("TimeoutError at the end ()\n");
	aw_error_unref(err);

	timeout = aw_timeout_open(aw_now());
	printf("a deadline that is past lets code run up to its first await\n");
	err = aw_sleep(AW_MS(10));
	if (err == NULL)
		printf("this is not to be seen\n");
	err = aw_timeout_close(&timeout, err);
	printf("%s\n", name_of(err));
	aw_error_unref(err);

	timeout = aw_timeout_open(aw_now() + AW_MS(10));
	AW_TRY(aw_yield());
	err = aw_timeout_close(&timeout, aw_raise(aw_ValueError, "the body's own"));
	printf("%s\n", aw_error_message(err));
	aw_error_unref(err);

	err = aw_wait_for(aw_call(slow, NULL), aw_now() + AW_MS(10), NULL);
	printf("wait_for %s\n", name_of(err));
	aw_error_unref(err);
	AW_TRY(aw_wait_for(aw_call(keep, NULL), aw_now() + AW_SEC(1), &result));
	printf("%s\n", (const char *)result);
	return NULL;
}

ORACLE_MAIN
