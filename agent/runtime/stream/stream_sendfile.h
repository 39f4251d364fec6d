/* SPDX-License-Identifier: MIT */
/* Sending a file by reading and writing it, where the kernel cannot copy. */
#ifndef AW__STREAM_SENDFILE_H
#define AW__STREAM_SENDFILE_H

#include "agent/runtime/stream/stream.h"

struct aw__sendfile {
	struct aw_stream *stream;
	int fd;
	int64_t offset; /* in the file, of the next byte to send */
	int64_t count;	/* bytes that are left */
	int64_t sent;	/* bytes */
};

aw_error *aw__stream_sendfile_fallback(struct aw__sendfile *job);

#endif
