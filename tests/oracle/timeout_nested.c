/* SPDX-License-Identifier: MIT */
/* Nested timeouts that expire in either order, or during the clean-up of the inner one. */
#include "tell.h"

CORO(slow)
{
	aw_error *err = aw_sleep(AW_SEC(10));

	say("slow leaves %u", aw_task_cancelling(aw_task_current()));
	return err;
}

static aw_error *body(aw_ns cleanup)
{
	aw_error *err = aw_await(aw_call(slow, NULL), NULL);

	if (aw_error_is(err, aw_CancelledError))
		err = aw_raise_in(err, aw_sleep(cleanup));
	return err;
}

static aw_error *nested(aw_ns outer_ns, aw_ns inner_ns, aw_ns cleanup)
{
	aw_timeout *outer = aw_timeout_open(aw_now() + outer_ns);
	aw_timeout *inner = aw_timeout_open(aw_now() + inner_ns);
	aw_error *err = body(cleanup);
	bool inner_expired = aw_timeout_expired(inner), outer_expired;

	err = aw_timeout_close(&inner, err);
	if (aw_error_is(err, aw_TimeoutError)) {
		say("inner timed out %s %s %s", truth(inner_expired),
		    truth(aw_timeout_expired(outer)), aw_error_name(aw_error_context(err)));
		aw_error_unref(err);
		err = aw_sleep(AW_MS(50));
		if (err == NULL)
			say("after the inner");
	}
	outer_expired = aw_timeout_expired(outer);
	err = aw_timeout_close(&outer, err);
	if (aw_error_is(err, aw_TimeoutError)) {
		say("outer timed out %s %s", truth(inner_expired), truth(outer_expired));
		err = aw_error_unref(err);
	}
	say("cancelling %u", aw_task_cancelling(aw_task_current()));
	AW_TRY(err);
	return aw_yield();
}

CORO(amain)
{
	say("inner first");
	AW_TRY(nested(AW_SEC(10), AW_MS(10), 0));
	say("outer first");
	AW_TRY(nested(AW_MS(10), AW_SEC(10), 0));
	say("inner first, outer after it");
	AW_TRY(nested(AW_MS(40), AW_MS(10), 0));
	say("outer interrupts the cleanup of the inner");
	return nested(AW_MS(60), AW_MS(10), AW_SEC(10));
}

ORACLE_MAIN
