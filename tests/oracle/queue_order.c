/* SPDX-License-Identifier: MIT */
/* LIFO and priority queues: the order of items, equal priorities included, is that of Python's heapq. */
#include "line.h"

struct job {
	int number, level;
};

static int by_level(void *a, void *b, void *arg)
{
	return ((struct job *)a)->level - ((struct job *)b)->level;
}

static aw_error *drain(aw_queue *queue)
{
	const char *before = "";
	void *item;

	while (!aw_queue_empty(queue)) {
		struct job *job;

		AW_TRY(aw_queue_get(queue, &item));
		job = item;
		printf("%s%d/%d", before, job->level, job->number);
		before = " ";
	}
	printf("\n");
	return NULL;
}

static aw_error *many(aw_queue *queue)
{
	static struct job jobs[40];
	unsigned int seed = 1;
	void *item;

	for (int number = 0; number < 40; number++) {
		seed = (seed * 1103515245u + 12345u) & 0x7fffffff;
		jobs[number] = (struct job){ number, (int)(seed >> 16 & 7) };
		AW_TRY(aw_queue_put_nowait(queue, &jobs[number]));
		if (number % 5 == 4) {
			AW_TRY(aw_queue_get_nowait(queue, &item));
			printf("%d %d\n", ((struct job *)item)->level,
			       ((struct job *)item)->number);
		}
	}
	AW_TRY(drain(queue));
	aw_queue_finish(queue);
	return NULL;
}

static aw_error *feeder(void *arg, void **ret)
{
	static struct job jobs[] = { { 0, 3 }, { 1, 1 }, { 2, 2 } };

	for (int i = 0; i < 3; i++) {
		AW_TRY(aw_queue_put(arg, &jobs[i]));
		printf("put %d\n", jobs[i].level);
	}
	return NULL;
}

static aw_error *few(aw_queue *queue)
{
	aw_task *task = aw_spawn(feeder, queue);
	void *item;

	AW_TRY(aw_yield());
	printf("%s\n", truth(aw_queue_full(queue)));
	for (int i = 0; i < 3; i++) {
		AW_TRY(aw_queue_get(queue, &item));
		printf("got %d\n", ((struct job *)item)->level);
		AW_TRY(aw_yield());
	}
	ended(task);
	aw_queue_finish(queue);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	aw_queue queue;

	aw_lifo_queue_init(&queue, 0);
	AW_TRY(many(&queue));
	aw_priority_queue_init(&queue, 0, by_level, NULL);
	AW_TRY(many(&queue));
	aw_lifo_queue_init(&queue, 2);
	AW_TRY(few(&queue));
	aw_priority_queue_init(&queue, 2, by_level, NULL);
	return few(&queue);
}

ORACLE_MAIN
