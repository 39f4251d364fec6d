/* SPDX-License-Identifier: MIT */
/* Tests of a queue's items: compared with a simple model, and with failing allocations. */
#include "tests/unit/runtime/runtime_case.h"

#include <awry/sync.h>

enum order {
	FIFO,
	LIFO,
	PRIORITY,
};

static int by_number(void *a, void *b, void *arg)
{
	++*(unsigned int *)arg;
	return AW_INT(a) < AW_INT(b) ? -1 : AW_INT(a) > AW_INT(b);
}

/* The model: an array in the order of arrival. */
struct model {
	intptr_t items[4096];
	size_t count;
};

static intptr_t model_get(struct model *model, enum order order)
{
	size_t at = order == LIFO ? model->count - 1 : 0;
	intptr_t item;

	for (size_t i = 0; order == PRIORITY && i < model->count; i++)
		if (model->items[i] < model->items[at])
			at = i;
	item = model->items[at];
	memmove(&model->items[at], &model->items[at + 1],
		(--model->count - at) * sizeof(model->items[0]));
	return item;
}

/* Random puts and gets, more puts at first, more gets later. Returns how many items differ from the model's. */
static unsigned int differences(aw_queue *queue, enum order order)
{
	static struct model model;
	unsigned int different = 0;
	uint64_t seed = 42;
	void *item;

	model.count = 0;
	for (int i = 0; i < 6000; i++) {
		bool more = i % 2000 < 1200;

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		if ((seed >> 33) % 10 < (more ? 7 : 2)) {
			model.items[model.count++] = (intptr_t)(seed >> 40) % 1000;
			different += aw_queue_put_nowait(
					     queue, AW_PTR(model.items[model.count - 1])) != NULL;
		} else if (model.count > 0) {
			different += aw_queue_get_nowait(queue, &item) != NULL;
			different += AW_INT(item) != model_get(&model, order);
		}
		different += aw_queue_qsize(queue) != model.count;
	}
	return different;
}

static void queue__keeps_its_order(void **state)
{
	unsigned int compared = 0;
	aw_queue queue;

	aw_queue_init(&queue, 0);
	assert_int_equal(differences(&queue, FIFO), 0);
	aw_queue_finish(&queue);
	aw_lifo_queue_init(&queue, 0);
	assert_int_equal(differences(&queue, LIFO), 0);
	aw_queue_finish(&queue);
	aw_priority_queue_init(&queue, 0, by_number, &compared);
	assert_int_equal(differences(&queue, PRIORITY), 0);
	assert_true(compared > 1000);
	aw_queue_finish(&queue);
}

/* The ring cannot grow because there was no memory, with its head at each position. */
static void queue__loses_nothing_without_memory(void **state)
{
	for (size_t head = 0; head < 16; head++) {
		aw_queue queue;
		aw_error *err;
		void *item;

		aw_queue_init(&queue, 0);
		for (size_t i = 0; i < head; i++)
			assert_null(aw_queue_put_nowait(&queue, NULL));
		for (size_t i = 0; i < head; i++)
			assert_null(aw_queue_get_nowait(&queue, NULL));
		for (intptr_t i = 0; i < 16; i++)
			assert_null(aw_queue_put_nowait(&queue, AW_PTR(i)));
		aw__alloc_fail_at(1);
		err = aw_queue_put_nowait(&queue, AW_PTR(99));
		aw__alloc_fail_at(0);
		assert_true(aw_error_is(err, aw_MemoryError));
		aw_error_unref(err);
		assert_int_equal(aw_queue_qsize(&queue), 16);
		assert_null(aw_queue_put_nowait(&queue, AW_PTR(16)));
		for (intptr_t i = 0; i < 17; i++) {
			assert_null(aw_queue_get_nowait(&queue, &item));
			assert_int_equal(AW_INT(item), i);
		}
		assert_true(aw_queue_empty(&queue));
		aw_queue_finish(&queue);
	}
}

static aw_error *put_it(void *arg, void **ret)
{
	aw_error *err = aw_queue_put(arg, AW_PTR(7));

	trace("%s", err != NULL ? aw_error_name(err) : "put");
	return err;
}

/* Two tasks wait to put an item into a full queue. The first is woken, but the queue would need more
 * memory for its item: it fails, and wakes the second. */
static aw_error *no_room(void *arg, void **ret)
{
	aw_task *tasks[2];
	aw_queue queue;

	aw_queue_init(&queue, 16);
	for (int i = 0; i < 16; i++)
		AW_TRY(aw_queue_put_nowait(&queue, AW_PTR(i)));
	for (int i = 0; i < 2; i++)
		tasks[i] = aw_spawn(put_it, &queue);
	AW_TRY(aw_yield());
	AW_TRY(aw_queue_get_nowait(&queue, NULL));
	queue.maxsize = 18;
	AW_TRY(aw_queue_put_nowait(&queue, AW_PTR(20)));
	aw__alloc_fail_at(1);
	trace_error(aw_await(tasks[0], NULL));
	AW_TRY(aw_await(tasks[1], NULL));
	trace("%zu", aw_queue_qsize(&queue));
	for (int i = 0; i < 2; i++)
		aw_task_unref(tasks[i]);
	aw_queue_finish(&queue);
	return NULL;
}

