/* SPDX-License-Identifier: MIT */
/* Tasks get a lock in the order of their requests; a task that releases it and asks again comes last. */
#include "line.h"

static aw_error *worker(void *arg, void **ret)
{
	struct one me = *(struct one *)arg;

	printf("%s wants it\n", me.name);
	AW_TRY(aw_lock_acquire(me.of));
	printf("%s has it\n", me.name);
	AW_TRY(aw_yield());
	AW_TRY(aw_lock_release(me.of));
	printf("%s gave it\n", me.name);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	aw_task *a, *b, *c;
	aw_error *err;
	aw_lock lock;

	aw_lock_init(&lock);
	AW_TRY(aw_lock_acquire(&lock));
	printf("at once %s\n", truth(aw_lock_locked(&lock)));
	a = named(worker, "a", &lock);
	b = named(worker, "b", &lock);
	AW_TRY(aw_yield());
	AW_TRY(aw_lock_release(&lock));
	printf("released %s\n", truth(aw_lock_locked(&lock)));
	c = named(worker, "c", &lock);
	AW_TRY(aw_lock_acquire(&lock));
	printf("main has it\n");
	AW_TRY(aw_lock_release(&lock));
	ended(a);
	ended(b);
	ended(c);
	printf("free %s\n", truth(aw_lock_locked(&lock)));
	err = aw_lock_release(&lock);
	printf("%s\n", aw_error_message(err));
	aw_error_unref(err);
	aw_lock_finish(&lock);
	return NULL;
}

ORACLE_MAIN
