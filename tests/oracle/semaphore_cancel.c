/* SPDX-License-Identifier: MIT */
/* Waiters of a semaphore that are cancelled before or after they were woken: no permit is lost. */
#include "line.h"

static aw_error *worker(void *arg, void **ret)
{
	struct one me = *(struct one *)arg;
	aw_error *err = aw_semaphore_acquire(me.of);

	if (aw_error_is(err, aw_CancelledError)) {
		printf("%s cancelled %s %s\n", me.name, aw_error_message(err),
		       truth(aw_semaphore_locked(me.of)));
		return err;
	}
	printf("%s in %s\n", me.name, truth(aw_semaphore_locked(me.of)));
	AW_TRY(aw_yield());
	return aw_semaphore_release(me.of);
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
	aw_semaphore semaphore;

	puts(title);
	AW_TRY(aw_semaphore_init(&semaphore, 0));
	for (int i = 0; i < 3; i++) {
		ones[i] = (struct one){ names[i], &semaphore };
		tasks[i] = aw_spawn(worker, &ones[i]);
	}
	AW_TRY(aw_yield());
	for (; *steps != END; steps++) {
		if (*steps == RELEASE)
			AW_TRY(aw_semaphore_release(&semaphore));
		else
			aw_task_cancel(tasks[*steps], names[*steps]);
	}
	late = named(worker, "late", &semaphore);
	printf("locked %s\n", truth(aw_semaphore_locked(&semaphore)));
	for (int i = 0; i < 3; i++)
		ended(tasks[i]);
	ended(late);
	printf("locked %s\n", truth(aw_semaphore_locked(&semaphore)));
	AW_TRY(aw_semaphore_acquire(&semaphore));
	printf("and again %s\n", truth(aw_semaphore_locked(&semaphore)));
	aw_semaphore_finish(&semaphore);
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
	STORY("two woken, one cancelled", RELEASE, RELEASE, 0);
	STORY("three woken, the last cancelled", RELEASE, RELEASE, RELEASE, 2);
	return NULL;
}

ORACLE_MAIN
