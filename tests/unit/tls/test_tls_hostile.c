/* SPDX-License-Identifier: MIT */
/*
 * The other end is hostile, or the net is: whatever comes, the error is one of those that are
 * promised, nothing wrong is taken for data, nothing hangs, nothing is left.
 */
#include "tests/unit/tls/tls_case.h"

#include <stdlib.h>
#include <sys/socket.h>

/* ---- a peer that does not speak TLS */

/* What a raw server says, and then: does it hang up? */
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

/* The clock jumps a minute when nothing else happens. */
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

/* ---- a client that does not */

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
	/* an alert, or a connection that was reset */
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

/* Commands that were slipped in before the handshake are not taken for what came through it. */
static void client__slips_in_words_before_the_handshake(void **state)
{
	struct rant rant = { "DELETE everything\r\n\x16\x03\x01\x02\x00\x01", 25, true };

	runtime_case_real_clock();
	run_ok(serve_rant, &rant);
	assert_string_equal(trace_text(),
			    "SSLError([SSL: WRONG_VERSION_NUMBER] wrong version number) end");
}

/* ---- somebody between both */

static struct {
	uint16_t port;	/* where the server is */
	size_t passed;	/* bytes from the server to the client */
	size_t cut_at;	/* so many are passed, and no more; SIZE_MAX: all */
	size_t flip_at; /* a bit of this one is turned; SIZE_MAX: none */
	aw_ns patience; /* a server that says nothing for so long is cut off; 0: without end */
	size_t pieces;	/* bytes that are passed at a time, each by itself; 0: as they come */
	size_t extra;	/* bytes that the server says after its secret */
	bool reset;	/* a cut resets the connection */
	bool deaf;	/* what the client says after the server's first data is lost */
} relay;

