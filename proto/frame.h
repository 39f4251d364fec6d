/* SPDX-License-Identifier: MIT */
/*
 * Frames: they delimit the messages of the wire format, on sockets and in files. This code does no I/O itself.
 *
 *	preamble  8 bytes  91 'a' 'w' 'r' 'y' 0d 0a 1a, once, at the start of each direction
 *	frame     4 bytes  length of the payload, little-endian, 1 … AW__FRAME_MAX_BYTES
 *	          4 bytes  XXH32 of the payload, seed 0, little-endian
 *	          payload  one protobuf message, awry.proto's Message
 *
 * An agent that already has AW__MOST_VIEWERS viewers, and can drop none of them, sends another one only the preamble, and
 * closes the connection.
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
	AW__FRAME_READY,   /* a complete frame with a correct checksum */
	AW__FRAME_PARTIAL, /* more bytes are needed */
	AW__FRAME_DAMAGED, /* a complete frame with a wrong checksum: it can be skipped */
	AW__FRAME_BROKEN,  /* an impossible length: the next frame cannot be found */
};

/** Write a header for `length` bytes of `payload` to `ret_header`. */
void aw__frame_header(unsigned char ret_header[AW__FRAME_HEADER_BYTES], const void *payload,
		      size_t length);

/** The payload's length according to a frame's first 4 bytes; it is not checked. */
uint32_t aw__frame_length(const unsigned char *bytes);

/**
 * Check the frame that begins at `bytes`. The payload begins AW__FRAME_HEADER_BYTES later.
 *
 * @param ret_length  the payload's; set for READY and DAMAGED
 */
enum aw__frame_status aw__frame_parse(const unsigned char *bytes, size_t available,
				      size_t *ret_length);

#endif
