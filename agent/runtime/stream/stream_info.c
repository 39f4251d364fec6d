/* SPDX-License-Identifier: MIT */
/* Queries of a stream: its addresses and its descriptor. */
#include "agent/runtime/stream/stream.h"

aw_address aw_stream_local_address(const aw_stream *stream)
{
	return stream->local;
}

aw_address aw_stream_peer_address(const aw_stream *stream)
{
	return stream->peer;
}

int aw_stream_fd(const aw_stream *stream)
{
	uv_os_fd_t fd = -1;

	if (aw__stream_lost(stream) || uv_fileno(&stream->uv.handle, &fd) < 0)
		return -1;
	return fd;
}
