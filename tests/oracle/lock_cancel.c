/* SPDX-License-Identifier: MIT */
/*
 * Waiters of a lock that are cancelled before or after the release that would wake them: the lock goes to the next
 * waiter.
 */
#include "line.h"

static aw_error *worker(void *arg, void **ret)
{
	struct one me = *(struct one *)arg;
	aw_error *err = aw_lock_acquire(me.of);

	if (aw_error_is(err, aw_CancelledError)) {
		printf("%s cancelled %s %s\n", me.name, aw_error_message(err),
		       truth(aw_lock_locked(me.of)));
		return err;
	}
	printf("%s has it\n", me.name);
	AW_TRY(aw_yield());
	return aw_lock_release(me.of);
}

enum {
	RELEASE = -1,
	END = -2,
};

static aw_error *story(const char *title, const int *steps)
{
	static const char *const names[] = { "a", "b", "c" };
	struct one ones[3];
	aw_task *tasks[3], *late;
	aw_lock lock;

	puts(title);
	aw_lock_init(&lock);
	AW_TRY(aw_lock_acquire(&lock));
	for (int i = 0; i < 3; i++) {
		ones[i] = (struct one){ names[i], &lock };
		tasks[i] = aw_spawn(worker, &ones[i]);
	}
	AW_TRY(aw_yield());
	for (; *steps != END; steps++) {
		if (*steps == RELEASE)
			AW_TRY(aw_lock_release(&lock));
		else
			aw_task_cancel(tasks[*steps], names[*steps]);
	}
	late = named(worker, "late", &lock);
	printf("locked %s\n", truth(aw_lock_locked(&lock)));
	for (int i = 0; i < 3; i++)
		ended(tasks[i]);
	ended(late);
	printf("locked %s\n", truth(aw_lock_locked(&lock)));
	aw_lock_finish(&lock);
	return NULL;
}

#define STORY(title, ...) AW_TRY(story(title, (const int[]){ __VA_ARGS__, END }))

static aw_error *amain(void *arg, void **ret)
{
	STORY("the one that was woken", RELEASE, 0);
	STORY("the first, then release", 0, RELEASE);
	STORY("the second, then release", 1, RELEASE);
	STORY("woken, and the one after it", RELEASE, 0, 1);
	STORY("all, after release", RELEASE, 0, 1, 2);
	STORY("all, before release", 0, 1, 2, RELEASE);
	return NULL;
}

ORACLE_MAIN
