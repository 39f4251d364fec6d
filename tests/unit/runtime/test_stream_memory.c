/* SPDX-License-Identifier: MIT */
/*
 * Conversations over streams with each allocation failing in turn: nothing leaks or hangs, and the error is a
 * MemoryError, or the connection error that follows from it at the peer.
 */
#include "tests/unit/runtime/runtime_case.h"

#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <awry/process.h>
#include <awry/server.h>

enum {
	POINTS_MAX = 2000,
	BIG = 8000000,
};

static char big[BIG];

struct story {
	aw_coro_fn *fn;
	void *arg;
};

static aw_error *in_time(void *arg, void **ret)
{
	const struct story *story = arg;
	aw_timeout *timeout = aw_timeout_open(aw_now() + AW_SEC(20));
	aw_error *err = story->fn(story->arg, NULL);

	return aw_timeout_close(&timeout, err);
}

/* Allowed errors: no memory, or a peer that had none and closed the connection. */
static bool is_expected(const aw_error *err)
{
	return aw_error_is(err, aw_MemoryError) || aw_error_is(err, aw_IncompleteReadError) ||
	       aw_error_is(err, aw_ConnectionError);
}

/* Let each allocation fail in turn, until no run fails any more. */
static void fail_at_every_point(aw_coro_fn *fn, void *arg)
{
	struct story story = { fn, arg };
	unsigned int good = 0, failed = 0;

	runtime_case_real_clock();
	run_ok(in_time, &story);
	/* some failures have no effect: only many successes in a row mean that the end is reached */
	for (uint64_t point = 1; good < 30; point++) {
		aw_error *err;

		assert_true(point < POINTS_MAX);
		aw__alloc_fail_at(point);
		err = aw_run(in_time, &story, NULL);
		aw__alloc_fail_at(0);
		good = err == NULL ? good + 1 : 0;
		failed += err != NULL;
		if (err != NULL && !is_expected(err))
			aw_error_print(err, stderr);
		assert_true(err == NULL || is_expected(err));
		aw_error_unref(err);
		assert_int_equal(aw__alloc_live(), 0);
	}
	assert_true(failed > 0);
}

static aw_error *echo(aw_stream *stream, void *arg)
{
	static char buffer[65536];
	size_t count = 1;

	while (count > 0) {
		AW_TRY(aw_stream_read(stream, buffer, sizeof(buffer), &count));
		AW_TRY(aw_stream_write(stream, buffer, count));
		AW_TRY(aw_stream_drain(stream));
	}
	return NULL;
}

static aw_error *use(aw_stream *stream)
{
	const char *line = NULL;
	char *rest = NULL, bytes[6];
	size_t length;

	const struct iovec pieces[] = { { text("hello"), 5 }, { text("; line\nrest"), 11 } };

	AW_TRY(aw_stream_write_many(stream, pieces, 2));
	AW_TRY(aw_stream_read_exactly(stream, bytes, 5));
	AW_TRY(aw_stream_read_until(stream, "; ", 2, &line, &length));
	AW_TRY(aw_stream_read_line(stream, &line, &length));
	AW_TRY(aw_stream_write_eof(stream));
	AW_TRY(aw_stream_read_all(stream, &rest, &length));
	free(rest);
	return length == 4 ? NULL : aw_raise(aw_IncompleteReadError, NULL);
}

static aw_error *use_and_close(aw_stream *stream)
{
	aw_error *err = use(stream);

	aw_stream_close(stream);
	if (err == NULL)
		err = aw_stream_wait_closed(stream);
	aw_stream_unref(stream);
	return err;
}

static aw_error *tcp(void *arg, void **ret)
{
	aw_server *server = NULL;
	aw_stream *stream = NULL;
	aw_error *err;

	AW_TRY(aw_server_start("127.0.0.1", 0, echo, NULL, &server));
	err = aw_stream_connect("127.0.0.1", aw_server_port(server), &stream);
	if (err == NULL)
		err = use_and_close(stream);
	aw_server_stop(server);
	return err;
}

static aw_error *serve(void *arg, void **ret)
{
	return aw_server_serve_forever(arg);
}

