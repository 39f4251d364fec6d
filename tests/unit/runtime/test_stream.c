/* SPDX-License-Identifier: MIT */
/* Tests of streams and servers over real sockets: lines, limits, ends, errors, and streams that are left open. */
#include "tests/unit/runtime/runtime_case.h"

#include <awry/server.h>

/* The server's and the client's side of a case. */
struct pair {
	aw_stream_fn *server;
	aw_error *(*client)(aw_stream *stream);
};

static aw_error *run_pair(void *arg, void **ret)
{
	const struct pair *pair = arg;
	aw_server *server = NULL;
	aw_stream *stream = NULL;
	aw_error *err;

	AW_TRY(aw_server_start("127.0.0.1", 0, pair->server, NULL, &server));
	AW_TRY(aw_stream_connect("127.0.0.1", aw_server_port(server), &stream));
	err = pair->client(stream);
	aw_stream_close(stream);
	if (err == NULL)
		err = aw_stream_wait_closed(stream);
	aw_stream_unref(stream);
	aw_server_stop(server);
	return err;
}

static void run_with(aw_stream_fn *server, aw_error *(*client)(aw_stream *stream))
{
	struct pair pair = { server, client };

	runtime_case_real_clock();
	run_ok(run_pair, &pair);
}

static aw_error *echo(aw_stream *stream, void *arg)
{
	char buffer[1024];
	size_t count = 1;

	while (count > 0) {
		AW_TRY(aw_stream_read(stream, buffer, sizeof(buffer), &count));
		AW_TRY(aw_stream_write(stream, buffer, count));
		AW_TRY(aw_stream_drain(stream));
	}
	return NULL;
}

static aw_error *talk(aw_stream *stream)
{
	char buffer[16] = "";
	size_t count = 0;

	for (int i = 0; i < 3; i++) {
		AW_TRY(aw_stream_write(stream, "hello", 5));
		AW_TRY(aw_stream_read_exactly(stream, buffer, 5));
		trace("%s", buffer);
	}
	AW_TRY(aw_stream_write_eof(stream));
	AW_TRY(aw_stream_read(stream, buffer, sizeof(buffer), &count));
	trace("%zu %d", count, aw_stream_at_eof(stream));
	trace_error(aw_stream_write(stream, "x", 1));
	return NULL;
}

static void stream__echoes(void **state)
{
	run_with(echo, talk);
	assert_string_equal(trace_text(), "hello hello hello 0 1 "
					  "RuntimeError(Cannot call write() after write_eof())");
}

enum {
	BIG = 3 * 1024 * 1024,
};

static aw_error *write_big(void *arg, void **ret)
{
	static char block[65536];
	aw_stream *stream = arg;

	for (size_t i = 0; i < BIG / sizeof(block); i++) {
		memset(block, (int)i, sizeof(block));
		AW_TRY(aw_stream_write(stream, block, sizeof(block)));
		AW_TRY(aw_stream_drain(stream));
	}
	return aw_stream_write_eof(stream);
}

static aw_error *talk_big(aw_stream *stream)
{
	static unsigned char buffer[100000];
	aw_task *writer = aw_spawn(write_big, stream);
	size_t total = 0, wrong = 0, count = 1;

	while (count > 0) {
		AW_TRY(aw_stream_read(stream, buffer, sizeof(buffer), &count));
		for (size_t i = 0; i < count; i++)
			wrong += buffer[i] != (unsigned char)((total + i) / 65536);
		total += count;
	}
	trace("%zu %zu", total, wrong);
	AW_TRY(aw_await(writer, NULL));
	aw_task_unref(writer);
	return NULL;
}

static void stream__carries_more_than_its_buffers(void **state)
{
	run_with(echo, talk_big);
	assert_string_equal(trace_text(), "3145728 0");
}

static aw_error *send_lines(aw_stream *stream, void *arg)
{
	AW_TRY(aw_stream_write(stream, "one\ntw", 6));
	AW_TRY(aw_sleep(AW_MS(2)));
	return aw_stream_write(stream, "o\n\nlast", 7);
}

