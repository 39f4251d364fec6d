/* SPDX-License-Identifier: MIT */
/*
 * The filter that encrypts a stream: handshake, data, close_notify. When each happens follows CPython's
 * Lib/asyncio/sslproto.py.
 *
 * Two things differ: the peer is sent an alert before the connection is closed because of an error, and an end
 * without close_notify can be detected (aw_tls_is_truncated()).
 */
#include "agent/tls/tls.h"

#include <openssl/err.h>
#include <string.h>

enum {
	RECORD_BYTES = 16384, /* the most that a record holds */
	FLUSH_BYTES = 65536,
	SHUTDOWN_TRIES = 2,
};

/* Send OpenSSL's output to the descriptor. */
static aw_error *flush(struct aw__tls *tls)
{
	char *data = NULL;
	long size = BIO_get_mem_data(tls->out, &data);
	aw_error *err = NULL;

	if (size > 0)
		err = aw_filter_send(tls->stream, data, (size_t)size);
	(void)BIO_reset(tls->out);
	return err;
}

static void fail(struct aw__tls *tls, aw_error *err)
{
	tls->state = AW__TLS_OVER;
	/* send the alert; an error of that does not matter any more */
	aw_error_unref(flush(tls));
	aw_filter_fail(tls->stream, err);
}

static void flush_or_fail(struct aw__tls *tls)
{
	aw_error *err = flush(tls);

	if (err != NULL)
		fail(tls, err);
}

/* ---- shutdown */

static void over(struct aw__tls *tls)
{
	flush_or_fail(tls);
	if (tls->state == AW__TLS_OVER)
		return;
	tls->state = AW__TLS_OVER;
	aw_filter_eof(tls->stream);
	aw_filter_close(tls->stream);
}

/* Send close_notify, or receive the peer's: 1 if both are done. */
static int shut_down(struct aw__tls *tls)
{
	int result = 0;

	for (int i = 0; i < SHUTDOWN_TRIES && result == 0; i++) {
		ERR_clear_error();
		result = SSL_shutdown(tls->ssl);
	}
	return result;
}

static void go_on_shutdown(struct aw__tls *tls)
{
	int result = tls->eof ? 1 : shut_down(tls);

	if (result > 0)
		over(tls);
	else if (result == 0 || SSL_get_error(tls->ssl, result) == SSL_ERROR_WANT_READ)
		flush_or_fail(tls);
	else
		fail(tls, aw__tls_error(tls->ssl, result));
}

static void start_shutdown(struct aw__tls *tls)
{
	aw_error *err = aw_filter_deadline(tls->stream, aw_now() + tls->shutdown_timeout);

	if (err != NULL) {
		fail(tls, err);
		return;
	}
	tls->state = AW__TLS_SHUTDOWN;
	go_on_shutdown(tls);
}

/* ---- data */

/* Handle a read that returned no data. */
static void no_more(struct aw__tls *tls, int result)
{
	int number = SSL_get_error(tls->ssl, result);

	if (number == SSL_ERROR_WANT_READ) {
		flush_or_fail(tls);
	} else if (number == SSL_ERROR_ZERO_RETURN) {
		aw_filter_eof(tls->stream);
		aw_stream_close(tls->stream);
	} else {
		fail(tls, aw__tls_error(tls->ssl, result));
	}
}

static void go_on_reading(struct aw__tls *tls)
{
	bool more = true;

	while (more) {
		size_t size = 0, count = 0;
		char *room = aw_filter_room(tls->stream, &size);
		int result;

		if (room == NULL) {
			fail(tls, aw_raise(aw_MemoryError, NULL));
			return;
		}
		ERR_clear_error();
		result = SSL_read_ex(tls->ssl, room, size, &count);
		if (result <= 0) {
			no_more(tls, result);
			return;
		}
		more = aw_filter_fed(tls->stream, count);
	}
	/* reading may have produced output, such as a key update */
	flush_or_fail(tls);
}

static aw_error *encrypt(struct aw__tls *tls, const char *data, size_t size)
{
	while (size > 0) {
		size_t count = 0;
		int result;

		ERR_clear_error();
		result = SSL_write_ex(tls->ssl, data, size < RECORD_BYTES ? size : RECORD_BYTES,
				      &count);
		if (result <= 0)
			return aw__tls_error(tls->ssl, result);
		data += count;
		size -= count;
		if (BIO_pending(tls->out) >= FLUSH_BYTES)
			AW_TRY(flush(tls));
	}
	return NULL;
}

