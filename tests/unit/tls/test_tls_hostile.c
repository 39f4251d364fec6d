/* SPDX-License-Identifier: MIT */
/*
 * Tests of TLS with a hostile peer or network: the error is a documented one, no wrong bytes are returned as data,
 * and nothing hangs or leaks.
 */
#include "tests/unit/tls/tls_case.h"

#include <stdlib.h>
#include <sys/socket.h>

/* ---- a peer that does not speak TLS */

/* The bytes that a raw peer sends, and whether it keeps the connection open after them. */
struct rant {
	const char *bytes;
	size_t length;
	bool stays;
};

static aw_error *rave(aw_stream *stream, void *arg)
{
	const struct rant *rant = arg;
	char buffer[4096];
	size_t count = 1;

	AW_TRY(aw_stream_read(stream, buffer, sizeof(buffer), &count));
	AW_TRY(aw_stream_write(stream, rant->bytes, rant->length));
	while (count > 0 && rant->stays)
		AW_TRY(aw_stream_read(stream, buffer, sizeof(buffer), &count));
	return NULL;
}

static aw_error *listen_to(void *arg, void **ret)
{
	aw_tls_context *client = NULL;
	aw_server *server = NULL;
	aw_stream *stream = NULL;

	AW_TRY(aw_tls_client(CLIENT(), &client));
	AW_TRY(aw_server_start("127.0.0.1", 0, rave, arg, &server));
	trace_error(
		aw_tls_connect(client, NULL, NULL, "127.0.0.1", aw_server_port(server), &stream));
	assert_null(stream);
	aw_tls_context_unref(client);
	aw_server_close(server);
	AW_TRY(aw_server_wait_closed(server));
	aw_server_stop(server);
	return NULL;
}

static void rants_as(const char *bytes, size_t length, bool stays, const char *expected)
{
	struct rant rant = { bytes, length, stays };

	run_ok(listen_to, &rant);
	assert_string_equal(trace_text(), expected);
}

static void server__speaks_http(void **state)
{
	runtime_case_real_clock();
	rants_as("HTTP/1.1 400 Bad Request\r\n\r\n", 28, true,
		 "SSLError([SSL: WRONG_VERSION_NUMBER] wrong version number)");
}

static void server__sends_an_oversized_record(void **state)
{
	runtime_case_real_clock();
	rants_as("\x16\x03\x03\xff\xff"
		 "garbage",
		 12, true, "SSLError([SSL: PACKET_LENGTH_TOO_LONG] packet length too long)");
}

static void server__sends_an_alert(void **state)
{
	runtime_case_real_clock();
	rants_as("\x15\x03\x03\x00\x02\x02\x28", 7, true,
		 "SSLError([SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert handshake failure)");
}

static void server__sends_half_a_record_and_hangs_up(void **state)
{
	runtime_case_real_clock();
	rants_as("\x16\x03\x03\x00\x7a\x02\x00", 7, false, "ConnectionResetError");
}

/* The fake clock jumps to the timeout when nothing else happens. */
static void server__says_nothing(void **state)
{
	rants_as("", 0, true,
		 "ConnectionAbortedError(SSL handshake is taking longer than 60.0 seconds: "
		 "aborting the connection)");
}

static void server__stops_in_the_middle_of_a_record(void **state)
{
	rants_as("\x16\x03\x03\x00\x7a\x02\x00", 7, true,
		 "ConnectionAbortedError(SSL handshake is taking longer than 60.0 seconds: "
		 "aborting the connection)");
}

/* ---- a client that does not speak TLS */

static aw_error *never(aw_stream *stream, void *arg)
{
	trace("served");
	return NULL;
}

static void failed(const aw_error *err, aw_stream *stream, void *arg)
{
	aw_address peer = aw_stream_peer_address(stream);

	assert_int_equal(peer.at.any.sa_family, AF_INET);
	trace_error(aw_error_ref(err));
}

static void count_free(void *arg)
{
	++*(int *)arg;
}

