/* SPDX-License-Identifier: MIT */
#include "agent/runtime/resolve.h"
#include "agent/runtime/stream.h"
#include "base/alloc.h"
#include "base/buffer.h"

#include <netdb.h>

struct attempt {
	uv_connect_t uv;
	struct aw_stream *stream; /* referenced until libuv calls back */
	struct aw__link waiting;  /* of struct aw__job */
	bool forsaken;
	bool done;
	int status;
};

static void on_connect(uv_connect_t *uv, int status)
{
	struct attempt *attempt = aw__container_of(uv, struct attempt, uv);

	if (attempt->forsaken) {
		aw__alloc_free(attempt);
		return;
	}
	attempt->done = true;
	attempt->status = status;
	aw__waiter_wake(&attempt->waiting);
}

/* Wait for the attempt, and free it, now or when libuv lets go of it. */
static aw_error *finish(struct attempt *attempt)
{
	aw_error *err = aw__waiter_wait(&attempt->waiting, AW_WAIT_CONNECT, 0);
	int status;

	if (!attempt->done) {
		attempt->forsaken = true;
		return err;
	}
	status = attempt->status;
	aw__alloc_free(attempt);
	if (err == NULL && status < 0)
		err = aw_error_from_uv(status, NULL);
	return err;
}

static aw_error *connect_to(struct aw_loop *loop, const struct sockaddr *address,
			    struct aw_stream **ret_stream)
{
	struct attempt *attempt = aw__alloc_zeroed(1, sizeof(*attempt));
	struct aw_stream *stream = NULL;
	aw_error *err;
	int status;

	if (attempt == NULL)
		return aw_raise(aw_MemoryError, NULL);
	err = aw__stream_create(loop, &stream);
	if (err != NULL)
		goto fail_attempt;
	aw__links_init(&attempt->waiting);
	status = uv_tcp_connect(&attempt->uv, &stream->tcp, address, on_connect);
	if (status < 0) {
		err = aw_error_from_uv(status, NULL);
		goto fail_stream;
	}
	err = finish(attempt);
	attempt = NULL;
	if (err == NULL)
		err = aw__stream_connected(stream);
	if (err != NULL)
		goto fail_stream;
	*ret_stream = stream;
	return NULL;
fail_stream:
	aw__stream_abort(stream);
	aw_stream_unref(stream);
fail_attempt:
	aw__alloc_free(attempt);
	return err;
}

/* What to say when none of several addresses has answered. Consumes the error. */
static aw_error *none_answered(aw_error *last, unsigned int tried, struct aw__buffer *messages)
{
	aw_error *err;

	if (tried > 1 && !messages->failed) {
		err = aw_raise(aw_OSError, "Multiple exceptions: %s", aw__buffer_string(messages));
		aw_error_unref(last);
	} else {
		err = last;
	}
	aw__buffer_finish(messages);
	return err;
}

aw_error *aw_stream_connect(const char *host, uint16_t port, aw_stream **ret_stream)
{
	struct aw__buffer messages = AW__BUFFER_EMPTY;
	struct addrinfo *addresses = NULL;
	aw_error *err = NULL;
	unsigned int tried = 0;

	AW_TRY(aw__resolve(host, port, &addresses));
	for (const struct addrinfo *at = addresses; at != NULL; at = at->ai_next) {
		aw_error_unref(err);
		err = connect_to(aw__task_must()->future.loop, at->ai_addr, ret_stream);
		if (err == NULL || !aw_error_is(err, aw_OSError))
			break;
		if (tried++ > 0)
			aw__buffer_text(&messages, ", ");
		aw__buffer_text(&messages, aw_error_message(err));
	}
	uv_freeaddrinfo(addresses);
	if (err != NULL && aw_error_is(err, aw_OSError))
		return none_answered(err, tried, &messages);
	aw__buffer_finish(&messages);
	return err;
}