static aw_error *on_write(void *state, const struct iovec *pieces, size_t count)
{
	struct aw__tls *tls = state;
	aw_error *err = NULL;

	if (tls->state == AW__TLS_HANDSHAKE)
		return aw_raise(aw_RuntimeError, "unable to write; the handshake is in progress");
	if (tls->state != AW__TLS_WRAPPED)
		return aw_raise(aw_ConnectionResetError, "Connection lost");
	for (size_t i = 0; i < count && err == NULL; i++)
		err = encrypt(tls, pieces[i].iov_base, pieces[i].iov_len);
	if (err == NULL)
		err = flush(tls);
	/* after a lost record the connection cannot continue */
	if (err != NULL)
		fail(tls, aw_error_ref(err));
	return err;
}

/* ---- handshake */

static void remember_alpn(struct aw__tls *tls)
{
	const unsigned char *name = NULL;
	unsigned int length = 0;

	SSL_get0_alpn_selected(tls->ssl, &name, &length);
	if (length > 0 && length <= AW__TLS_ALPN_MAX)
		memcpy(tls->alpn, name, length);
}

static void go_on_handshake(struct aw__tls *tls)
{
	int result;

	ERR_clear_error();
	result = SSL_do_handshake(tls->ssl);
	if (result <= 0 && SSL_get_error(tls->ssl, result) != SSL_ERROR_WANT_READ) {
		fail(tls, aw__tls_error(tls->ssl, result));
		return;
	}
	flush_or_fail(tls);
	if (result <= 0 || tls->state == AW__TLS_OVER)
		return;
	aw_error_unref(aw_filter_deadline(tls->stream, AW_FOREVER)); /* cannot fail */
	tls->state = AW__TLS_WRAPPED;
	remember_alpn(tls);
	aw_filter_wake(tls->stream);
	go_on_reading(tls);
}

static void on_received(void *state, const void *data, size_t size)
{
	struct aw__tls *tls = state;

	if (size > 0 && BIO_write(tls->in, data, (int)size) != (int)size) {
		fail(tls, aw__tls_error(NULL, 0));
		return;
	}
	switch (tls->state) {
	case AW__TLS_HANDSHAKE:
		go_on_handshake(tls);
		break;
	case AW__TLS_WRAPPED:
		go_on_reading(tls);
		break;
	case AW__TLS_SHUTDOWN:
		go_on_shutdown(tls);
		break;
	case AW__TLS_OVER:
		break;
	}
	/* the thread's error queue is shared with the program */
	ERR_clear_error();
}

/* All data before the end is read: the descriptor is not read while the reader has no room. */
static void on_ended(void *state)
{
	struct aw__tls *tls = state;

	tls->eof = true;
	if (tls->state == AW__TLS_HANDSHAKE) {
		fail(tls, aw_raise(aw_ConnectionResetError, NULL));
	} else if (tls->state == AW__TLS_WRAPPED) {
		tls->truncated = true;
		tls->state = AW__TLS_SHUTDOWN;
		over(tls);
	} else if (tls->state == AW__TLS_SHUTDOWN) {
		over(tls);
	}
}

static void on_close(void *state)
{
	struct aw__tls *tls = state;

	if (tls->state == AW__TLS_HANDSHAKE)
		aw_stream_abort(tls->stream);
	else if (tls->state == AW__TLS_WRAPPED)
		start_shutdown(tls);
	ERR_clear_error();
}

static void on_expired(void *state)
{
	struct aw__tls *tls = state;

	if (tls->state == AW__TLS_HANDSHAKE) {
		double seconds = (double)tls->handshake_timeout / (double)AW_SEC(1);
		bool whole = tls->handshake_timeout % AW_SEC(1) == 0;

		fail(tls, aw_raise(aw_ConnectionAbortedError,
				   "SSL handshake is taking longer than %.15g%s seconds: aborting "
				   "the connection",
				   seconds, whole ? ".0" : ""));
	} else if (tls->state == AW__TLS_SHUTDOWN) {
		fail(tls, aw_raise(aw_TimeoutError, "SSL shutdown timed out"));
	}
}

const struct aw_filter_ops aw__tls_ops = {
	.size = sizeof(aw__tls_ops),
	.kind = "tls",
	.received = on_received,
	.ended = on_ended,
	.write = on_write,
	.close = on_close,
	.expired = on_expired,
	.destroy = aw__tls_destroy,
};