static aw_error *read_lines(aw_stream *stream)
{
	const char *line = NULL;
	size_t length = 1;

	while (length > 0) {
		AW_TRY(aw_stream_read_line(stream, &line, &length));
		trace("%zu:%.*s", length,
		      (int)(length > 0 && line[length - 1] == '\n' ? length - 1 : length), line);
	}
	return NULL;
}

static void stream__reads_lines(void **state)
{
	run_with(send_lines, read_lines);
	assert_string_equal(trace_text(), "4:one 4:two 1: 4:last 0:");
}

static aw_error *send_short(aw_stream *stream, void *arg)
{
	return aw_stream_write(stream, "0123456789", 10);
}

static aw_error *read_too_much(aw_stream *stream)
{
	char buffer[16];
	aw_error *err = aw_stream_read_exactly(stream, buffer, sizeof(buffer));
	size_t length = 0;
	const char *partial = aw_error_bytes(err, "partial", &length);

	trace("%d %.*s", (int)aw_error_int(err, "expected", -1), (int)length, partial);
	trace_error(err);
	return NULL;
}

static void stream__returns_the_bytes_of_an_incomplete_read(void **state)
{
	run_with(send_short, read_too_much);
	assert_string_equal(trace_text(), "16 0123456789 IncompleteReadError("
					  "10 bytes read on a total of 16 expected bytes)");
}

static aw_error *overrun(aw_stream *stream)
{
	const char *data = NULL;
	size_t length = 0;
	aw_error *err;
	char byte;

	aw_stream_set_limit(stream, 4);
	err = aw_stream_read_until(stream, "7", 1, &data, &length);
	trace("%s %d", aw_error_name(err), (int)aw_error_int(err, "consumed", -1));
	aw_error_unref(err);
	AW_TRY(aw_stream_read_until(stream, "23", 2, &data, &length));
	trace("%.*s", (int)length, data);
	trace_error(aw_stream_read_until(stream, "", 0, &data, &length));
	err = aw_stream_read_line(stream, &data, &length);
	trace("%s", aw_error_name(aw_error_context(err)));
	trace_error(err);
	AW_TRY(aw_stream_read(stream, &byte, 1, &length));
	trace("%zu %d", length, aw_stream_at_eof(stream));
	return NULL;
}

static void stream__limits_the_search_for_a_separator(void **state)
{
	run_with(send_short, overrun);
	assert_string_equal(trace_text(),
			    "LimitOverrunError 7 0123 "
			    "ValueError(Separator should be at least one-byte string) "
			    "LimitOverrunError "
			    "ValueError(Separator is not found, and chunk exceed the limit) 0 1");
}

static aw_error *wait_long(aw_stream *stream, void *arg)
{
	return aw_sleep(AW_SEC(100));
}

static aw_error *read_one(void *arg, void **ret)
{
	char byte;

	return aw_stream_read(arg, &byte, 1, NULL);
}

static aw_error *cancel_read(aw_stream *stream)
{
	aw_task *task = aw_spawn(read_one, stream);

	AW_TRY(aw_yield());
	trace_error(read_one(stream, NULL));
	aw_task_cancel(task, NULL);
	trace_error(aw_await(task, NULL));
	aw_task_unref(task);
	return NULL;
}

/* The server's task is still waiting when the run ends: it is cancelled, and its stream closed. */
static void stream__gives_up_a_cancelled_read(void **state)
{
	run_with(wait_long, cancel_read);
	assert_string_equal(trace_text(), "RuntimeError(read() called while another coroutine is "
					  "already waiting for incoming data) CancelledError");
}

static aw_error *refused(void *arg, void **ret)
{
	aw_server *server = NULL;
	aw_stream *stream = NULL;
	aw_error *err;
	uint16_t port;

	AW_TRY(aw_server_start("127.0.0.1", 0, echo, NULL, &server));
	port = aw_server_port(server);
	aw_server_stop(server);
	AW_TRY(aw_sleep(AW_MS(1)));
	err = aw_stream_connect("127.0.0.1", port, &stream);
	trace("%s", aw_error_name(err));
	aw_error_unref(err);
	return NULL;
}

static void stream__is_refused(void **state)
{
	runtime_case_real_clock();
	run_ok(refused, NULL);
	assert_string_equal(trace_text(), "ConnectionRefusedError");
}

