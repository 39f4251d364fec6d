/* SPDX-License-Identifier: MIT */
/* A line of text, typed with the keys. */
#ifndef AW__TUI_TYPING_H
#define AW__TUI_TYPING_H

#include <stdint.h>

#include "base/buffer.h"

#define AW__TYPING_MOST 200 /* bytes */

/** Append a character, or take the last one away. */
void aw__typing_key(struct aw__buffer *text, uint32_t key);

#endif
