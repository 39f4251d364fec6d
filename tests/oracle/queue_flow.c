/* SPDX-License-Identifier: MIT */
/*
 * Producers and consumers on a bounded queue: the order of items, when it is full or empty, and the errors of the
 * nowait calls.
 */
#include "line.h"

static aw_error *producer(void *arg, void **ret)
{
	struct one me = *(struct one *)arg;
	static char items[2][4][16];
	char(*mine)[16] = items[me.name[0] == 'q'];

	for (int i = 0; i < 4; i++) {
		snprintf(mine[i], sizeof(mine[i]), "%s%d", me.name, i);
		AW_TRY(aw_queue_put(me.of, mine[i]));
		printf("put %s %zu %s\n", mine[i], aw_queue_qsize(me.of),
		       truth(aw_queue_full(me.of)));
	}
	return NULL;
}

static aw_error *consumer(void *arg, void **ret)
{
	struct one me = *(struct one *)arg;
	void *item;

	for (int i = 0; i < 4; i++) {
		AW_TRY(aw_queue_get(me.of, &item));
		printf("%s got %s %zu %s\n", me.name, (char *)item, aw_queue_qsize(me.of),
		       truth(aw_queue_empty(me.of)));
	}
	return NULL;
}

static void look(const aw_queue *queue)
{
	printf("%zu %zu %s %s\n", aw_queue_maxsize(queue), aw_queue_qsize(queue),
	       truth(aw_queue_empty(queue)), truth(aw_queue_full(queue)));
}

static void refused(aw_error *err)
{
	printf("%s %s\n", aw_error_name(err), aw_error_message(err));
	aw_error_unref(err);
}

static aw_error *endless(void)
{
	aw_queue queue;
	void *item;

	aw_queue_init(&queue, 0);
	for (int i = 0; i < 100; i++) {
		AW_TRY(aw_queue_put(&queue, AW_PTR(i)));
		if (i % 3 == 0)
			AW_TRY(aw_queue_get_nowait(&queue, NULL));
	}
	printf("%zu %s", aw_queue_qsize(&queue), truth(aw_queue_full(&queue)));
	while (!aw_queue_empty(&queue)) {
		AW_TRY(aw_queue_get_nowait(&queue, &item));
		printf(" %d", (int)AW_INT(item));
	}
	printf("\n");
	aw_queue_finish(&queue);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	void *first, *second;
	aw_task *p, *x, *q, *y;
	aw_queue queue;

	aw_queue_init(&queue, 2);
	look(&queue);
	p = named(producer, "p", &queue);
	x = named(consumer, "x", &queue);
	q = named(producer, "q", &queue);
	y = named(consumer, "y", &queue);
	ended(p);
	ended(x);
	ended(q);
	ended(y);
	look(&queue);
	refused(aw_queue_get_nowait(&queue, NULL));
	AW_TRY(aw_queue_put_nowait(&queue, "one"));
	AW_TRY(aw_queue_put_nowait(&queue, "two"));
	refused(aw_queue_put_nowait(&queue, "three"));
	AW_TRY(aw_queue_get_nowait(&queue, &first));
	AW_TRY(aw_queue_get_nowait(&queue, &second));
	printf("%s %s\n", (char *)first, (char *)second);
	aw_queue_finish(&queue);
	return endless();
}

ORACLE_MAIN
