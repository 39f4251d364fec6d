/* SPDX-License-Identifier: MIT */
/* Splits an input of the fuzzer into messages, and feeds them to the decoder with right checksums. */
#include "messages.h"

#include "fuzz.h"
#include "proto/frame.h"

static void frame(struct aw__decoder *decoder, const uint8_t *payload, size_t length)
{
	unsigned char header[AW__FRAME_HEADER_BYTES];

	if (length == 0)
		return;
	aw__frame_header(header, payload, length);
	MUST(aw__decoder_feed(decoder, header, sizeof(header)));
	MUST(aw__decoder_feed(decoder, payload, length));
}

struct aw__decoder *feed_messages(const uint8_t *data, size_t size)
{
	struct aw__decoder *decoder = aw__decoder_create();

	MUST(aw__decoder_feed(decoder, aw__frame_preamble, AW__FRAME_PREAMBLE_BYTES));
	for (size_t at = 0; at + 2 <= size;) {
		size_t length = data[at] | (size_t)data[at + 1] << 8;

		at += 2;
		if (length > size - at)
			length = size - at;
		frame(decoder, data + at, length);
		at += length;
	}
	return decoder;
}

bool next_message_item(struct aw__decoder *decoder, struct aw__item *ret_item)
{
	struct aw__problem problem;
	enum aw__decode_status status;

	do
		status = aw__decoder_next(decoder, ret_item, &problem);
	while (status == AW__DECODE_DAMAGED);
	return status == AW__DECODED;
}
