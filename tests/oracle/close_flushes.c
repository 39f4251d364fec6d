/* SPDX-License-Identifier: MIT */
/*
 * Closing a stream sends unsent data, aborting it drops them; and the results of tasks in drain() and
 * wait_closed().
 */
#include "net.h"

#include <stdlib.h>

enum {
	BIG = 8000000,
};

static char big[BIG];
static aw_event go;

static aw_error *server(aw_stream *stream, void *arg)
{
	size_t length = 0;
	char *all = NULL;

	AW_TRY(aw_event_wait(&go));
	AW_TRY(aw_stream_read_all(stream, &all, &length));
	free(all);
	if (length == BIG)
		printf("server %zu\n", length);
	else
		printf("server %s\n", truth(length < BIG));
	return NULL;
}

static aw_error *drain(void *arg, void **ret)
{
	return aw_stream_drain(arg);
}

static aw_error *wait_closed(void *arg, void **ret)
{
	return aw_stream_wait_closed(arg);
}

static void finish(aw_task *task)
{
	end_read(aw_await(task, NULL));
	aw_task_unref(task);
}

static aw_error *closes(aw_stream *stream)
{
	aw_task *waiting, *a, *b;

	AW_TRY(aw_stream_write(stream, big, BIG));
	waiting = aw_spawn(drain, stream);
	AW_TRY(aw_sleep(AW_MS(20)));
	aw_stream_close(stream);
	printf("%s %s %s\n", truth(aw_stream_is_closing(stream)),
	       truth(aw_stream_unsent(stream) > 0), truth(aw_task_done(waiting)));
	a = aw_spawn(wait_closed, stream);
	b = aw_spawn(wait_closed, stream);
	AW_TRY(aw_sleep(AW_MS(20)));
	printf("[%s, %s]\n", truth(aw_task_done(a)), truth(aw_task_done(b)));
	aw_event_set(&go);
	finish(waiting);
	finish(a);
	finish(b);
	end_read(aw_stream_drain(stream));
	return NULL;
}

static aw_error *aborts(aw_stream *stream)
{
	aw_task *waiting;

	AW_TRY(aw_stream_write(stream, big, BIG));
	waiting = aw_spawn(drain, stream);
	AW_TRY(aw_sleep(AW_MS(20)));
	aw_stream_abort(stream);
	printf("%s %zu\n", truth(aw_stream_is_closing(stream)), aw_stream_unsent(stream));
	finish(waiting);
	end_read(aw_stream_wait_closed(stream));
	end_read(aw_stream_drain(stream));
	aw_event_set(&go);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	aw_event_init(&go);
	AW_TRY(converse(server, closes));
	aw_event_clear(&go);
	AW_TRY(converse(server, aborts));
	aw_event_finish(&go);
	return NULL;
}

ORACLE_MAIN
