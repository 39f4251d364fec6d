/* SPDX-License-Identifier: MIT */
/*
 * A stream that is used while it sends a file: writes and a second sendfile() are refused, and cancellation leaves
 * the file's position consistent.
 */
#include "net.h"

#include <unistd.h>

enum {
	SIZE = 16000000,
};

static aw_event go;

static aw_error *server(aw_stream *stream, void *arg)
{
	static char data[65536];
	size_t total = 0, count = 1;

	AW_TRY(aw_event_wait(&go));
	while (count > 0) {
		AW_TRY(aw_stream_read(stream, data, sizeof(data), &count));
		total += count;
	}
	if (total == SIZE + 4)
		printf("server %zu\n", total);
	else
		printf("server %s\n", truth(total < SIZE));
	return NULL;
}

struct sending {
	aw_stream *stream;
	int fd;
};

static aw_error *send_file(void *arg, void **ret)
{
	struct sending *sending = arg;
	int64_t sent = 0;

	AW_TRY(aw_stream_sendfile(sending->stream, sending->fd, 0, AW_SENDFILE_ALL,
				  AW_SENDFILE_FALLBACK, &sent));
	*ret = AW_PTR(sent);
	return NULL;
}

static FILE *filled(void)
{
	static char data[SIZE];
	FILE *file = tmpfile();

	memset(data, 's', SIZE);
	if (write(fileno(file), data, SIZE) != SIZE)
		puts("short write");
	return file;
}

static aw_error *finishes(aw_stream *stream)
{
	const struct iovec between = { "between", 7 };
	FILE *file = filled();
	struct sending sending = { stream, fileno(file) };
	aw_task *task = aw_spawn(send_file, &sending);
	void *sent = NULL;

	AW_TRY(aw_sleep(AW_MS(50)));
	puts(truth(aw_task_done(task)));
	end(say(stream, "between"));
	end(aw_stream_write_many(stream, &between, 1));
	aw_event_set(&go);
	AW_TRY(aw_await(task, &sent));
	printf("%d\n", (int)AW_INT(sent));
	end(say(stream, "then"));
	aw_task_unref(task);
	fclose(file);
	return NULL;
}

static aw_error *cancelled(aw_stream *stream)
{
	FILE *file = filled();
	struct sending sending = { stream, fileno(file) };
	aw_task *task = aw_spawn(send_file, &sending);
	off_t at;

	AW_TRY(aw_sleep(AW_MS(50)));
	aw_task_cancel(task, "no");
	end_read(aw_await(task, NULL));
	aw_task_unref(task);
	at = lseek(fileno(file), 0, SEEK_CUR);
	puts(truth(at > 0 && at < SIZE));
	end(say(stream, "then"));
	aw_stream_abort(stream);
	aw_event_set(&go);
	fclose(file);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	aw_event_init(&go);
	AW_TRY(converse(server, finishes));
	aw_event_clear(&go);
	AW_TRY(converse(server, cancelled));
	aw_event_finish(&go);
	return NULL;
}

ORACLE_MAIN
