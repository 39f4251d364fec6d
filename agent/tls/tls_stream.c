/* SPDX-License-Identifier: MIT */
/* Opens streams with TLS, and starts TLS on a stream that is open already. */
#include "agent/tls/tls.h"
#include "base/options_copy.h"

enum {
	HIGH_WATER = 524288, /* bytes; CPython Lib/asyncio/constants.py */
	LOW_WATER = 131072,
};

static aw_error *handshake(struct aw__tls *tls)
{
	AW_TRY(aw_filter_deadline(tls->stream, aw_now() + tls->handshake_timeout));
	while (tls->state == AW__TLS_HANDSHAKE) {
		AW_TRY(aw_filter_wait(tls->stream, AW_WAIT_CONNECT));
		if (tls->state == AW__TLS_HANDSHAKE && aw_stream_is_closing(tls->stream))
			return aw_raise(aw_ConnectionResetError, "Connection lost");
	}
	return NULL;
}

static aw_error *start(aw_stream *stream, aw_tls_context *context,
		       const struct aw_tls_start_options *options)
{
	struct aw__tls *tls = NULL;
	aw_error *err;

	AW_TRY(aw_stream_drain(stream));
	AW_TRY(aw__tls_create(stream, context, options, &tls));
	err = aw_filter_install(stream, &aw__tls_ops, tls);
	if (err != NULL) {
		aw__tls_destroy(tls);
		return err;
	}
	aw_stream_set_water(stream, HIGH_WATER, LOW_WATER);
	err = handshake(tls);
	/* a handshake that failed or was cancelled cannot be started again */
	if (err != NULL)
		aw_stream_abort(stream);
	return err;
}

aw_error *aw_stream_start_tls(aw_stream *stream, aw_tls_context *context,
			      const struct aw_tls_start_options *options)
{
	struct aw_tls_start_options use;
	aw_error *err;

	AW__OPTIONS(aw_tls_start_options, &use, options);
	aw_stream_ref(stream);
	err = start(stream, context, &use);
	aw_stream_unref(stream);
	return err;
}

aw_error *aw_tls_connect(aw_tls_context *context, const struct aw_connect_options *how,
			 const struct aw_tls_start_options *options, const char *host,
			 uint16_t port, aw_stream **ret_stream)
{
	struct aw_tls_start_options use;
	aw_stream *stream = NULL;
	aw_error *err;

	AW__OPTIONS(aw_tls_start_options, &use, options);
	if (use.server_name == NULL)
		use.server_name = host;
	AW_TRY(aw_stream_connect_with(how, host, port, &stream));
	err = aw_stream_start_tls(stream, context, &use);
	if (err != NULL) {
		aw_stream_abort(stream);
		aw_stream_unref(stream);
		return err;
	}
	*ret_stream = stream;
	return NULL;
}
