/* SPDX-License-Identifier: MIT */
/* Fuzz target: a stream of bytes as from a socket or file, in portions. The decoder skips damage, and ends. */
#include "fuzz.h"
#include "proto/decode.h"

/* Feed the data in portions of that size; returns the number of items. */
static size_t decode(const uint8_t *data, size_t size, size_t portion)
{
	struct aw__decoder *decoder = aw__decoder_create();
	struct aw__problem problem;
	struct aw__item item;
	size_t items = 0;

	MUST(decoder != NULL);
	for (size_t at = 0; at < size; at += portion) {
		enum aw__decode_status status;

		MUST(aw__decoder_feed(decoder, data + at,
				      size - at < portion ? size - at : portion));
		while ((status = aw__decoder_next(decoder, &item, &problem)) != AW__DECODE_MORE) {
			if (status == AW__DECODE_BROKEN)
				goto end;
			items += status == AW__DECODED;
		}
	}
	aw__decoder_cut(decoder, &problem);
end:
	aw__decoder_destroy(decoder);
	return items;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct aw__control control;

	MUST(decode(data, size, size + 1) == decode(data, size, 7));
	aw__decode_control(data, size, &control);
	return 0;
}
