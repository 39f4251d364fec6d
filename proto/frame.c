/* SPDX-License-Identifier: MIT */
/* Writes and checks the frames of the wire format (length and checksum), on sockets and in trace files. */
#include "proto/frame.h"

#include <xxhash.h>

const unsigned char aw__frame_preamble[AW__FRAME_PREAMBLE_BYTES] = { 0x91, 'a',	 'w',  'r',
								     'y',  0x0d, 0x0a, 0x1a };

static void put_u32(unsigned char *at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (unsigned char)(value >> (8 * i));
}

static uint32_t get_u32(const unsigned char *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

void aw__frame_header(unsigned char ret_header[AW__FRAME_HEADER_BYTES], const void *payload,
		      size_t length)
{
	put_u32(ret_header, (uint32_t)length);
	put_u32(ret_header + 4, XXH32(payload, length, 0));
}

uint32_t aw__frame_length(const unsigned char *bytes)
{
	return get_u32(bytes);
}

enum aw__frame_status aw__frame_parse(const unsigned char *bytes, size_t available,
				      size_t *ret_length)
{
	uint32_t length;

	if (available < 4)
		return AW__FRAME_PARTIAL;
	length = get_u32(bytes);
	if (length == 0 || length > AW__FRAME_MAX_BYTES)
		return AW__FRAME_BROKEN;
	if (available < AW__FRAME_HEADER_BYTES || available - AW__FRAME_HEADER_BYTES < length)
		return AW__FRAME_PARTIAL;
	*ret_length = length;
	if (XXH32(bytes + AW__FRAME_HEADER_BYTES, length, 0) != get_u32(bytes + 4))
		return AW__FRAME_DAMAGED;
	return AW__FRAME_READY;
}
