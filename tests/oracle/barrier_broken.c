/* SPDX-License-Identifier: MIT */
/*
 * Barriers that are aborted, reset, or lose a waiting task by cancellation: which error each party gets, and when
 * the barrier can be used again.
 */
#include "line.h"

static aw_error *worker(void *arg, void **ret)
{
	struct one me = *(struct one *)arg;
	size_t index;
	aw_error *err = aw_barrier_wait(me.of, &index);

	if (err == NULL) {
		printf("%s %zu\n", me.name, index);
		return NULL;
	}
	printf("%s %s %s %s %zu\n", me.name, aw_error_name(err), aw_error_message(err),
	       truth(aw_barrier_broken(me.of)), aw_barrier_n_waiting(me.of));
	aw_error_unref(err);
	return NULL;
}

static void look(const aw_barrier *barrier)
{
	printf("%zu %s\n", aw_barrier_n_waiting(barrier), truth(aw_barrier_broken(barrier)));
}

static void three_ended(aw_task *a, aw_task *b, aw_task *c)
{
	ended(a);
	ended(b);
	ended(c);
}

static aw_error *abort_and_reset(aw_barrier *barrier)
{
	aw_task *a, *b, *c, *d, *e;

	puts("abort");
	a = named(worker, "a", barrier);
	b = named(worker, "b", barrier);
	AW_TRY(aw_yield());
	AW_TRY(aw_barrier_abort(barrier));
	c = named(worker, "late", barrier);
	three_ended(a, b, c);
	look(barrier);

	puts("reset mends it");
	AW_TRY(aw_barrier_reset(barrier));
	look(barrier);
	a = named(worker, "a", barrier);
	b = named(worker, "b", barrier);
	AW_TRY(aw_yield());
	look(barrier);

	puts("reset while some wait, and more come");
	AW_TRY(aw_barrier_reset(barrier));
	c = named(worker, "c", barrier);
	d = named(worker, "d", barrier);
	e = named(worker, "e", barrier);
	three_ended(a, b, c);
	ended(d);
	ended(e);
	look(barrier);
	return NULL;
}

static aw_error *cancel(aw_barrier *barrier)
{
	aw_task *a, *b, *c, *d;

	puts("one is cancelled, and the others wait for one more");
	a = named(worker, "a", barrier);
	b = named(worker, "b", barrier);
	AW_TRY(aw_yield());
	aw_task_cancel(a, NULL);
	ended(a);
	look(barrier);
	c = named(worker, "c", barrier);
	AW_TRY(aw_yield());
	look(barrier);
	d = named(worker, "d", barrier);
	three_ended(b, c, d);
	look(barrier);

	puts("cancelled when the barrier has let it go");
	a = named(worker, "a", barrier);
	b = named(worker, "b", barrier);
	c = named(worker, "c", barrier);
	AW_TRY(aw_yield());
	aw_task_cancel(b, NULL);
	three_ended(a, b, c);
	look(barrier);

	puts("abort while it drains");
	a = named(worker, "a", barrier);
	b = named(worker, "b", barrier);
	c = named(worker, "c", barrier);
	AW_TRY(aw_yield());
	AW_TRY(aw_barrier_abort(barrier));
	three_ended(a, b, c);
	look(barrier);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	aw_barrier barrier;

	AW_TRY(aw_barrier_init(&barrier, 3));
	AW_TRY(abort_and_reset(&barrier));
	AW_TRY(cancel(&barrier));
	aw_barrier_finish(&barrier);
	return NULL;
}

ORACLE_MAIN
