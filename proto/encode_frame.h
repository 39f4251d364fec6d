/* SPDX-License-Identifier: MIT */
/* Writes a message as a frame, for the two encoders: encode.c (events and definitions) and encode_rows.c (rows). */
#ifndef AW__ENCODE_FRAME_H
#define AW__ENCODE_FRAME_H

#include "awry.pb-c.h"
#include "base/buffer.h"

/** Append one message as a frame. If there is no memory, `out->failed` is set, and nothing is appended. */
void aw__encode_frame(struct aw__buffer *out, const Awry__Message *message);

#endif
