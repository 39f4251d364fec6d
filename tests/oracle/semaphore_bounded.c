/* SPDX-License-Identifier: MIT */
/* Bounded semaphores: order of waiters, and the error of releasing too often. */
#include "line.h"

static aw_error *worker(void *arg, void **ret)
{
	struct one me = *(struct one *)arg;

	AW_TRY(aw_semaphore_acquire(me.of));
	printf("%s in\n", me.name);
	AW_TRY(aw_yield());
	return aw_semaphore_release(me.of);
}

static void refused(aw_error *err)
{
	if (aw_error_is(err, aw_ValueError))
		printf("%s\n", aw_error_message(err));
	aw_error_unref(err);
}

static aw_error *amain(void *arg, void **ret)
{
	aw_semaphore semaphore, never;
	aw_task *a, *b;

	refused(aw_bounded_semaphore_init(&semaphore, -2));
	AW_TRY(aw_bounded_semaphore_init(&semaphore, 1));
	refused(aw_semaphore_release(&semaphore));
	AW_TRY(aw_semaphore_acquire(&semaphore));
	a = named(worker, "a", &semaphore);
	b = named(worker, "b", &semaphore);
	AW_TRY(aw_yield());
	AW_TRY(aw_semaphore_release(&semaphore));
	ended(a);
	ended(b);
	refused(aw_semaphore_release(&semaphore));
	printf("locked %s\n", truth(aw_semaphore_locked(&semaphore)));
	aw_semaphore_finish(&semaphore);

	AW_TRY(aw_bounded_semaphore_init(&never, 0));
	printf("locked %s\n", truth(aw_semaphore_locked(&never)));
	refused(aw_semaphore_release(&never));
	aw_semaphore_finish(&never);
	return NULL;
}

ORACLE_MAIN