static aw_error *in_use(void *arg, void **ret)
{
	aw_server *server = NULL, *second = NULL;
	aw_error *err;

	AW_TRY(aw_server_start("127.0.0.1", 0, echo, NULL, &server));
	err = aw_server_start("127.0.0.1", aw_server_port(server), echo, NULL, &second);
	trace("%s %d", aw_error_name(err), aw_error_is(err, aw_OSError));
	aw_error_unref(err);
	aw_server_stop(server);
	return NULL;
}

static void server__needs_a_free_port(void **state)
{
	runtime_case_real_clock();
	run_ok(in_use, NULL);
	assert_string_equal(trace_text(), "OSError 1");
}

static aw_error *leave_open(void *arg, void **ret)
{
	aw_server *server = NULL;
	aw_stream **stream = arg;

	AW_TRY(aw_server_start("127.0.0.1", 0, echo, NULL, &server));
	return aw_stream_connect("127.0.0.1", aw_server_port(server), stream);
}

static void stream__left_open_is_closed_with_the_loop(void **state)
{
	aw_stream *stream = NULL;

	runtime_case_real_clock();
	run_ok(leave_open, &stream);
	assert_int_equal(agent_probe_count("open server by 1"), 1);
	assert_int_equal(agent_probe_count("open tcp by 1"), 1);
	assert_int_equal(agent_probe_count("close server"), 0);
	aw_stream_unref(stream);
}

static aw_error *fail_serving(aw_stream *stream, void *arg)
{
	return aw_raise(aw_ValueError, "handler");
}

static aw_error *read_end(aw_stream *stream)
{
	char byte;
	size_t count = 9;

	AW_TRY(aw_stream_read(stream, &byte, 1, &count));
	trace("%zu", count);
	return NULL;
}

static void server__loses_the_error_of_a_handler(void **state)
{
	run_with(fail_serving, read_end);
	assert_string_equal(trace_text(), "0");
	assert_int_equal(agent_probe_count("lost error ValueError: handler"), 1);
	assert_int_equal(agent_probe_count("lost 2"), 1);
	assert_int_equal(agent_probe_count("open tcp by 0"), 1);
	assert_int_equal(agent_probe_count("close tcp"), 2);
	assert_int_equal(agent_probe_count("close server"), 1);
	assert_int_equal(agent_probe_count("wait 1 connect"), 1);
	assert_int_equal(agent_probe_count("wait 1 read"), 1);
}

static aw_error *hang_up(aw_stream *stream, void *arg)
{
	return aw_sleep(AW_MS(1));
}

static aw_error *write_to_nobody(aw_stream *stream)
{
	static char block[65536];
	aw_error *err = NULL;

	for (int i = 0; i < 1000 && err == NULL; i++) {
		err = aw_stream_write(stream, block, sizeof(block));
		if (err == NULL)
			err = aw_stream_drain(stream);
	}
	trace("%d", aw_error_is(err, aw_ConnectionError));
	aw_error_unref(err);
	aw_stream_close(stream);
	trace("%d", aw_error_is(aw_error_unref(aw_stream_wait_closed(stream)), aw_OSError));
	return NULL;
}

static aw_error *run_hang_up(void *arg, void **ret)
{
	aw_error *err = run_pair(arg, ret);

	trace("%d", aw_error_is(err, aw_ConnectionError));
	aw_error_unref(err);
	return NULL;
}

static void stream__reports_that_the_peer_is_gone(void **state)
{
	struct pair pair = { hang_up, write_to_nobody };

	runtime_case_real_clock();
	run_ok(run_hang_up, &pair);
	assert_string_equal(trace_text(), "1 0 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case(stream__echoes),
		runtime_case(stream__carries_more_than_its_buffers),
		runtime_case(stream__reads_lines),
		runtime_case(stream__returns_the_bytes_of_an_incomplete_read),
		runtime_case(stream__limits_the_search_for_a_separator),
		runtime_case(stream__gives_up_a_cancelled_read),
		runtime_case(stream__is_refused),
		runtime_case(server__needs_a_free_port),
		runtime_case_recorded(stream__left_open_is_closed_with_the_loop),
		runtime_case_recorded(server__loses_the_error_of_a_handler),
		runtime_case(stream__reports_that_the_peer_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
