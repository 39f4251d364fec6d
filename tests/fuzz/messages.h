/* SPDX-License-Identifier: MIT */
/*
 * Messages with right checksums, so that the fuzzer gets past that check: an input is a sequence of lengths in two
 * bytes, each with a payload.
 */
#ifndef FUZZ_MESSAGES_H
#define FUZZ_MESSAGES_H

#include <stddef.h>
#include <stdint.h>

#include "proto/decode.h"

/** Create a decoder, and feed it a whole input. */
struct aw__decoder *feed_messages(const uint8_t *data, size_t size);
/** The next item; false at the end, or when the rest cannot be read. Damaged frames are skipped. */
bool next_message_item(struct aw__decoder *decoder, struct aw__item *ret_item);

#endif
