/* SPDX-License-Identifier: MIT */
/*
 * Tasks that yield take turns; two tasks that wake each other by events get their turns beside one that only
 * yields; and the order in which several waiters of a future go on.
 */
#include "tell.h"

struct turns {
	const char *name;
	int count;
};

CORO(turns)
{
	const struct turns *self = arg;

	for (int i = 0; i < self->count; i++) {
		say("%s %d", self->name, i);
		AW_TRY(aw_yield());
	}
	say("%s ends", self->name);
	return NULL;
}

struct ping {
	const char *name;
	aw_event *mine, *other;
};

CORO(ping)
{
	const struct ping *self = arg;

	for (int i = 0; i < 3; i++) {
		AW_TRY(aw_event_wait(self->mine));
		aw_event_clear(self->mine);
		say("%s %d", self->name, i);
		aw_event_set(self->other);
	}
	return NULL;
}

static void word(void *text)
{
	say("%s", (const char *)text);
}

static aw_future *future;

CORO(waits)
{
	void *result;

	AW_TRY(aw_await(future, &result));
	say("%s %s", (const char *)arg, (const char *)result);
	return NULL;
}

static aw_error *play(void)
{
	struct turns spins = { "spinner", 9 };
	aw_event one, two;
	struct ping players[] = { { "ping", &one, &two }, { "pong", &two, &one } };
	aw_task *tasks[3];

	aw_event_init(&one);
	aw_event_init(&two);
	tasks[0] = aw_spawn(ping, &players[0]);
	tasks[1] = aw_spawn(ping, &players[1]);
	tasks[2] = aw_spawn(turns, &spins);
	aw_event_set(&one);
	AW_TRY(aw_gather(NULL, tasks[0], tasks[1], tasks[2]));
	for (int i = 0; i < 3; i++)
		aw_task_unref(tasks[i]);
	aw_event_finish(&one);
	aw_event_finish(&two);
	return NULL;
}

CORO(amain)
{
	struct turns all[] = { { "a", 3 }, { "b", 2 }, { "c", 1 }, { "late", 2 } };
	static char *const names[] = { "x", "y", "z" };
	aw_task *tasks[4];

	for (int i = 0; i < 3; i++)
		tasks[i] = aw_spawn(turns, &all[i]);
	AW_TRY(aw_yield());
	say("main");
	tasks[3] = aw_spawn(turns, &all[3]);
	aw_call_soon(word, "callback");
	AW_TRY(aw_wait((void *const *)tasks, 4, AW_ALL_COMPLETED, AW_FOREVER, NULL));
	for (int i = 0; i < 4; i++)
		aw_task_unref(tasks[i]);
	AW_TRY(play());
	future = aw_future_create();
	for (int i = 0; i < 3; i++)
		tasks[i] = aw_spawn(waits, names[i]);
	AW_TRY(aw_yield());
	AW_TRY(aw_future_set_result(future, "woken"));
	say("set");
	AW_TRY(aw_await(tasks[2], NULL));
	say("main after z");
	AW_TRY(aw_wait((void *const *)tasks, 3, AW_ALL_COMPLETED, AW_FOREVER, NULL));
	for (int i = 0; i < 3; i++)
		aw_task_unref(tasks[i]);
	aw_future_unref(future);
	return NULL;
}

ORACLE_MAIN
