/* SPDX-License-Identifier: MIT */
/*
 * Messages behind right checksums, so that the fuzzer gets past them: an input is a sequence of a length in two
 * bytes and a payload.
 */
#ifndef FUZZ_MESSAGES_H
#define FUZZ_MESSAGES_H

#include <stddef.h>
#include <stdint.h>

#include "proto/decode.h"

/** A decoder that was fed all of an input. */
struct aw__decoder *feed_messages(const uint8_t *data, size_t size);
/** Its next item; false at the end, or when nothing more can be read. What is damaged is passed over. */
bool next_message_item(struct aw__decoder *decoder, struct aw__item *ret_item);

#endif
