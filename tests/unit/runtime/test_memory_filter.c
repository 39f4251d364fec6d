/* SPDX-License-Identifier: MIT */
/*
 * Failing allocations in a stream with a filter that passes all bytes unchanged, and waits for the peer's first
 * bytes before it is used.
 */
#include "tests/unit/runtime/memory_case.h"

#include <awry/filter.h>

#include <stdlib.h>

struct pass {
	aw_stream *stream;
	bool begun; /* the peer's first bytes have arrived */
};

/* ---- the filter ---- */

static void take(struct pass *pass, const char *data, size_t size)
{
	while (size > 0) {
		size_t room = 0;
		char *at = aw_filter_room(pass->stream, &room);

		if (at == NULL) {
			aw_filter_fail(pass->stream, aw_raise(aw_MemoryError, NULL));
			return;
		}
		room = room < size ? room : size;
		memcpy(at, data, room);
		aw_filter_fed(pass->stream, room);
		data += room;
		size -= room;
	}
}

static void received(void *state, const void *data, size_t size)
{
	struct pass *pass = state;

	take(pass, data, size);
	if (size > 0 && !pass->begun) {
		pass->begun = true;
		aw_filter_wake(pass->stream);
	}
}

static void ended(void *state)
{
	struct pass *pass = state;

	aw_filter_eof(pass->stream);
}

static aw_error *pass_on(void *state, const struct iovec *pieces, size_t count)
{
	struct pass *pass = state;

	for (size_t i = 0; i < count; i++)
		AW_TRY(aw_filter_send(pass->stream, pieces[i].iov_base, pieces[i].iov_len));
	return NULL;
}

static void close_it(void *state)
{
	struct pass *pass = state;

	aw_filter_close(pass->stream);
}

static void expired(void *state)
{
}

static const struct aw_filter_ops passing = {
	.size = sizeof(struct aw_filter_ops),
	.kind = "passing",
	.received = received,
	.ended = ended,
	.write = pass_on,
	.close = close_it,
	.expired = expired,
	.destroy = aw__alloc_free,
};

static aw_error *install(aw_stream *stream, struct pass **ret_pass)
{
	struct pass *pass = aw__alloc_zeroed(1, sizeof(*pass));
	aw_error *err;

	if (pass == NULL)
		return aw_raise(aw_MemoryError, NULL);
	pass->stream = stream;
	err = aw_filter_install(stream, &passing, pass);
	if (err != NULL)
		aw__alloc_free(pass);
	else
		*ret_pass = pass;
	return err;
}

/* ---- the conversation ---- */

static char much[3000000];

static aw_error *greet_and_swallow(aw_stream *stream, void *arg)
{
	static char buffer[65536];
	size_t count = 1;

	AW_TRY(aw_stream_write(stream, "hello\n", 6));
	while (count > 0)
		AW_TRY(aw_stream_read(stream, buffer, sizeof(buffer), &count));
	return NULL;
}

static aw_error *use(aw_stream *stream)
{
	struct pass *pass = NULL;
	const char *line;
	size_t length;
	char first;

	/* the filter also gets the bytes that are buffered already */
	AW_TRY(aw_stream_read_exactly(stream, &first, 1));
	AW_TRY(install(stream, &pass));
	AW_TRY(aw_filter_deadline(stream, aw_now() + AW_SEC(100)));
	while (!pass->begun)
		AW_TRY(aw_filter_wait(stream, AW_WAIT_READ));
	AW_TRY(aw_stream_read_line(stream, &line, &length));
	AW_TRY(aw_stream_write(stream, much, sizeof(much)));
	AW_TRY(aw_stream_drain(stream));
	return length == 5 ? NULL : aw_raise(aw_IncompleteReadError, NULL);
}

static aw_error *filter(void *arg, void **ret)
{
	aw_server *server = NULL;
	aw_stream *stream = NULL;
	aw_error *err;

	AW_TRY(aw_server_start("127.0.0.1", 0, greet_and_swallow, NULL, &server));
	err = aw_stream_connect("127.0.0.1", aw_server_port(server), &stream);
	if (err == NULL)
		err = use(stream);
	aw_stream_close(stream);
	if (err == NULL)
		err = aw_stream_wait_closed(stream);
	aw_stream_unref(stream);
	aw_server_stop(server);
	return err;
}

static aw_error *in_time(void *arg, void **ret)
{
	aw_timeout *timeout = aw_timeout_open(aw_now() + AW_SEC(20));

	return aw_timeout_close(&timeout, filter(NULL, NULL));
}

/* A server without memory for the connection closes it before its greeting. */
static void filter_all(void)
{
	aw_error *err = aw_run(in_time, NULL, NULL);

	if (aw_error_is(err, aw_IncompleteReadError))
		err = aw_error_unref(err);
	memory_expect(err, aw_ConnectionError);
}

static void memory__ends_in_a_filter(void **state)
{
	runtime_case_real_clock();
	memory_walk(filter_all, 15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case(memory__ends_in_a_filter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
