/* SPDX-License-Identifier: MIT */
/*
 * Tasks that are cancelled in a queue's get() or put(), before or after they were woken: neither items nor wake-ups
 * are lost.
 */
#include "line.h"

static aw_error *told(struct one *me, aw_error *err)
{
	if (aw_error_is(err, aw_CancelledError))
		printf("%s cancelled %s %zu\n", me->name, aw_error_message(err),
		       aw_queue_qsize(me->of));
	return err;
}

static aw_error *getter(void *arg, void **ret)
{
	struct one *me = arg;
	void *item;

	AW_TRY(told(me, aw_queue_get(me->of, &item)));
	printf("%s got %s\n", me->name, (char *)item);
	return NULL;
}

static aw_error *putter(void *arg, void **ret)
{
	struct one *me = arg;

	AW_TRY(told(me, aw_queue_put(me->of, (void *)(intptr_t)me->name)));
	printf("%s put %zu\n", me->name, aw_queue_qsize(me->of));
	return NULL;
}

enum {
	MOVE = -1,
	END = -2,
};

static const char *const names[] = { "a", "b", "c" };

struct three {
	aw_queue queue;
	struct one ones[3];
	aw_task *tasks[3];
};

static bool all_done(const struct three *three)
{
	return aw_task_done(three->tasks[0]) && aw_task_done(three->tasks[1]) &&
	       aw_task_done(three->tasks[2]);
}

static aw_error *start(struct three *three, aw_coro_fn *fn)
{
	for (int i = 0; i < 3; i++) {
		three->ones[i] = (struct one){ names[i], &three->queue };
		three->tasks[i] = aw_spawn(fn, &three->ones[i]);
	}
	return aw_yield();
}

static aw_error *look(const struct three *three)
{
	AW_TRY(aw_yield());
	AW_TRY(aw_yield());
	for (int i = 0; i < 3; i++)
		printf("%s ", truth(aw_task_done(three->tasks[i])));
	printf("%zu\n", aw_queue_qsize(&three->queue));
	return NULL;
}

static void finish(struct three *three)
{
	for (int i = 0; i < 3; i++)
		ended(three->tasks[i]);
	aw_queue_finish(&three->queue);
}

static aw_error *take(aw_queue *queue)
{
	void *item;

	AW_TRY(aw_queue_get(queue, &item));
	printf("got %s\n", (char *)item);
	return NULL;
}

static aw_error *getters(const char *title, const int *steps)
{
	struct three three;

	puts(title);
	aw_queue_init(&three.queue, 0);
	AW_TRY(start(&three, getter));
	for (; *steps != END; steps++) {
		if (*steps == MOVE)
			AW_TRY(aw_queue_put_nowait(&three.queue, "item"));
		else
			aw_task_cancel(three.tasks[*steps], names[*steps]);
	}
	AW_TRY(look(&three));
	while (!all_done(&three)) {
		AW_TRY(aw_queue_put(&three.queue, "rest"));
		AW_TRY(aw_yield());
	}
	finish(&three);
	return NULL;
}

static aw_error *putters(const char *title, const int *steps)
{
	struct three three;

	puts(title);
	aw_queue_init(&three.queue, 1);
	AW_TRY(aw_queue_put_nowait(&three.queue, "first"));
	AW_TRY(start(&three, putter));
	for (; *steps != END; steps++) {
		if (*steps == MOVE)
			AW_TRY(take(&three.queue));
		else
			aw_task_cancel(three.tasks[*steps], names[*steps]);
	}
	AW_TRY(look(&three));
	while (!aw_queue_empty(&three.queue)) {
		AW_TRY(take(&three.queue));
		AW_TRY(aw_yield());
		AW_TRY(aw_yield());
	}
	finish(&three);
	return NULL;
}

#define STORY(which, title, ...) AW_TRY(which(title, (const int[]){ __VA_ARGS__, END }))

static aw_error *amain(void *arg, void **ret)
{
	STORY(getters, "get: cancelled after the put", MOVE, 0);
	STORY(getters, "get: cancelled before the put", 0, MOVE);
	STORY(getters, "get: the one behind, too", MOVE, 0, 1);
	STORY(getters, "get: two items, the second cancelled", MOVE, MOVE, 1);
	STORY(getters, "get: all, after the put", MOVE, 0, 1, 2);
	STORY(putters, "put: cancelled while full", 0);
	STORY(putters, "put: cancelled after the get", MOVE, 0);
	STORY(putters, "put: cancelled before the get", 0, MOVE);
	STORY(putters, "put: the one behind, too", MOVE, 0, 1);
	STORY(putters, "put: all, after the get", MOVE, 0, 1, 2);
	return NULL;
}

ORACLE_MAIN
