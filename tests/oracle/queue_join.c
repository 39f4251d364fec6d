/* SPDX-License-Identifier: MIT */
/* join() and task_done(): when joiners go on, a joiner that is cancelled, and task_done() called too often. */
#include "line.h"

static aw_error *worker(void *arg, void **ret)
{
	struct one me = *(struct one *)arg;
	void *item;

	for (;;) {
		AW_TRY(aw_queue_get(me.of, &item));
		AW_TRY(aw_yield());
		printf("%s did %s\n", me.name, (char *)item);
		AW_TRY(aw_queue_task_done(me.of));
	}
}

static aw_error *joiner(void *arg, void **ret)
{
	struct one me = *(struct one *)arg;
	aw_error *err = aw_queue_join(me.of);

	if (aw_error_is(err, aw_CancelledError))
		printf("%s cancelled\n", me.name);
	else
		printf("%s joined %zu\n", me.name, aw_queue_qsize(me.of));
	return err;
}

static aw_error *work_and_join(aw_queue *queue)
{
	static const char *const items[] = { "0", "1", "2", "3", "4" };
	aw_task *j, *k, *a, *b;
	aw_error *err;

	for (int i = 0; i < 5; i++)
		AW_TRY(aw_queue_put_nowait(queue, (void *)(intptr_t)items[i]));
	j = named(joiner, "j", queue);
	k = named(joiner, "k", queue);
	AW_TRY(aw_yield());
	a = named(worker, "a", queue);
	b = named(worker, "b", queue);
	aw_task_cancel(k, NULL);
	ended(j);
	ended(k);
	err = aw_queue_task_done(queue);
	printf("%s\n", aw_error_message(err));
	aw_error_unref(err);
	AW_TRY(aw_queue_put_nowait(queue, "more"));
	ended(named(joiner, "late", queue));
	aw_task_cancel(a, NULL);
	ended(a);
	aw_task_cancel(b, NULL);
	ended(b);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	aw_queue queue;
	aw_task *raced;

	aw_queue_init(&queue, 0);
	AW_TRY(aw_queue_join(&queue));
	puts("nothing to wait for");
	AW_TRY(work_and_join(&queue));

	AW_TRY(aw_queue_put_nowait(&queue, "x"));
	raced = named(joiner, "raced", &queue);
	AW_TRY(aw_yield());
	AW_TRY(aw_queue_get_nowait(&queue, NULL));
	AW_TRY(aw_queue_task_done(&queue));
	AW_TRY(aw_queue_put_nowait(&queue, "y"));
	ended(raced);
	aw_queue_finish(&queue);
	return NULL;
}

ORACLE_MAIN
