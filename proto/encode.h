/* SPDX-License-Identifier: MIT */
/*
 * Encodes items as frames. Events and definitions are gathered in columns, and written as one frame when the columns
 * are full, when an item of another kind follows, or on aw__encoder_flush().
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

/** A viewer's request to the agent; a false field changes nothing. */
struct aw__control {
	bool snapshot; /* send threads, loops and live tasks now */
	bool tasks;    /* detail: creation and end of tasks, errors, findings */
	bool steps;    /* detail: also every suspend and resume */
	bool pause;    /* send nothing until `resume` */
	bool resume;
};

/** Append one control frame (no preamble) to `out`. */
void aw__encode_control(struct aw__buffer *out, const struct aw__control *control);

#endif