static aw_error *knock(const struct rant *rant, aw_server *server)
{
	aw_stream *stream = NULL;
	char *answer = NULL;
	size_t length = 0;
	aw_error *err;

	AW_TRY(aw_stream_connect("127.0.0.1", aw_server_port(server), &stream));
	err = aw_stream_write(stream, rant->bytes, rant->length);
	if (err == NULL && !rant->stays)
		err = aw_stream_write_eof(stream);
	if (err == NULL)
		err = aw_stream_read_all(stream, &answer, &length);
	/* the server's answer: an alert, the end, or a reset connection */
	if (err == NULL)
		trace(length > 0 && answer[0] == 0x15 ? "alert" : "end");
	else
		trace("%s", aw_error_name(err));
	free(answer);
	aw_error_unref(err);
	aw_stream_close(stream);
	aw_stream_unref(stream);
	return NULL;
}

static aw_error *serve_rant(void *arg, void **ret)
{
	static int frees;
	aw_tls_context *context = NULL;
	aw_server *server = NULL;

	frees = 0;
	AW_TRY(aw_tls_server(SERVER("server"), &context));
	AW_TRY(aw_tls_server_start(context, AW_SERVER_OPTS(.free_arg = count_free),
				   AW_TLS_SERVER_OPTS(.failed = failed), "127.0.0.1", 0, never,
				   &frees, &server));
	aw_tls_context_unref(context);
	AW_TRY(knock(arg, server));
	aw_server_close(server);
	AW_TRY(aw_server_wait_closed(server));
	aw_server_stop(server);
	AW_TRY(aw_sleep(AW_MS(1)));
	assert_int_equal(frees, 1);
	return NULL;
}

static void client__speaks_http(void **state)
{
	struct rant rant = { "GET / HTTP/1.1\r\n\r\n", 18, true };

	runtime_case_real_clock();
	run_ok(serve_rant, &rant);
	assert_string_equal(trace_text(), "SSLError([SSL: HTTP_REQUEST] http request) end");
}

static void client__says_nothing(void **state)
{
	struct rant rant = { "", 0, true };

	run_ok(serve_rant, &rant);
	assert_string_equal(trace_text(), "ConnectionAbortedError(SSL handshake is taking longer "
					  "than 60.0 seconds: aborting the connection) end");
}

static void client__hangs_up(void **state)
{
	struct rant rant = { "\x16\x03", 2, false };

	runtime_case_real_clock();
	run_ok(serve_rant, &rant);
	assert_string_equal(trace_text(), "ConnectionResetError end");
}

/* Commands that are injected before the handshake are not taken for data that came through TLS. */
static void client__sends_commands_before_the_handshake(void **state)
{
	struct rant rant = { "DELETE everything\r\n\x16\x03\x01\x02\x00\x01", 25, true };

	runtime_case_real_clock();
	run_ok(serve_rant, &rant);
	assert_string_equal(trace_text(),
			    "SSLError([SSL: WRONG_VERSION_NUMBER] wrong version number) end");
}

/* ---- peers that close TLS wrongly */

static aw_error *talk_on(aw_stream *stream, void *arg)
{
	static char block[4000000];
	aw_error *err = aw_stream_write(stream, block, sizeof(block));

	if (err == NULL)
		err = aw_stream_drain(stream);
	/* no error if the kernel took all bytes before the connection broke */
	assert_true(err == NULL || tls_is_connection_error(err));
	aw_error_unref(err);
	return NULL;
}

/* Reads one byte and closes: the data that is still on its way comes after our close_notify. */
static aw_error *hear_a_little(aw_stream *stream)
{
	char little;

	return aw_stream_read_exactly(stream, &little, 1);
}

static void peer__sends_data_after_our_close_notify(void **state)
{
	tls_run(&(struct tls_case){ .serve = talk_on, .talk = hear_a_little });
	assert_string_equal(trace_text(), "SSLError([SSL: APPLICATION_DATA_AFTER_CLOSE_NOTIFY] "
					  "application data after close notify)");
}

static aw_error *vanish(aw_stream *stream, void *arg)
{
	AW_TRY(aw_stream_write(stream, "bye", 3));
	/* bypasses TLS: no close_notify */
	shutdown(aw_stream_fd(stream), SHUT_WR);
	return aw_sleep(AW_MS(20));
}

static aw_error *hear_bye(aw_stream *stream)
{
	char *all = NULL;

	AW_TRY(aw_stream_read_all(stream, &all, NULL));
	trace("%s %d", all, aw_tls_is_truncated(stream));
	free(all);
	return NULL;
}

