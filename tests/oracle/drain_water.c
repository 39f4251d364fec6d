/* SPDX-License-Identifier: MIT */
/* drain() and the water marks: when it returns at once, when it waits, several waiters, and one that is cancelled. */
#include "net.h"

#include <stdlib.h>

enum {
	BIG = 16000000,
	/* more than the kernel buffers for a fast reader */
	HUGE_ONE = 64000000,
};

static char big[HUGE_ONE];
static aw_event go;

static aw_error *server(aw_stream *stream, void *arg)
{
	static char data[BIG + 10];
	size_t length = 0;
	char *rest = NULL;

	AW_TRY(aw_event_wait(&go));
	aw_event_clear(&go);
	AW_TRY(aw_stream_read_exactly(stream, data, BIG + 10));
	AW_TRY(aw_event_wait(&go));
	AW_TRY(aw_stream_read_all(stream, &rest, &length));
	printf("rest %zu\n", length);
	free(rest);
	return NULL;
}

struct drain {
	const char *name;
	aw_stream *stream;
};

static aw_error *drain(void *arg, void **ret)
{
	struct drain *me = arg;
	aw_error *err = aw_stream_drain(me->stream);

	if (aw_error_is(err, aw_CancelledError))
		printf("%s cancelled %s\n", me->name, aw_error_message(err));
	if (err == NULL)
		printf("%s drained\n", me->name);
	return err;
}

static aw_error *drain_now(const char *name, aw_stream *stream)
{
	return drain(&(struct drain){ name, stream }, NULL);
}

static aw_error *three(aw_stream *stream)
{
	struct drain drains[3] = { { "a", stream }, { "b", stream }, { "c", stream } };
	aw_task *tasks[3];

	AW_TRY(aw_stream_write(stream, big, BIG));
	for (int i = 0; i < 3; i++)
		tasks[i] = aw_spawn(drain, &drains[i]);
	AW_TRY(aw_sleep(AW_MS(50)));
	printf("[%s, %s, %s] %s\n", truth(aw_task_done(tasks[0])), truth(aw_task_done(tasks[1])),
	       truth(aw_task_done(tasks[2])), truth(aw_stream_unsent(stream) > 100));
	aw_task_cancel(tasks[1], "never mind");
	end_read(aw_await(tasks[1], NULL));
	aw_event_set(&go);
	AW_TRY(aw_await(tasks[0], NULL));
	AW_TRY(aw_await(tasks[2], NULL));
	for (int i = 0; i < 3; i++)
		aw_task_unref(tasks[i]);
	puts(truth(aw_stream_unsent(stream) <= 50));
	return NULL;
}

static aw_error *client(aw_stream *stream)
{
	struct drain low = { "low", stream };
	aw_task *task;
	size_t late;

	aw_stream_set_water(stream, 100, 50);
	AW_TRY(say(stream, "0123456789"));
	AW_TRY(drain_now("little", stream));
	AW_TRY(three(stream));
	aw_stream_set_water(stream, 128000000, 32000000);
	AW_TRY(aw_stream_write(stream, big, HUGE_ONE));
	AW_TRY(drain_now("high", stream));
	late = aw_stream_unsent(stream);
	aw_stream_set_water(stream, 10, 0);
	task = aw_spawn(drain, &low);
	AW_TRY(aw_sleep(AW_MS(20)));
	printf("%s %s\n", truth(late > 100), truth(aw_task_done(task)));
	aw_event_set(&go);
	AW_TRY(aw_await(task, NULL));
	aw_task_unref(task);
	return aw_stream_write_eof(stream);
}

static aw_error *amain(void *arg, void **ret)
{
	aw_error *err;

	memset(big, 'x', sizeof(big));
	aw_event_init(&go);
	err = converse(server, client);
	aw_event_finish(&go);
	return err;
}

ORACLE_MAIN
