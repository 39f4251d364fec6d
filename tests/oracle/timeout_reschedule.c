/* SPDX-License-Identifier: MIT */
/* Moving a timeout's deadline: later, to the past, to never, and after it has expired. */
#include "tell.h"

static aw_error *in_time(void)
{
	aw_timeout *scope = aw_timeout_open(aw_now() + AW_MS(10));
	bool expired;

	say("when %s %s", truth(aw_timeout_when(scope) != AW_FOREVER),
	    truth(aw_timeout_expired(scope)));
	AW_TRY(aw_timeout_reschedule(scope, AW_FOREVER));
	say("never %s", truth(aw_timeout_when(scope) == AW_FOREVER));
	AW_TRY(aw_sleep(AW_MS(20)));
	AW_TRY(aw_timeout_reschedule(scope, aw_now() + AW_SEC(10)));
	say("later %s", truth(aw_timeout_when(scope) > aw_now()));
	expired = aw_timeout_expired(scope);
	AW_TRY(aw_timeout_close(&scope, NULL));
	say("unhurt %s", truth(expired));
	return NULL;
}

static aw_error *in_the_past(void)
{
	aw_timeout *scope = aw_timeout_at_none();
	aw_error *err;

	AW_TRY(aw_timeout_reschedule(scope, aw_now() - AW_SEC(1)));
	say("past %s", truth(aw_timeout_expired(scope)));
	err = aw_yield();
	if (err == NULL) {
		say("not at once %s", truth(aw_timeout_expired(scope)));
		err = aw_sleep(AW_SEC(10));
	}
	tell("past", aw_timeout_close(&scope, err));
	return NULL;
}

static void too_late(void)
{
	aw_timeout *scope = aw_timeout_open(aw_now());
	aw_error *err = aw_sleep(AW_SEC(1));
	bool expired;

	if (aw_error_is(err, aw_CancelledError))
		tell("too late", aw_timeout_reschedule(scope, AW_FOREVER));
	expired = aw_timeout_expired(scope);
	err = aw_timeout_close(&scope, err);
	if (aw_error_is(err, aw_TimeoutError))
		say("timed out %s", truth(expired));
	aw_error_unref(err);
}

static aw_error *saved(void)
{
	aw_timeout *scope = aw_timeout_open(0);
	aw_error *err;
	bool expired;

	AW_TRY(aw_timeout_reschedule(scope, aw_now() + AW_SEC(10)));
	expired = aw_timeout_expired(scope);
	AW_TRY(aw_timeout_close(&scope, NULL));
	say("saved %s", truth(expired));
	scope = aw_timeout_open(aw_now() + AW_MS(10));
	AW_TRY(aw_timeout_reschedule(scope, aw_now() + AW_MS(20)));
	err = aw_sleep(AW_SEC(10));
	expired = aw_timeout_expired(scope);
	err = aw_timeout_close(&scope, err);
	if (aw_error_is(err, aw_TimeoutError))
		say("timed out %s %u", truth(expired), aw_task_cancelling(aw_task_current()));
	aw_error_unref(err);
	return NULL;
}

CORO(amain)
{
	AW_TRY(in_time());
	AW_TRY(in_the_past());
	too_late();
	return saved();
}

ORACLE_MAIN
