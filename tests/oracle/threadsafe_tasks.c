/* SPDX-License-Identifier: MIT */
/* run_coroutine_threadsafe() from another thread: results, errors, timeouts and cancellation. */
#include "tell.h"

#include <pthread.h>
#include <string.h>

static pthread_t main_thread;
static unsigned int seen;

CORO(work)
{
	const char *kind = arg;
	aw_error *err = NULL;

	say("on the loop %s", truth(pthread_equal(pthread_self(), main_thread)));
	if (strcmp(kind, "fails") == 0)
		return aw_raise(aw_ValueError, "across");
	if (strcmp(kind, "slow") == 0)
		err = aw_sleep(AW_SEC(10));
	if (aw_error_is(err, aw_CancelledError))
		seen = aw_task_cancelling(aw_task_current());
	*ret = "result";
	return err;
}

struct thread {
	aw_loop *loop;
	aw_future *ready;
};

static void word(void *text)
{
	say("%s", (const char *)text);
}

static void set_ready(void *future)
{
	aw_error_unref(aw_future_set_result(future, "ready"));
}

static void slow(aw_loop *loop)
{
	aw_remote *remote = aw_run_threadsafe(loop, aw_call(work, "slow"));
	aw_error *err = aw_remote_wait(remote, aw_now() + AW_MS(50), NULL);
	bool first;

	if (aw_error_is(err, aw_TimeoutError))
		say("timed out %s", truth(aw_remote_done(remote)));
	aw_error_unref(err);
	first = aw_remote_cancel(remote);
	say("%s %s %s %s", truth(first), truth(aw_remote_done(remote)),
	    truth(aw_remote_cancelled(remote)), truth(aw_remote_cancel(remote)));
	err = aw_remote_wait(remote, AW_FOREVER, NULL);
	say("%s", aw_error_name(err));
	aw_error_unref(err);
	aw_remote_unref(remote);
}

static void *other_thread(void *arg)
{
	static const char *const words[] = { "a", "b", "c" };
	const struct thread *self = arg;
	aw_remote *remote = aw_run_threadsafe(self->loop, aw_call(work, "fast"));
	void *result = NULL;

	aw_error_unref(aw_remote_wait(remote, aw_now() + AW_SEC(5), &result));
	say("%s %s %s %s", (const char *)result, truth(aw_remote_done(remote)),
	    truth(aw_remote_cancelled(remote)), truth(aw_remote_cancel(remote)));
	aw_remote_unref(remote);
	remote = aw_run_threadsafe(self->loop, aw_call(work, "fails"));
	tell("error", aw_remote_wait(remote, aw_now() + AW_SEC(5), NULL));
	aw_remote_unref(remote);
	slow(self->loop);
	for (int i = 0; i < 3; i++)
		aw_error_unref(aw_call_soon_threadsafe(self->loop, word, (char *)words[i]));
	aw_error_unref(aw_call_soon_threadsafe(self->loop, set_ready, self->ready));
	return NULL;
}

CORO(amain)
{
	struct thread self = { aw_loop_current(), aw_future_create() };
	pthread_t thread;
	void *result;

	main_thread = pthread_self();
	pthread_create(&thread, NULL, other_thread, &self);
	AW_TRY(aw_await(self.ready, &result));
	say("%s", (const char *)result);
	pthread_join(thread, NULL);
	say("slow %u", seen);
	aw_future_unref(self.ready);
	return NULL;
}

ORACLE_MAIN
