/* SPDX-License-Identifier: MIT */
/*
 * Bytes -> items. Whatever the bytes are, decoding ends, and takes no more memory for a frame than
 * AW__DECODE_BUDGET_BYTES besides the frame itself.
 *
 *	aw__decoder_feed(d, bytes, n);
 *	while ((status = aw__decoder_next(d, &item, &problem)) != AW__DECODE_MORE && status != AW__DECODE_BROKEN)
 *		if (status == AW__DECODE_DAMAGED)
 *			say(problem.text);   // a frame was stepped over
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
	AW__DECODED,	    /* an item */
	AW__DECODE_MORE,    /* nothing more in what was fed */
	AW__DECODE_DAMAGED, /* a frame was stepped over; `problem` says where. Go on */
	AW__DECODE_BROKEN, /* not a recording, another major version, or beyond repair. Nothing more comes */
};

struct aw__decoder;

/** NULL if there is no memory. */
struct aw__decoder *aw__decoder_create(void);
void aw__decoder_destroy(struct aw__decoder *decoder);

/** Give it the next bytes; they are copied. False if there is no memory. */
bool aw__decoder_feed(struct aw__decoder *decoder, const void *bytes, size_t length);

enum aw__decode_status aw__decoder_next(struct aw__decoder *decoder, struct aw__item *ret_item,
					struct aw__problem *problem);

/** Where what is given now ends: the byte behind its frame, counted from the first that was fed. */
uint64_t aw__decoder_position(const struct aw__decoder *decoder);
/** Forget what was fed: what is fed next begins at byte `offset`, where a frame begins. After the HELLO. */
void aw__decoder_seek(struct aw__decoder *decoder, uint64_t offset);

/** True if what was fed ended inside a frame, or before the first: a cut file. `problem` says where. */
bool aw__decoder_cut(const struct aw__decoder *decoder, struct aw__problem *problem);

/** Parse the control frame at `bytes`. Returns its whole size, 0 for "more bytes", -1 for nonsense. */
int64_t aw__decode_control(const void *bytes, size_t length, struct aw__control *ret_control);

#endif
