/* SPDX-License-Identifier: MIT */
/*
 * Tests of TLS with a relay between both ends, which cuts, resets, changes and splits the bytes: the data that is
 * received is the data that was sent, or there is an error.
 */
#include "tests/unit/tls/tls_case.h"

#include <stdlib.h>
#include <sys/socket.h>

static struct {
	uint16_t port;	/* of the server */
	size_t passed;	/* bytes from the server to the client */
	size_t cut_at;	/* bytes to pass before the cut; SIZE_MAX: all */
	size_t flip_at; /* position of the byte to flip a bit of; SIZE_MAX: none */
	aw_ns patience; /* a server that sends nothing for so long is cut off; 0: never */
	size_t pieces;	/* bytes to pass at a time; 0: as they come */
	size_t extra;	/* bytes that the server sends after its secret */
	bool reset;	/* a cut resets the connection */
	bool deaf;	/* the client's bytes are dropped */
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

static const char long_story[300000]; /* fills records of the greatest length */

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

/* Drops the error: these tests check the client's end only. */
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

/* The meeting's error, owned by the caller. */
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
	/* with an untouched connection: exactly the secret */
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

/* How many bytes the server sends, up to its secret. */
static size_t whole(void)
{
	aw_error *err;

	relay_all();
	err = hold_meeting(hear_secret);
	assert_null(err);
	assert_true(heard);
	return relay.passed;
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
		if (err != NULL && !tls_is_connection_error(err))
			aw_error_print(err, stderr);
		assert_true(err == NULL || tls_is_connection_error(err));
		/* an end that the server did not send is always reported */
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

static void net__flips_a_bit_anywhere(void **state)
{
	size_t total = whole(), errors = 0, tries = 0;

	for (size_t at = 0; at < total - 24; at += 53, tries++) {
		aw_error *err;

		relay_all();
		relay.flip_at = at;
		/* after a length was made greater, both ends wait for more bytes: the cut ends the wait */
		relay.cut_at = total - 24;
		relay.patience = AW_MS(300);
		err = hold_meeting(hear_secret);
		assert_true(err == NULL || tls_is_connection_error(err));
		/* data before the changed byte may arrive, but then the stream is marked as truncated */
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

/* Parts of records arrive, while the reader waits for far more than the buffer's limit. */
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

static void net__loses_the_close_notify(void **state)
{
	relay_all();
	trace_error(hold_meeting(hear_and_close));
	assert_string_equal(trace_text(), "TimeoutError(SSL shutdown timed out)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case(net__cuts_anywhere),
		runtime_case(net__resets_anywhere),
		runtime_case(net__flips_a_bit_anywhere),
		runtime_case(net__passes_records_in_pieces),
		runtime_case(net__loses_the_close_notify),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