/* A server with options, served by a task until that is cancelled. */
static aw_error *serve_tcp(void *arg, void **ret)
{
	aw_server *server = NULL;
	aw_stream *stream = NULL;
	aw_task *serving;
	aw_error *err;

	AW_TRY(aw_server_start_with(AW_SERVER_OPTS(.idle = true), "127.0.0.1", 0, echo, NULL,
				    &server));
	err = aw_server_start_serving(server);
	serving = aw_spawn(serve, server);
	if (err == NULL)
		err = aw_stream_connect_with(AW_CONNECT_OPTS(.local_host = "127.0.0.1"),
					     "127.0.0.1", aw_server_port(server), &stream);
	if (err == NULL)
		err = use_and_close(stream);
	if (serving != NULL) {
		aw_task_cancel(serving, "enough");
		aw_error_unref(aw_await(serving, NULL));
	}
	aw_task_unref(serving);
	aw_server_close(server);
	err = aw_raise_in(err, aw_server_wait_closed(server));
	aw_server_stop(server);
	return err;
}

static void memory__a_servers_allocations_fail(void **state)
{
	fail_at_every_point(serve_tcp, NULL);
}

static void memory__a_connections_allocations_fail(void **state)
{
	fail_at_every_point(tcp, NULL);
}

static aw_error *unix_socket(void *arg, void **ret)
{
	aw_server *server = NULL;
	aw_stream *stream = NULL;
	aw_error *err;

	AW_TRY(aw_server_start_unix(NULL, arg, echo, NULL, &server));
	err = aw_stream_connect_unix(arg, &stream);
	if (err == NULL)
		err = use_and_close(stream);
	aw_server_stop(server);
	return err;
}

static void memory__a_unix_sockets_allocations_fail(void **state)
{
	char folder[] = "/tmp/awry-test-XXXXXX", path[64];

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/socket", folder);
	fail_at_every_point(unix_socket, path);
	unlink(path);
	rmdir(folder);
}

static aw_error *write_big(void *arg, void **ret)
{
	aw_error *err = aw_stream_write(arg, big, BIG / 8);

	if (err == NULL)
		err = aw_stream_drain(arg);
	/* also after an error, or the reader would wait for more */
	aw_stream_close(arg);
	return err;
}

static aw_error *through(aw_stream *in, aw_stream *out)
{
	aw_task *writer = aw_spawn(write_big, in);
	char *all = NULL;
	size_t length = 0;
	aw_error *err;

	/* without a writer, the reader would wait for ever */
	if (writer == NULL)
		return aw_raise(aw_MemoryError, NULL);
	err = aw_stream_read_all(out, &all, &length);
	free(all);
	if (err != NULL)
		aw_stream_close(out);
	if (err != NULL)
		aw_error_unref(aw_await(writer, NULL));
	else
		err = aw_await(writer, NULL);
	aw_task_unref(writer);
	if (err == NULL && length < BIG / 8)
		err = aw_raise(aw_IncompleteReadError, NULL);
	return err;
}

static aw_error *pipes(void *arg, void **ret)
{
	aw_stream *in = NULL, *out = NULL;
	aw_error *err;
	int fds[2];

	if (pipe(fds) < 0)
		return aw_error_from_errno(errno, NULL);
	err = aw_stream_connect_write_pipe(fds[1], &in);
	if (err != NULL)
		close(fds[1]);
	if (err == NULL)
		err = aw_stream_connect_read_pipe(fds[0], &out);
	if (out == NULL)
		close(fds[0]);
	if (err == NULL)
		err = through(in, out);
	aw_stream_abort(in);
	aw_stream_unref(in);
	aw_stream_unref(out);
	return err;
}

static void memory__allocations_of_pipes_fail(void **state)
{
	fail_at_every_point(pipes, NULL);
}

static aw_error *swallow(aw_stream *stream, void *arg)
{
	static char buffer[65536];
	size_t count = 1;

	while (count > 0)
		AW_TRY(aw_stream_read(stream, buffer, sizeof(buffer), &count));
	return NULL;
}

static aw_error *send_pipe(aw_stream *stream)
{
	int64_t sent = 0;
	aw_error *err;
	int fds[2];

	if (pipe(fds) < 0 || write(fds[1], "12345", 5) != 5)
		return aw_error_from_errno(errno, NULL);
	close(fds[1]);
	err = aw_stream_sendfile(stream, fds[0], 0, 100, AW_SENDFILE_FALLBACK, &sent);
	close(fds[0]);
	return err;
}

