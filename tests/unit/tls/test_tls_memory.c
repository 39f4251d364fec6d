/* SPDX-License-Identifier: MIT */
/*
 * TLS conversations with each allocation failing in turn, ours or OpenSSL's: nothing leaks or hangs, and the error
 * is a MemoryError, or the error that OpenSSL or the peer turned it into.
 */
#include "tests/unit/tls/tls_case.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <stdlib.h>

enum {
	GOOD_IN_A_ROW = 20,
};

/* ---- OpenSSL's memory */

static struct {
	int64_t live;
	uint64_t count;
	uint64_t fail_at; /* fail the n-th allocation from now; 0: none */
} theirs;

static bool fails(void)
{
	theirs.count++;
	return theirs.fail_at > 0 && --theirs.fail_at == 0;
}

static void *their_malloc(size_t size, const char *file, int line)
{
	void *memory = fails() ? NULL : malloc(size);

	theirs.live += memory != NULL;
	return memory;
}

static void *their_realloc(void *memory, size_t size, const char *file, int line)
{
	void *moved = fails() ? NULL : realloc(memory, size);

	theirs.live += moved != NULL && memory == NULL;
	return moved;
}

static void their_free(void *memory, const char *file, int line)
{
	theirs.live -= memory != NULL;
	free(memory);
}

/* ---- conversations */

static aw_error *use(aw_stream *stream)
{
	struct aw_tls_certificate *peer = NULL;
	const char *line = NULL;
	char bytes[6];
	size_t length;

	AW_TRY(aw_stream_write(stream, "hello line\n", 11));
	AW_TRY(aw_stream_read_exactly(stream, bytes, 6));
	AW_TRY(aw_stream_read_line(stream, &line, &length));
	AW_TRY(aw_tls_peer(stream, &peer));
	aw_tls_certificate_free(peer);
	return length == 5 ? NULL : aw_raise(aw_IncompleteReadError, NULL);
}

static aw_error *serve_softly(aw_stream *stream, void *arg)
{
	aw_error_unref(tls_echo(stream, arg));
	return NULL;
}

static aw_error *in_time(void *arg, void **ret)
{
	static const char *const alpn[] = { "awry", NULL };
	struct tls_case story = { .server = SERVER("server", .alpn = alpn),
				  .client = CLIENT(.alpn = alpn),
				  .client_start = AW_TLS_START_OPTS(.shutdown_timeout = AW_SEC(1)),
				  .serve = serve_softly,
				  .talk = use };
	aw_timeout *timeout = aw_timeout_open(aw_now() + AW_SEC(20));

	return aw_timeout_close(&timeout, tls_converse(&story));
}

/* ---- STARTTLS, with a server that has a second name */

static aw_error *answer(aw_stream *stream, void *context)
{
	aw_error *err = aw_stream_start_tls(stream, context, NULL);

	if (err == NULL)
		return serve_softly(stream, NULL);
	aw_error_unref(err); /* the client gets an error of its own */
	return NULL;
}

static aw_error *begin(aw_server *server, aw_tls_context *context)
{
	aw_stream *stream = NULL;
	aw_error *err;

	AW_TRY(aw_stream_connect("127.0.0.1", aw_server_port(server), &stream));
	err = aw_stream_start_tls(
		stream, context,
		AW_TLS_START_OPTS(.server_name = "localhost", .shutdown_timeout = AW_SEC(1)));
	if (err == NULL)
		err = use(stream);
	if (err == NULL)
		return tls_close(stream);
	aw_error_unref(tls_close(stream));
	return err;
}

static aw_error *upgrade_with(aw_tls_context *nobody, aw_tls_context *named, aw_tls_context *client)
{
	aw_server *server = NULL;
	aw_error *err;

	AW_TRY(aw_tls_context_add_host(nobody, "localhost", named));
	AW_TRY(aw_server_start("127.0.0.1", 0, answer, nobody, &server));
	err = begin(server, client);
	aw_server_close(server);
	err = aw_raise_in(err, aw_server_wait_closed(server));
	aw_server_stop(server);
	return err;
}

static aw_error *upgrade(void *arg, void **ret)
{
	aw_timeout *timeout = aw_timeout_open(aw_now() + AW_SEC(20));
	aw_tls_context *nobody = NULL, *named = NULL, *client = NULL;
	aw_error *err = aw_tls_server(SERVER("other"), &nobody);

	if (err == NULL)
		err = aw_tls_server(SERVER("server"), &named);
	if (err == NULL)
		err = aw_tls_client(CLIENT(), &client);
	if (err == NULL)
		err = upgrade_with(nobody, named, client);
	aw_tls_context_unref(client);
	aw_tls_context_unref(named);
	aw_tls_context_unref(nobody);
	return aw_timeout_close(&timeout, err);
}

/* Allowed errors: ours; OpenSSL's, if it hides the cause; or a broken connection, if the peer failed. */
static bool is_expected(const aw_error *err)
{
	return aw_error_is(err, aw_MemoryError) || aw_error_is(err, aw_SSLError) ||
	       aw_error_is(err, aw_IncompleteReadError) || aw_error_is(err, aw_ConnectionError);
}

static bool hold(aw_coro_fn *story)
{
	aw_error *err = aw_run(story, NULL, NULL);

	theirs.fail_at = 0;
	aw__alloc_fail_at(0);
	if (err != NULL && !is_expected(err))
		aw_error_print(err, stderr);
	assert_true(err == NULL || is_expected(err));
	assert_int_equal(ERR_peek_error(), 0);
	aw_error_unref(err);
	assert_int_equal(aw__alloc_live(), 0);
	return err == NULL;
}

/* OpenSSL allocates memory that it never frees during the first conversations. */
static void warm_up(aw_coro_fn *story)
{
	runtime_case_real_clock();
	for (int i = 0; i < 5; i++)
		assert_true(hold(story));
}

static void walk(aw_coro_fn *story)
{
	unsigned int good = 0, failed = 0;

	warm_up(story);
	for (uint64_t point = 1; good < GOOD_IN_A_ROW; point++) {
		aw__alloc_fail_at(point);
		good = hold(story) ? good + 1 : 0;
		failed += good == 0;
	}
	assert_true(failed > 20);
}

static void memory__our_allocations_fail(void **state)
{
	walk(in_time);
}

static void memory__start_tls_allocations_fail(void **state)
{
	walk(upgrade);
}

/* Fails every `step`-th allocation of a conversation. */
static void memory__openssl_allocations_fail(void **state)
{
	const char *asked = getenv("TLS_MEMORY_STEP");
	uint64_t step = asked != NULL ? strtoull(asked, NULL, 10) : 11, total;
	unsigned int failed = 0;
	int64_t live;

	warm_up(in_time);
	theirs.count = 0;
	assert_true(hold(in_time));
	total = theirs.count;
	live = theirs.live;
	for (uint64_t point = 1; point <= total; point += step) {
		theirs.fail_at = point;
		failed += !hold(in_time);
	}
	assert_true(total > 1000);
	assert_true(failed > total / step / 8);
	/* the number of blocks that OpenSSL keeps may vary, but does not grow with the number of failures */
	assert_true(hold(in_time));
	fprintf(stderr, "%d of %d failed, of %d; %d blocks, %d before\n", (int)failed,
		(int)(total / step), (int)total, (int)theirs.live, (int)live);
	assert_in_range(theirs.live, live - 100, live + 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case(memory__our_allocations_fail),
		runtime_case(memory__start_tls_allocations_fail),
		runtime_case(memory__openssl_allocations_fail),
	};

	if (CRYPTO_set_mem_functions(their_malloc, their_realloc, their_free) != 1)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
