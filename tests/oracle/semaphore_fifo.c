/* SPDX-License-Identifier: MIT */
/*
 * A semaphore's permits are given in the order of the requests; a task that asks just after a release does not
 * overtake the task that was woken.
 */
#include "line.h"

static aw_error *worker(void *arg, void **ret)
{
	struct one me = *(struct one *)arg;

	AW_TRY(aw_semaphore_acquire(me.of));
	printf("%s in %s\n", me.name, truth(aw_semaphore_locked(me.of)));
	AW_TRY(aw_yield());
	AW_TRY(aw_semaphore_release(me.of));
	printf("%s out\n", me.name);
	return NULL;
}

static aw_error *open_one(void)
{
	aw_semaphore semaphore;
	aw_task *tasks[5];
	struct one ones[5] = { { "a", &semaphore },
			       { "b", &semaphore },
			       { "c", &semaphore },
			       { "d", &semaphore },
			       { "e", &semaphore } };

	AW_TRY(aw_semaphore_init(&semaphore, 2));
	for (int i = 0; i < 5; i++)
		tasks[i] = aw_spawn(worker, &ones[i]);
	AW_TRY(aw_yield());
	printf("locked %s\n", truth(aw_semaphore_locked(&semaphore)));
	AW_TRY(aw_semaphore_acquire(&semaphore));
	printf("main in\n");
	AW_TRY(aw_semaphore_release(&semaphore));
	for (int i = 0; i < 5; i++)
		ended(tasks[i]);
	printf("locked %s\n", truth(aw_semaphore_locked(&semaphore)));
	AW_TRY(aw_semaphore_release(&semaphore));
	for (int i = 0; i < 3; i++)
		AW_TRY(aw_semaphore_acquire(&semaphore));
	printf("three %s\n", truth(aw_semaphore_locked(&semaphore)));
	aw_semaphore_finish(&semaphore);
	return NULL;
}

static aw_error *closed_one(void)
{
	aw_semaphore semaphore;
	aw_task *x, *y, *z, *late;

	AW_TRY(aw_semaphore_init(&semaphore, 0));
	x = named(worker, "x", &semaphore);
	y = named(worker, "y", &semaphore);
	z = named(worker, "z", &semaphore);
	AW_TRY(aw_yield());
	AW_TRY(aw_semaphore_release(&semaphore));
	late = named(worker, "late", &semaphore);
	AW_TRY(aw_semaphore_release(&semaphore));
	ended(x);
	ended(y);
	ended(z);
	ended(late);
	aw_semaphore_finish(&semaphore);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	aw_semaphore semaphore;
	aw_error *err = aw_semaphore_init(&semaphore, -1);

	printf("%s\n", aw_error_message(err));
	aw_error_unref(err);
	AW_TRY(open_one());
	return closed_one();
}

ORACLE_MAIN
