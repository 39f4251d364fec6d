/* SPDX-License-Identifier: MIT */
/*
 * Items -> frames. Events and definitions gather in columns and leave as one frame when the columns
 * are full, when an item of another kind comes, or on aw__encoder_flush().
 */
#ifndef AW__ENCODE_H
#define AW__ENCODE_H

#include "base/buffer.h"
#include "proto/item.h"

struct aw__encoder;

/** NULL if there is no memory. Frames are appended to `out`, which is borrowed. */
struct aw__encoder *aw__encoder_create(struct aw__buffer *out);
void aw__encoder_destroy(struct aw__encoder *encoder);

/** Append the preamble. */
void aw__encoder_begin(struct aw__encoder *encoder);
void aw__encoder_item(struct aw__encoder *encoder, const struct aw__item *item);
void aw__encoder_flush(struct aw__encoder *encoder);

/** What a viewer asks of the agent; what is false is left as it is. */
struct aw__control {
	bool snapshot; /* send threads, loops and live tasks now */
	bool tasks;    /* detail: birth, death, errors, findings */
	bool steps;    /* detail: every suspend and resume, too */
	bool pause;    /* send nothing until … */
	bool resume;
};

/** Append one control frame (no preamble) to `out`. */
void aw__encode_control(struct aw__buffer *out, const struct aw__control *control);

#endif
