/* SPDX-License-Identifier: MIT */
/* Reading a stream to its end, in pieces and with a cancellation in between, which loses no data. */
#include "net.h"

#include <stdlib.h>

enum {
	THREES = 100000,
};

static aw_error *server(aw_stream *stream, void *arg)
{
	static char threes[6 * THREES + 1];
	const char *const pieces[] = { "one ", "two ", threes };
	char byte, *rest = NULL;

	for (int i = 0; i < THREES; i++)
		memcpy(threes + (size_t)6 * (size_t)i, "three ", 7);
	for (int i = 0; i < 3; i++) {
		AW_TRY(aw_stream_read_exactly(stream, &byte, 1));
		AW_TRY(say(stream, pieces[i]));
	}
	AW_TRY(aw_stream_read_all(stream, &rest, NULL));
	free(rest);
	return NULL;
}

static aw_error *read_all(void *arg, void **ret)
{
	char *all = NULL;

	AW_TRY(aw_stream_read_all(arg, &all, NULL));
	*ret = all;
	return NULL;
}

static int count_of(const char *text, const char *word)
{
	int count = 0;

	for (; (text = strstr(text, word)) != NULL; text++)
		count++;
	return count;
}

static aw_error *cancelled(aw_stream *stream)
{
	aw_task *task = aw_spawn(read_all, stream);

	AW_TRY(say(stream, "."));
	AW_TRY(aw_sleep(AW_MS(20)));
	puts(truth(aw_task_done(task)));
	aw_task_cancel(task, "not all of it");
	end_read(aw_await(task, NULL));
	aw_task_unref(task);
	return NULL;
}

static aw_error *client(aw_stream *stream)
{
	void *found = NULL;
	aw_task *task;

	AW_TRY(cancelled(stream));
	task = aw_spawn(read_all, stream);
	AW_TRY(say(stream, "."));
	AW_TRY(aw_sleep(AW_MS(20)));
	end_read(show_exactly(stream, 1));
	AW_TRY(say(stream, "."));
	AW_TRY(aw_stream_write_eof(stream));
	AW_TRY(aw_await(task, &found));
	aw_task_unref(task);
	printf("%zu %d %s\n", strlen(found), count_of(found, "three"),
	       truth(strncmp(found, "two three", 9) == 0));
	free(found);
	AW_TRY(read_all(stream, &found));
	printf("again b'%s' %s\n", (char *)found, truth(aw_stream_at_eof(stream)));
	free(found);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	return converse(server, client);
}

ORACLE_MAIN