static aw_error *send_both(aw_stream *stream, int fd)
{
	AW_TRY(aw_stream_write(stream, big, BIG));
	AW_TRY(aw_stream_sendfile(stream, fd, 0, AW_SENDFILE_ALL, 0, NULL));
	return send_pipe(stream);
}

static aw_error *sendfile(void *arg, void **ret)
{
	aw_server *server = NULL;
	aw_stream *stream = NULL;
	aw_error *err;

	AW_TRY(aw_server_start("127.0.0.1", 0, swallow, NULL, &server));
	err = aw_stream_connect("127.0.0.1", aw_server_port(server), &stream);
	if (err == NULL)
		err = send_both(stream, fileno(arg));
	aw_stream_abort(stream);
	aw_stream_unref(stream);
	aw_server_stop(server);
	return err;
}

static void memory__allocations_of_sendfile_fail(void **state)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	assert_int_equal(write(fileno(file), big, BIG), BIG);
	fail_at_every_point(sendfile, file);
	fclose(file);
}

static aw_error *names(void *arg, void **ret)
{
	struct addrinfo *found = NULL;
	aw_address address = { .length = 0 };
	aw_name name;

	AW_TRY(aw_getaddrinfo("127.0.0.1", "80", NULL, &found));
	memcpy(&address.at, found->ai_addr, found->ai_addrlen);
	address.length = found->ai_addrlen;
	aw_freeaddrinfo(found);
	return aw_getnameinfo(&address, NI_NUMERICHOST, &name);
}

static void memory__allocations_of_the_resolver_fail(void **state)
{
	fail_at_every_point(names, NULL);
}

static aw_error *process(void *arg, void **ret)
{
	aw_process *child = NULL;
	aw_output output = { 0 };
	aw_error *err;

	AW_TRY(aw_process_shell(
		AW_PROCESS_OPTS(.in = AW_STDIO_PIPE, .out = AW_STDIO_PIPE, .err = AW_STDIO_PIPE),
		"cat; echo no >&2", &child));
	err = aw_process_communicate(child, "hello", 5, &output);
	aw_output_finish(&output);
	if (err != NULL)
		aw_error_unref(aw_process_kill(child));
	aw_error_unref(aw_process_wait(child, NULL));
	aw_process_unref(child);
	return err;
}

static void memory__a_processes_allocations_fail(void **state)
{
	fail_at_every_point(process, NULL);
}

/* A child process ends and is reaped, whichever allocation fails. */
static aw_error *end_process(void *arg, void **ret)
{
	static const char *const sleeper[] = { "sleep", "100", NULL };
	aw_process *child = NULL;
	aw_error *err;
	int code = 0;

	AW_TRY(aw_process_exec(NULL, sleeper, &child));
	err = aw_process_send_signal(child, SIGCONT);
	err = aw_raise_in(err, aw_process_terminate(child));
	err = aw_raise_in(err, aw_process_wait(child, &code));
	if (err == NULL && code != -SIGTERM)
		err = aw_raise(aw_RuntimeError, "it ended by %d", code);
	/* a signal to the ended process is an error */
	if (err == NULL) {
		err = aw_process_send_signal(child, SIGTERM);
		assert_non_null(err);
		if (aw_error_is(err, aw_ProcessLookupError))
			err = aw_error_unref(err);
	}
	if (err != NULL)
		aw_error_unref(aw_process_kill(child));
	aw_process_unref(child);
	return err;
}

static void memory__a_process_ends_without_memory(void **state)
{
	fail_at_every_point(end_process, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case(memory__a_connections_allocations_fail),
		runtime_case(memory__a_unix_sockets_allocations_fail),
		runtime_case(memory__allocations_of_pipes_fail),
		runtime_case(memory__allocations_of_sendfile_fail),
		runtime_case(memory__allocations_of_the_resolver_fail),
		runtime_case(memory__a_processes_allocations_fail),
		runtime_case(memory__a_servers_allocations_fail),
		runtime_case(memory__a_process_ends_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
