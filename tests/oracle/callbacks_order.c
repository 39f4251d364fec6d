/* SPDX-License-Identifier: MIT */
/*
 * The order of call_soon(), call_later(), call_at() and done callbacks, with equal deadlines, and with callbacks
 * that are cancelled or removed.
 */
#include "tell.h"

static void word(void *text)
{
	say("%s", (const char *)text);
}

static void again(void *text)
{
	say("%s again?", (const char *)text);
	aw_call_soon(word, "soon 1 again");
	aw_call_later(0, word, "soon 1 later 0");
}

static void done(aw_future *future, void *text)
{
	say("%s", (const char *)text);
}

static void cancel(void *callback)
{
	aw_callback_cancel(callback);
}

static aw_error *timers(void)
{
	aw_ns when = aw_now() + AW_MS(20);
	aw_callback *timer;

	aw_call_at(when, word, "same time 1");
	aw_call_at(when, word, "same time 2");
	aw_call_at(when, word, "same time 3");
	aw_call_at(when - AW_MS(10), word, "earlier");
	aw_call_at(when, word, "same time 4");
	timer = aw_call_at(when, word, "a cancelled timer");
	aw_call_at(when - AW_MS(5), cancel, timer);
	return aw_sleep(AW_MS(100));
}

CORO(amain)
{
	aw_future *future = aw_future_create();
	size_t first;

	AW_TRY(aw_future_add_done_callback(future, done, "done 1"));
	AW_TRY(aw_future_add_done_callback(future, done, "done 2"));
	AW_TRY(aw_future_add_done_callback(future, done, "removed"));
	AW_TRY(aw_future_add_done_callback(future, done, "removed"));
	aw_call_soon(again, "soon 1");
	AW_TRY(aw_call_soon_threadsafe(aw_loop_current(), word, "threadsafe"));
	aw_call_later(0, word, "later 0");
	aw_call_at(0, word, "later -1");
	aw_callback_cancel(aw_call_soon(word, "cancelled"));
	aw_callback_cancel(aw_call_soon(word, "cancelled at once"));
	first = aw_future_remove_done_callback(future, done, "removed");
	say("removed %zu %zu", first, aw_future_remove_done_callback(future, done, "removed"));
	AW_TRY(aw_future_set_result(future, NULL));
	aw_call_soon(word, "soon 2");
	say("%zu", aw_future_remove_done_callback(future, done, "removed"));
	AW_TRY(aw_future_add_done_callback(future, done, "done 3, added late"));
	aw_future_unref(future);
	say("main waits");
	AW_TRY(aw_yield());
	say("main goes on");
	AW_TRY(aw_yield());
	say("main goes on again");
	return timers();
}

ORACLE_MAIN
