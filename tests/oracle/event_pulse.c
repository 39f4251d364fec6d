/* SPDX-License-Identifier: MIT */
/* Events that are set and cleared within one iteration: which waiters go on, and what cancelled ones do. */
#include "line.h"

static aw_error *waiter(void *arg, void **ret)
{
	struct one me = *(struct one *)arg;
	aw_error *err = aw_event_wait(me.of);

	printf("%s %s %s\n", me.name, err != NULL ? "cancelled" : "goes on",
	       truth(aw_event_is_set(me.of)));
	return err;
}

static void set(void *event)
{
	aw_event_set(event);
}

static void clear(void *event)
{
	aw_event_clear(event);
}

static aw_error *amain(void *arg, void **ret)
{
	aw_task *a, *b, *c, *task;
	aw_event event;

	aw_event_init(&event);
	a = named(waiter, "a", &event);
	b = named(waiter, "b", &event);
	c = named(waiter, "c", &event);
	AW_TRY(aw_yield());
	aw_event_set(&event);
	aw_event_clear(&event);
	task = named(waiter, "late", &event);
	aw_task_cancel(b, NULL);
	AW_TRY(aw_yield());
	printf("pulsed %s\n", truth(aw_task_done(task)));
	ended(a);
	ended(b);
	ended(c);
	aw_task_cancel(task, NULL);
	aw_event_set(&event);
	ended(task);
	aw_event_set(&event);
	AW_TRY(aw_event_wait(&event));
	printf("at once %s\n", truth(aw_event_is_set(&event)));
	aw_event_clear(&event);
	task = named(waiter, "d", &event);
	AW_TRY(aw_yield());
	aw_event_set(&event);
	aw_event_clear(&event);
	aw_event_set(&event);
	ended(task);
	aw_call_soon(clear, &event);
	task = named(waiter, "e", &event);
	aw_call_later(AW_MS(5), set, &event);
	ended(task);
	task = named(waiter, "f", &event);
	aw_call_later(AW_MS(10), set, &event);
	ended(task);
	aw_event_finish(&event);
	return NULL;
}

ORACLE_MAIN
