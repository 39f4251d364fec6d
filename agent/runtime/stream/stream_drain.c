/* SPDX-License-Identifier: MIT */
/* Flow control of writing: water marks, and aw_stream_drain(), which waits until less is unsent. */
#include "agent/runtime/stream/stream.h"

size_t aw_stream_unsent(const aw_stream *stream)
{
	if (aw__stream_lost(stream))
		return 0;
	return uv_stream_get_write_queue_size(&stream->uv.stream);
}

aw_error *aw_stream_drain(aw_stream *stream)
{
	AW_TRY(aw_error_ref(stream->error));
	/* a loop of write and drain must notice that the peer has closed */
	if (stream->closing)
		AW_TRY(aw_yield());
	if (aw__stream_lost(stream))
		return aw_raise(aw_ConnectionResetError, "Connection lost");
	if (!stream->write_paused)
		return NULL;
	AW_TRY(aw__waiter_wait(&stream->drainers, AW_WAIT_WRITE, stream->id));
	return aw_error_ref(stream->error);
}

void aw_stream_set_water(aw_stream *stream, size_t high, size_t low)
{
	stream->high = high;
	stream->low = low < high ? low : high;
	if (aw_stream_unsent(stream) > high)
		stream->write_paused = true;
}
