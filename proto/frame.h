/* SPDX-License-Identifier: MIT */
/*
 * Frames: where one message ends and the next begins. The same on a socket and in a file; sans-I/O.
 *
 *	preamble  8 bytes  91 'a' 'w' 'r' 'y' 0d 0a 1a, once, at the start of each direction
 *	frame     4 bytes  length of the payload, little-endian, 1 … AW__FRAME_MAX_BYTES
 *	          4 bytes  XXH32 of the payload, seed 0, little-endian
 *	          payload  one protobuf message, awry.proto's Message
 *
 * An agent that has AW__MOST_VIEWERS viewers, and can do without none of them, sends one more the preamble alone, and
 * closes.
 */
#ifndef AW__FRAME_H
#define AW__FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

#define AW__FRAME_MAX_BYTES	 (1u << 20)
#define AW__FRAME_HEADER_BYTES	 8u
#define AW__FRAME_PREAMBLE_BYTES 8u
#define AW__MOST_VIEWERS	 16 /* of one process */

extern const unsigned char aw__frame_preamble[AW__FRAME_PREAMBLE_BYTES];

enum aw__frame_status {
	AW__FRAME_READY,   /* a whole frame, and its sum is right */
	AW__FRAME_PARTIAL, /* more bytes are wanted */
	AW__FRAME_DAMAGED, /* a whole frame whose sum is wrong: it can be stepped over */
	AW__FRAME_BROKEN,  /* a length that cannot be: nothing after it can be trusted */
};

/** Write a header for `length` bytes of `payload` to `ret_header`. */
void aw__frame_header(unsigned char ret_header[AW__FRAME_HEADER_BYTES], const void *payload,
		      size_t length);

/** What the first bytes of a frame say that its payload's length is; needs 4 bytes. */
uint32_t aw__frame_length(const unsigned char *bytes);

/**
 * Look at the frame that begins at `bytes`. The payload begins AW__FRAME_HEADER_BYTES later.
 *
 * @param ret_length  set for READY and DAMAGED: of the payload
 */
enum aw__frame_status aw__frame_parse(const unsigned char *bytes, size_t available,
				      size_t *ret_length);

#endif
