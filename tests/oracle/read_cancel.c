/* SPDX-License-Identifier: MIT */
/* Cancelled reads of each kind: data that had arrived stay in the buffer for the next read. */
#include "net.h"

static aw_error *server(aw_stream *stream, void *arg)
{
	static const char *const pieces[] = { "ab", "cd", "ef\n" };
	char byte;

	for (int i = 0; i < 3; i++) {
		AW_TRY(aw_stream_read_exactly(stream, &byte, 1));
		AW_TRY(say(stream, pieces[i]));
	}
	return aw_stream_read(stream, &byte, 1, NULL);
}

static aw_error *read_three(void *arg, void **ret)
{
	return show_read(arg, 3);
}

static aw_error *exactly_three(void *arg, void **ret)
{
	return show_exactly(arg, 3);
}

static aw_error *exactly_five(void *arg, void **ret)
{
	return show_exactly(arg, 5);
}

static aw_error *a_line(void *arg, void **ret)
{
	return show_line(arg);
}

static aw_error *until_dashes(void *arg, void **ret)
{
	return show_until(arg, "--");
}

static aw_error *until_x(void *arg, void **ret)
{
	return show_until(arg, "x");
}

static aw_error *cancel(aw_coro *coro, aw_ns after, const char *message)
{
	aw_task *task = aw_task_create(coro);

	AW_TRY(aw_sleep(after));
	aw_task_cancel(task, message);
	end_read(aw_await(task, NULL));
	aw_task_unref(task);
	return NULL;
}

static aw_error *cancel_with_data(aw_stream *stream)
{
	aw_task *task = aw_spawn(exactly_five, stream);

	AW_TRY(aw_sleep(AW_MS(20)));
	AW_TRY(say(stream, "."));
	aw_task_cancel(task, NULL);
	end_read(aw_await(task, NULL));
	aw_task_unref(task);
	return NULL;
}

static aw_error *client(aw_stream *stream)
{
	aw_task *task;

	AW_TRY(cancel(aw_call(read_three, stream), 0, "no more"));
	AW_TRY(cancel(aw_call(exactly_three, stream), 0, "no more"));
	AW_TRY(say(stream, "."));
	AW_TRY(cancel(aw_call(exactly_three, stream), AW_MS(20), "enough"));
	AW_TRY(cancel(aw_call(a_line, stream), AW_MS(20), "enough"));
	AW_TRY(cancel(aw_call(until_dashes, stream), AW_MS(20), "enough"));
	AW_TRY(say(stream, "."));
	AW_TRY(cancel_with_data(stream));
	end_read(aw_wait_for(aw_call(until_x, stream), aw_now() + AW_MS(20), NULL));
	AW_TRY(show_line(stream));
	task = aw_spawn(read_three, stream);
	aw_task_cancel(task, "before it began");
	end_read(aw_await(task, NULL));
	aw_task_unref(task);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	return converse(server, client);
}

ORACLE_MAIN
