/* SPDX-License-Identifier: MIT */
/* Two tasks that read from one stream at once: the second gets a RuntimeError, the first goes on. */
#include "net.h"

static aw_error *server(aw_stream *stream, void *arg)
{
	static const char *const pieces[] = { "1", "22", "3\n", "44" };
	char byte;

	for (int i = 0; i < 4; i++) {
		AW_TRY(aw_stream_read_exactly(stream, &byte, 1));
		AW_TRY(say(stream, pieces[i]));
	}
	return NULL;
}

static aw_error *first(void *arg, void **ret)
{
	return show_read(arg, 10);
}

static aw_error *second(void *arg, void **ret)
{
	return show_exactly(arg, 2);
}

static aw_error *third(void *arg, void **ret)
{
	return show_line(arg);
}

static aw_error *fourth(void *arg, void **ret)
{
	return show_until(arg, "44");
}

static aw_error *beside(aw_stream *stream)
{
	char *all;

	end_read(show_read(stream, 1));
	end_read(aw_stream_read_all(stream, &all, NULL));
	end_read(show_exactly(stream, 1));
	end_read(show_line(stream));
	end_read(show_until(stream, "x"));
	AW_TRY(show_read(stream, 0));
	return show_exactly(stream, 0);
}

static aw_error *client(aw_stream *stream)
{
	static aw_coro_fn *const readers[] = { first, second, third, fourth };

	for (int i = 0; i < 4; i++) {
		aw_task *task = aw_task_create(aw_call(readers[i], stream));

		AW_TRY(aw_yield());
		AW_TRY(beside(stream));
		AW_TRY(say(stream, "."));
		AW_TRY(aw_await(task, NULL));
		aw_task_unref(task);
	}
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	return converse(server, client);
}

ORACLE_MAIN
