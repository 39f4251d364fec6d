/* SPDX-License-Identifier: MIT */
/* What the two encoders share: events and definitions (encode.c), rows (encode_rows.c). */
#ifndef AW__ENCODE_FRAME_H
#define AW__ENCODE_FRAME_H

#include "awry.pb-c.h"
#include "base/buffer.h"

/** Append one message as a frame. Without memory `out->failed` is set, and nothing is appended. */
void aw__encode_frame(struct aw__buffer *out, const Awry__Message *message);

#endif
