/* SPDX-License-Identifier: MIT */
/* Cases of flow-findings: orphans, leaks, growing numbers of tasks, handles that are left open. */
#include "findings.h"

/* ---- orphans and leaks ---- */

static aw_error *await_never(void *arg, void **ret)
{
	return aw_await(never, NULL);
}

static aw_error *fire_and_forget(void *arg, void **ret)
{
	aw_task_unref(aw_spawn((aw_coro_fn *)sleep_long, NULL));
	return NULL;
}

static aw_task *kept_before;

static aw_error *fire_and_keep(void *arg, void **ret)
{
	kept_before = kept;
	kept = aw_spawn(arg != NULL ? await_never : sleep_long, NULL);
	return NULL;
}

static void hear_of_it(aw_task *task, void *arg)
{
	drop(aw_task_exception(task));
}

static aw_error *fire_and_be_told(void *arg, void **ret)
{
	aw_task *task = aw_spawn(sleep_long, NULL);

	drop(aw_task_add_done_callback(task, hear_of_it, NULL));
	aw_task_unref(task);
	return NULL;
}

static void end_kept(aw_task *task)
{
	if (task == NULL)
		return;
	aw_task_cancel(task, NULL);
	drop(aw_await(task, NULL));
	aw_task_unref(task);
}

static void in_tasks(unsigned count, aw_coro_fn *fn, void *arg)
{
	/* volatile: an unrolled loop would have several places */
	for (volatile unsigned i = 0; i < count; i++) {
		aw_task *task = aw_spawn(fn, arg);

		drop(aw_await(task, NULL));
		aw_task_unref(task);
	}
}

static aw_error *in_a_task(aw_coro_fn *fn, void *arg)
{
	in_tasks(1, fn, arg);
	AW_TRY(aw_sleep(NOT_FOR_LONG));
	drop(aw_sleep(AW_MS(200)));
	end_kept(kept);
	return NULL;
}

aw_error *case_orphan(void)
{
	return in_a_task(fire_and_forget, NULL);
}

/* Two creators leave a task each. */
aw_error *case_leaked(void)
{
	in_tasks(2, fire_and_keep, AW_PTR(1));
	AW_TRY(aw_sleep(NOT_FOR_LONG));
	drop(aw_sleep(AW_MS(200)));
	end_kept(kept_before);
	end_kept(kept);
	return NULL;
}

aw_error *case_fine_left(void)
{
	return in_a_task(fire_and_keep, AW_PTR(1));
}

aw_error *case_fine_kept(void)
{
	return in_a_task(fire_and_keep, NULL);
}
aw_error *case_fine_told(void)
{
	return in_a_task(fire_and_be_told, NULL);
}

aw_error *case_fine_creator_lives(void)
{
	aw_task_unref(aw_spawn(sleep_long, NULL));
	return aw_sleep(NOT_FOR_LONG + AW_MS(100));
}

static aw_error *member_of(void *arg, void **ret)
{
	aw_group_spawn(arg, sleep_long, NULL);
	return NULL;
}

aw_error *case_fine_member(void)
{
	aw_group *group = aw_group_open(NULL);

	aw_group_spawn(group, member_of, group);
	return aw_group_close(&group, NULL);
}

/* ---- more and more tasks ---- */

static aw_error *serve_for_ever(void *arg, void **ret)
{
	void *item;

	return aw_queue_get(&queue, &item);
}

static aw_error *request(aw_group *group, int count)
{
	for (int i = 0; i < count; i++)
		aw_group_spawn(group, serve_for_ever, NULL);
	return aw_sleep(AW_MS(100));
}

static aw_error *close_by_cancelling(aw_group **group)
{
	aw_error *err = aw_group_close(group, aw_raise(aw_ValueError, "enough"));

	return aw_error_is(err, aw_BaseExceptionGroup) ? aw_error_unref(err) : err;
}

/* A task for each request, and none of them ever ends. */
aw_error *case_growing(void)
{
	aw_group *group = aw_group_open(NULL);

	for (int i = 0; i < 130; i++)
		AW_TRY(request(group, 5));
	return close_by_cancelling(&group);
}

static aw_error *answer(void *arg, void **ret)
{
	return NULL;
}

static aw_error *keep_some(aw_task **list, int count)
{
	for (int i = 0; i < count; i++)
		list[i] = aw_spawn(answer, NULL);
	return aw_sleep(AW_MS(100));
}

static void let_go(aw_task **list, int count)
{
	for (int i = 0; i < count; i++)
		list[i] = aw_task_unref(list[i]);
}

/* All of the tasks end at once, but references to them are kept. */
aw_error *case_kept(void)
{
	static aw_task *list[130 * 5];

	for (int i = 0; i < 130; i++)
		AW_TRY(keep_some(list + 5 * i, 5));
	let_go(list, 130 * 5);
	return NULL;
}

/* A list that is soon full, and then only replaces its entries. */
aw_error *case_fine_list(void)
{
	static aw_task *list[20 * 10];

	for (int i = 0; i < 90; i++) {
		let_go(list + i % 20 * 10, 10);
		AW_TRY(keep_some(list + i % 20 * 10, 10));
	}
	let_go(list, 20 * 10);
	return NULL;
}

/* As many tasks, but their number soon stops growing. */
aw_error *case_fine_pool(void)
{
	aw_group *group = aw_group_open(NULL);

	for (int i = 0; i < 90; i++)
		AW_TRY(request(group, i < 2 ? 200 : 0));
	return close_by_cancelling(&group);
}

/* ---- handles ---- */

static aw_error *serve(aw_stream *stream, void *arg)
{
	return aw_sleep(AW_MS(1));
}

static aw_error *open_both(aw_server **ret_server, aw_stream **ret_stream)
{
	AW_TRY(aw_server_start("127.0.0.1", 0, serve, NULL, ret_server));
	return aw_stream_connect("127.0.0.1", aw_server_port(*ret_server), ret_stream);
}

aw_error *case_unclosed(void)
{
	aw_server *server;

	AW_TRY(open_both(&server, &open_stream));
	return aw_sleep(AW_MS(20));
}

aw_error *case_fine_closed(void)
{
	aw_server *server;
	aw_stream *stream;

	AW_TRY(open_both(&server, &stream));
	aw_server_stop(server);
	aw_stream_unref(stream);
	return aw_sleep(AW_MS(20));
}
