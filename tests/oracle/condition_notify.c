/* SPDX-License-Identifier: MIT */
/*
 * Conditions: which tasks notify(n) and notify_all() wake, in which order, wait_for() with a predicate, and misuse
 * without the lock.
 */
#include "line.h"

static aw_error *waiter(void *arg, void **ret)
{
	struct one me = *(struct one *)arg;

	AW_TRY(aw_condition_acquire(me.of));
	printf("%s waits\n", me.name);
	AW_TRY(aw_condition_wait(me.of));
	printf("%s goes on %s\n", me.name, truth(aw_condition_locked(me.of)));
	AW_TRY(aw_yield());
	printf("%s is through\n", me.name);
	return aw_condition_release(me.of);
}

static void refused(aw_error *err)
{
	printf("%s\n", aw_error_message(err));
	aw_error_unref(err);
}

static aw_error *notified(aw_condition *condition, size_t count, const char *word)
{
	AW_TRY(aw_condition_acquire(condition));
	AW_TRY(aw_condition_notify(condition, count));
	puts(word);
	return NULL;
}

struct filler {
	const char *name;
	int wanted;
	int *box;
	aw_condition *condition;
};

static bool is_full(void *arg)
{
	const struct filler *me = arg;

	return *me->box >= me->wanted;
}

static aw_error *filler(void *arg, void **ret)
{
	const struct filler *me = arg;

	AW_TRY(aw_condition_acquire(me->condition));
	AW_TRY(aw_condition_wait_for(me->condition, is_full, arg));
	printf("%s sees %d\n", me->name, *me->box);
	return aw_condition_release(me->condition);
}

static aw_error *fill(aw_condition *condition)
{
	int box = 0;
	struct filler fillers[] = { { "x", 2, &box, condition },
				    { "y", 1, &box, condition },
				    { "z", 0, &box, condition } };
	aw_task *tasks[3];

	for (int i = 0; i < 3; i++)
		tasks[i] = aw_spawn(filler, &fillers[i]);
	for (int i = 0; i < 3; i++) {
		AW_TRY(aw_sleep(AW_MS(1)));
		AW_TRY(aw_condition_acquire(condition));
		box++;
		AW_TRY(aw_condition_notify_all(condition));
		AW_TRY(aw_condition_release(condition));
	}
	for (int i = 0; i < 3; i++)
		ended(tasks[i]);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	aw_condition condition;
	aw_task *a, *b, *c, *d, *e;

	aw_condition_init(&condition, NULL);
	refused(aw_condition_notify(&condition, 1));
	refused(aw_condition_notify_all(&condition));
	refused(aw_condition_wait(&condition));
	a = named(waiter, "a", &condition);
	b = named(waiter, "b", &condition);
	c = named(waiter, "c", &condition);
	d = named(waiter, "d", &condition);
	e = named(waiter, "e", &condition);
	AW_TRY(aw_yield());
	AW_TRY(notified(&condition, 1, "one"));
	AW_TRY(aw_yield());
	printf("still held\n");
	AW_TRY(aw_condition_release(&condition));
	ended(a);
	AW_TRY(notified(&condition, 2, "two"));
	AW_TRY(aw_condition_release(&condition));
	ended(b);
	ended(c);
	AW_TRY(aw_yield());
	printf("%s %s\n", truth(aw_task_done(d)), truth(aw_task_done(e)));
	AW_TRY(aw_condition_acquire(&condition));
	AW_TRY(aw_condition_notify_all(&condition));
	printf("all\n");
	AW_TRY(aw_condition_release(&condition));
	ended(d);
	ended(e);
	AW_TRY(aw_condition_acquire(&condition));
	AW_TRY(aw_condition_notify(&condition, 9));
	AW_TRY(aw_condition_release(&condition));
	printf("nobody %s\n", truth(aw_condition_locked(&condition)));
	AW_TRY(fill(&condition));
	aw_condition_finish(&condition);
	return NULL;
}

ORACLE_MAIN