static void hang_up(aw_stream *stream)
{
	struct linger at_once = { .l_onoff = 1 };

	if (relay.reset)
		setsockopt(aw_stream_fd(stream), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	aw_stream_abort(stream);
}

struct direction {
	aw_stream *from, *to;
};

static aw_error *to_server(void *arg, void **ret)
{
	const struct direction *way = arg;
	char buffer[4096];
	size_t count = 1;
	aw_error *err = NULL;

	while (err == NULL && count > 0) {
		err = aw_stream_read(way->from, buffer, sizeof(buffer), &count);
		if (err == NULL && count > 0 && !relay.deaf)
			err = aw_stream_write(way->to, buffer, count);
	}
	aw_stream_close(way->to);
	return err;
}

static aw_error *read_some(aw_stream *from, char *buffer, size_t bytes, size_t *ret_count)
{
	aw_timeout *timeout;

	if (relay.patience == 0)
		return aw_stream_read(from, buffer, bytes, ret_count);
	timeout = aw_timeout_open(aw_now() + relay.patience);
	return aw_timeout_close(&timeout, aw_stream_read(from, buffer, bytes, ret_count));
}

static aw_error *to_client(aw_stream *from, aw_stream *to)
{
	char buffer[4096];
	size_t count = 1;

	while (count > 0 && relay.passed < relay.cut_at) {
		AW_TRY(read_some(from, buffer, relay.pieces > 0 ? relay.pieces : sizeof(buffer),
				 &count));
		if (count > relay.cut_at - relay.passed)
			count = relay.cut_at - relay.passed;
		if (relay.flip_at >= relay.passed && relay.flip_at < relay.passed + count)
			buffer[relay.flip_at - relay.passed] ^= 0x10;
		AW_TRY(aw_stream_write(to, buffer, count));
		relay.passed += count;
		if (relay.pieces > 0)
			AW_TRY(aw_sleep(AW_MS(1) / 10));
	}
	return NULL;
}

static aw_error *pass_on(aw_stream *client, void *arg)
{
	struct direction up = { .from = client };
	aw_error *err;
	aw_task *task;

	AW_TRY(aw_stream_connect("127.0.0.1", relay.port, &up.to));
	task = aw_spawn(to_server, &up);
	err = to_client(up.to, client);
	if (relay.passed >= relay.cut_at)
		hang_up(client);
	aw_error_unref(err);
	aw_stream_close(client);
	aw_error_unref(aw_await(task, NULL));
	aw_task_unref(task);
	aw_stream_abort(up.to);
	aw_stream_unref(up.to);
	return NULL;
}

static const char long_story[300000]; /* in records as long as there are */

static aw_error *say_secret(aw_stream *stream, void *arg)
{
	char buffer[100];
	size_t count = 1;

	AW_TRY(aw_stream_write(stream, "the secret", 10));
	AW_TRY(aw_stream_write(stream, long_story, relay.extra));
	while (count > 0)
		AW_TRY(aw_stream_read(stream, buffer, sizeof(buffer), &count));
	return NULL;
}

/* Nobody to tell: what becomes of the server's end is another test's. */
static aw_error *say_secret_softly(aw_stream *stream, void *arg)
{
	aw_error_unref(say_secret(stream, arg));
	return NULL;
}

struct meeting {
	aw_tls_context *client;
	aw_server *server, *between;
	client_fn *talk;
};

static aw_error *meet(struct meeting *meeting)
{
	aw_stream *stream = NULL;
	aw_error *err, *late;

	AW_TRY(aw_tls_connect(meeting->client, NULL,
			      AW_TLS_START_OPTS(.shutdown_timeout = AW_MS(200)), "127.0.0.1",
			      aw_server_port(meeting->between), &stream));
	err = meeting->talk(stream);
	aw_stream_close(stream);
	late = aw_stream_wait_closed(stream);
	aw_stream_unref(stream);
	if (err == NULL)
		return late;
	aw_error_unref(late);
	return err;
}

static aw_error *meet_between(struct meeting *meeting)
{
	aw_tls_context *server = NULL;
	aw_error *err;

	AW_TRY(aw_tls_client(CLIENT(), &meeting->client));
	AW_TRY(aw_tls_server(SERVER("server"), &server));
	AW_TRY(aw_tls_server_start(server, NULL, NULL, "127.0.0.1", 0, say_secret_softly, NULL,
				   &meeting->server));
	aw_tls_context_unref(server);
	AW_TRY(aw_server_start("127.0.0.1", 0, pass_on, NULL, &meeting->between));
	relay.port = aw_server_port(meeting->server);
	relay.passed = 0;
	err = meet(meeting);
	aw_server_close(meeting->between);
	aw_server_close(meeting->server);
	aw_error_unref(aw_server_wait_closed(meeting->between));
	aw_error_unref(aw_server_wait_closed(meeting->server));
	aw_server_stop(meeting->between);
	aw_server_stop(meeting->server);
	aw_tls_context_unref(meeting->client);
	return err;
}

static aw_error *meeting_in_time(void *arg, void **ret)
{
	struct meeting meeting = { .talk = *(client_fn **)arg };
	aw_timeout *timeout = aw_timeout_open(aw_now() + AW_SEC(20));

	return aw_timeout_close(&timeout, meet_between(&meeting));
}

/* What came of it; the error is the caller's. */
static aw_error *hold_meeting(client_fn *talk)
{
	return aw_run(meeting_in_time, &talk, NULL);
}

static void relay_all(void)
{
	memset(&relay, 0, sizeof(relay));
	relay.cut_at = relay.flip_at = SIZE_MAX;
	runtime_case_real_clock();
}

static bool heard, truncated;

static aw_error *hear_secret(aw_stream *stream)
{
	char *all = NULL;
	size_t length = 0;

	heard = truncated = false;
	/* all of it or its beginning, but nothing else */
	if (relay.cut_at == SIZE_MAX && relay.flip_at == SIZE_MAX) {
		char secret[10];

		AW_TRY(aw_stream_read_exactly(stream, secret, sizeof(secret)));
		heard = memcmp(secret, "the secret", sizeof(secret)) == 0;
		return NULL;
	}
	AW_TRY(aw_stream_read_all(stream, &all, &length));
	heard = length == 10 && memcmp(all, "the secret", 10) == 0;
	truncated = aw_tls_is_truncated(stream);
	assert_true(heard || length == 0);
	free(all);
	return NULL;
}

/* How many bytes the server has to say, up to its secret. */
static size_t whole(void)
{
	aw_error *err;

	relay_all();
	err = hold_meeting(hear_secret);
	assert_null(err);
	assert_true(heard);
	return relay.passed;
}

static bool is_connection_error(const aw_error *err)
{
	return aw_error_is(err, aw_ConnectionError) || aw_error_is(err, aw_SSLError);
}

static void cut_everywhere(bool reset)
{
	size_t total = whole(), ends = 0, breaks = 0;

	for (size_t at = 1; at < total - 24; at += 61) {
		aw_error *err;

		relay_all();
		relay.reset = reset;
		relay.cut_at = at;
		err = hold_meeting(hear_secret);
		if (err != NULL && !is_connection_error(err))
			aw_error_print(err, stderr);
		assert_true(err == NULL || is_connection_error(err));
		/* an end that is none of the server's is never silent */
		assert_true(err != NULL || truncated);
		ends += err == NULL;
		breaks += err != NULL;
		aw_error_unref(err);
		assert_int_equal(aw__alloc_live(), 0);
	}
	assert_true(breaks > 10);
	assert_true(reset || ends > 0);
}

static void net__cuts_anywhere(void **state)
{
	cut_everywhere(false);
}

static void net__resets_anywhere(void **state)
{
	cut_everywhere(true);
}

static void net__changes_anything(void **state)
{
	size_t total = whole(), errors = 0, tries = 0;

	for (size_t at = 0; at < total - 24; at += 53, tries++) {
		aw_error *err;

		relay_all();
		relay.flip_at = at;
		/* a length that was made longer is waited for, by both: the cut ends that */
		relay.cut_at = total - 24;
		relay.patience = AW_MS(300);
		err = hold_meeting(hear_secret);
		assert_true(err == NULL || is_connection_error(err));
		/* what comes before it is not wrong, and is all that is heard */
		assert_true(err != NULL || truncated);
		errors += err != NULL;
		aw_error_unref(err);
		assert_int_equal(aw__alloc_live(), 0);
	}
	assert_true(errors > tries / 2);
}

static aw_error *hear_all_at_once(aw_stream *stream)
{
	static char all[sizeof(long_story)];

	aw_stream_set_limit(stream, 10000);
	AW_TRY(aw_stream_read_exactly(stream, all, sizeof(all)));
	heard = memcmp(all, "the secret", 10) == 0;
	return NULL;
}

/* Parts of records come, while who reads wants far more than the buffer's limit. */
static void net__passes_records_in_pieces(void **state)
{
	aw_error *err;

	relay_all();
	relay.pieces = 1460;
	relay.extra = sizeof(long_story);
	heard = false;
	err = hold_meeting(hear_all_at_once);
	assert_null(err);
	assert_true(heard);
}

static aw_error *hear_and_close(aw_stream *stream)
{
	char secret[10];

	AW_TRY(aw_stream_read_exactly(stream, secret, sizeof(secret)));
	relay.deaf = true;
	return NULL;
}

static void net__loses_the_goodbye(void **state)
{
	relay_all();
	trace_error(hold_meeting(hear_and_close));
	assert_string_equal(trace_text(), "TimeoutError(SSL shutdown timed out)");
}

/* ---- peers that are rude, in TLS */

static aw_error *talk_on(aw_stream *stream, void *arg)
{
	static char block[4000000];
	aw_error *err = aw_stream_write(stream, block, sizeof(block));

	if (err == NULL)
		err = aw_stream_drain(stream);
	/* what the kernel took is no error to the writer */
	assert_true(err == NULL || is_connection_error(err));
	aw_error_unref(err);
	return NULL;
}

/* So much of it is on its way that it comes behind our goodbye. */
static aw_error *hear_a_little(aw_stream *stream)
{
	char little;

	return aw_stream_read_exactly(stream, &little, 1);
}

static void peer__talks_on_after_our_goodbye(void **state)
{
	tls_run(&(struct tls_case){ .serve = talk_on, .talk = hear_a_little });
	assert_string_equal(trace_text(), "SSLError([SSL: APPLICATION_DATA_AFTER_CLOSE_NOTIFY] "
					  "application data after close notify)");
}

static aw_error *vanish(aw_stream *stream, void *arg)
{
	AW_TRY(aw_stream_write(stream, "bye", 3));
	/* past TLS: no goodbye */
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

static void peer__hangs_up_without_a_goodbye(void **state)
{
	tls_run(&(struct tls_case){ .serve = vanish, .talk = hear_bye });
	assert_string_equal(trace_text(), "bye 1 none");
}

/* ---- those who give up */

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
	/* the server's is closed with its task, and ours if its goodbye comes in time */
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
		runtime_case(client__slips_in_words_before_the_handshake),
		runtime_case(net__cuts_anywhere),
		runtime_case(net__resets_anywhere),
		runtime_case(net__changes_anything),
		runtime_case(net__passes_records_in_pieces),
		runtime_case(net__loses_the_goodbye),
		runtime_case(peer__talks_on_after_our_goodbye),
		runtime_case(peer__hangs_up_without_a_goodbye),
		runtime_case(handshake__is_cancelled),
		runtime_case(handshake__of_a_stream_that_is_closed),
		runtime_case_recorded(loop__ends_while_streams_are_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
