/* SPDX-License-Identifier: MIT */
/*
 * Decodes bytes into items. For any input, decoding terminates, and takes at most AW__DECODE_BUDGET_BYTES of memory for
 * a frame, besides the frame itself.
 *
 *	aw__decoder_feed(d, bytes, n);
 *	while ((status = aw__decoder_next(d, &item, &problem)) != AW__DECODE_MORE && status != AW__DECODE_BROKEN)
 *		if (status == AW__DECODE_DAMAGED)
 *			say(problem.text);   // a frame was skipped
 *		else
 *			use(item);
 */
#ifndef AW__DECODE_H
#define AW__DECODE_H

#include "base/problem.h"
#include "proto/encode.h"
#include "proto/item.h"

#define AW__DECODE_BUDGET_BYTES (16u << 20)

enum aw__decode_status {
	AW__DECODED,	    /* an item was given */
	AW__DECODE_MORE,    /* the bytes fed so far contain no further item */
	AW__DECODE_DAMAGED, /* a frame was skipped; `problem` says where. Decoding continues */
	AW__DECODE_BROKEN, /* not a recording, another major version, or an invalid frame length. Decoding ends */
};

struct aw__decoder;

/** NULL if there is no memory. */
struct aw__decoder *aw__decoder_create(void);
void aw__decoder_destroy(struct aw__decoder *decoder);

/** Add the next bytes; they are copied. False if there is no memory. */
bool aw__decoder_feed(struct aw__decoder *decoder, const void *bytes, size_t length);

enum aw__decode_status aw__decoder_next(struct aw__decoder *decoder, struct aw__item *ret_item,
					struct aw__problem *problem);

/** The offset of the byte behind the current item's frame, counted from the first byte fed. */
uint64_t aw__decoder_position(const struct aw__decoder *decoder);
/** Drop the bytes fed so far: the next ones begin at byte `offset`, where a frame begins. Allowed after the HELLO. */
void aw__decoder_seek(struct aw__decoder *decoder, uint64_t offset);

/** True if the input ended inside a frame, or before the first: a cut file. `problem` says where. */
bool aw__decoder_cut(const struct aw__decoder *decoder, struct aw__problem *problem);

/** Parse the control frame at `bytes`. Returns its whole size, 0 if more bytes are needed, -1 if it is invalid. */
int64_t aw__decode_control(const void *bytes, size_t length, struct aw__control *ret_control);

#endif