static void peer__closes_without_a_close_notify(void **state)
{
	tls_run(&(struct tls_case){ .serve = vanish, .talk = hear_bye });
	assert_string_equal(trace_text(), "bye 1 none");
}

/* ---- cancelled and abandoned */

static aw_error *begin(void *arg, void **ret)
{
	aw_tls_context *client = NULL;
	aw_error *err;

	AW_TRY(aw_tls_client(CLIENT(), &client));
	err = aw_stream_start_tls(arg, client, AW_TLS_START_OPTS(.server_name = "localhost"));
	aw_tls_context_unref(client);
	return err;
}

static aw_error *give_up(void *arg, void **ret)
{
	struct rant silence = { "", 0, true };
	aw_server *server = NULL;
	aw_stream *stream = NULL;
	aw_task *task;

	AW_TRY(aw_server_start("127.0.0.1", 0, rave, &silence, &server));
	AW_TRY(aw_stream_connect("127.0.0.1", aw_server_port(server), &stream));
	task = aw_spawn(begin, stream);
	AW_TRY(aw_sleep(AW_MS(10)));
	trace_error(aw_stream_write(stream, "x", 1));
	if (arg != NULL)
		aw_stream_close(stream);
	else
		aw_task_cancel(task, NULL);
	trace_error(aw_await(task, NULL));
	trace("%d", aw_stream_is_closing(stream));
	aw_task_unref(task);
	aw_stream_unref(stream);
	aw_server_close(server);
	AW_TRY(aw_server_wait_closed(server));
	aw_server_stop(server);
	return NULL;
}

static void handshake__is_cancelled(void **state)
{
	runtime_case_real_clock();
	run_ok(give_up, NULL);
	assert_string_equal(trace_text(), "RuntimeError(unable to write; the handshake is in "
					  "progress) CancelledError 1");
}

static void handshake__of_a_stream_that_is_closed(void **state)
{
	runtime_case_real_clock();
	run_ok(give_up, text("close"));
	assert_string_equal(trace_text(),
			    "RuntimeError(unable to write; the handshake is in progress) "
			    "ConnectionResetError(Connection lost) 1");
}

static aw_stream *left;

static aw_error *leave_open(void *arg, void **ret)
{
	aw_tls_context *server = NULL, *client = NULL;
	aw_server *listener = NULL;
	aw_stream *stream = NULL;

	AW_TRY(aw_tls_server(SERVER("server"), &server));
	AW_TRY(aw_tls_client(CLIENT(), &client));
	AW_TRY(aw_tls_server_start(server, NULL, NULL, "127.0.0.1", 0, tls_echo, NULL, &listener));
	AW_TRY(aw_tls_connect(client, NULL, NULL, "127.0.0.1", aw_server_port(listener), &stream));
	aw_tls_context_unref(server);
	aw_tls_context_unref(client);
	left = stream;
	return NULL;
}

static void loop__ends_while_streams_are_open(void **state)
{
	runtime_case_real_clock();
	run_ok(leave_open, NULL);
	/* the server's stream is closed with its task, ours only if the server's close_notify comes in time */
	assert_true(agent_probe_count("close tls") >= 1);
	assert_int_equal(agent_probe_count("close tls") + agent_probe_count("unclosed tls"), 2);
	assert_string_equal(aw_tls_version(left), "TLSv1.3");
	aw_stream_unref(left);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case(server__speaks_http),
		runtime_case(server__sends_an_oversized_record),
		runtime_case(server__sends_an_alert),
		runtime_case(server__sends_half_a_record_and_hangs_up),
		runtime_case(server__says_nothing),
		runtime_case(server__stops_in_the_middle_of_a_record),
		runtime_case(client__speaks_http),
		runtime_case(client__says_nothing),
		runtime_case(client__hangs_up),
		runtime_case(client__sends_commands_before_the_handshake),
		runtime_case(peer__sends_data_after_our_close_notify),
		runtime_case(peer__closes_without_a_close_notify),
		runtime_case(handshake__is_cancelled),
		runtime_case(handshake__of_a_stream_that_is_closed),
		runtime_case_recorded(loop__ends_while_streams_are_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