static void queue__passes_the_turn_on_without_memory(void **state)
{
	run_ok(no_room, NULL);
	assert_string_equal(trace_text(), "MemoryError put MemoryError 17");
}

enum {
	MANY = 1000,
};

static aw_error *get_one(void *arg, void **ret)
{
	return aw_queue_get(arg, ret);
}

/* All waiters are served in one step; every third is cancelled before, every fifth after. */
static aw_error *serve_many(void *arg, void **ret)
{
	static aw_task *tasks[MANY];
	intptr_t expected = 0;
	aw_queue queue;
	void *item;

	aw_queue_init(&queue, 0);
	for (int i = 0; i < MANY; i++)
		tasks[i] = aw_spawn(get_one, &queue);
	AW_TRY(aw_yield());
	for (int i = 0; i < MANY; i += 3)
		aw_task_cancel(tasks[i], NULL);
	for (int i = 0; i < MANY; i++)
		AW_TRY(aw_queue_put_nowait(&queue, AW_PTR(i)));
	for (int i = 0; i < MANY; i += 5)
		aw_task_cancel(tasks[i], NULL);
	for (int i = 0; i < MANY; i++) {
		aw_error *err = aw_await(tasks[i], &item);

		if (aw_error_is(err, aw_CancelledError) != (i % 3 == 0 || i % 5 == 0))
			trace("%d %s", i, aw_error_name(err));
		if (err == NULL && AW_INT(item) != expected++)
			trace("%d got %d", i, (int)AW_INT(item));
		aw_error_unref(err);
		aw_task_unref(tasks[i]);
	}
	trace("%d of %d", (int)expected, (int)expected + (int)aw_queue_qsize(&queue));
	aw_queue_finish(&queue);
	return NULL;
}

static void queue__serves_many_in_their_order(void **state)
{
	run_ok(serve_many, NULL);
	assert_string_equal(trace_text(), "533 of 1000");
}

static aw_error *join_it(void *arg, void **ret)
{
	aw_error *err = aw_queue_join(arg);

	trace("joined");
	return err;
}

static aw_error *joins(void *arg, void **ret)
{
	aw_queue queue;
	aw_task *task;

	aw_queue_init(&queue, 0);
	for (int i = 0; i < 3; i++)
		AW_TRY(aw_queue_put_nowait(&queue, AW_PTR(i)));
	task = aw_spawn(join_it, &queue);
	for (int i = 3; i > 0; i--) {
		AW_TRY(aw_yield());
		AW_TRY(aw_yield());
		trace("%d left", i);
		AW_TRY(aw_queue_task_done(&queue));
	}
	AW_TRY(aw_await(task, NULL));
	aw_task_unref(task);
	for (int i = 0; i < 3; i++)
		AW_TRY(aw_queue_get_nowait(&queue, NULL));
	aw_queue_finish(&queue);
	return NULL;
}

static void queue__is_joined_when_the_last_is_done(void **state)
{
	run_ok(joins, NULL);
	assert_string_equal(trace_text(), "3 left 2 left 1 left joined");
}

/* A task that was woken and then cancelled leaves the item to the next waiter. */
static aw_error *woken_and_cancelled(void *arg, void **ret)
{
	aw_queue queue;
	aw_task *tasks[2];
	aw_error *err;

	aw_queue_init(&queue, 0);
	for (int i = 0; i < 2; i++)
		tasks[i] = aw_spawn(get_one, &queue);
	AW_TRY(aw_yield());
	AW_TRY(aw_queue_put_nowait(&queue, AW_PTR(7)));
	aw_task_cancel(tasks[0], NULL);
	err = aw_wait_for(tasks[1], aw_now() + AW_SEC(1), NULL);
	trace("%s", err != NULL ? aw_error_name(err) : "got it");
	aw_error_unref(err);
	err = aw_await(tasks[0], NULL);
	trace("%s", aw_error_name(err));
	aw_error_unref(err);
	for (int i = 0; i < 2; i++)
		aw_task_unref(tasks[i]);
	aw_queue_finish(&queue);
	return NULL;
}

static void queue__a_cancelled_getter_passes_its_turn_on(void **state)
{
	run_ok(woken_and_cancelled, NULL);
	assert_string_equal(trace_text(), "got it CancelledError");
}

static void queue__refuses_by_name(void **state)
{
	aw_queue queue;

	aw_queue_init(&queue, 1);
	trace_error(aw_queue_get_nowait(&queue, NULL));
	assert_null(aw_queue_put_nowait(&queue, NULL));
	trace_error(aw_queue_put_nowait(&queue, NULL));
	trace_error(aw_queue_task_done(&queue));
	trace_error(aw_queue_task_done(&queue));
	aw_queue_finish(&queue);
	assert_string_equal(
		trace_text(),
		"QueueEmpty QueueFull none ValueError(task_done() called too many times)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case(queue__keeps_its_order),
		runtime_case(queue__loses_nothing_without_memory),
		runtime_case(queue__passes_the_turn_on_without_memory),
		runtime_case(queue__serves_many_in_their_order),
		runtime_case(queue__is_joined_when_the_last_is_done),
		runtime_case(queue__a_cancelled_getter_passes_its_turn_on),
		runtime_case(queue__refuses_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
