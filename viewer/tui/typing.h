/* SPDX-License-Identifier: MIT */
/* Line editing for the search pattern and the filter. */
#ifndef AW__TUI_TYPING_H
#define AW__TUI_TYPING_H

#include <stdint.h>

#include "base/buffer.h"

#define AW__TYPING_MOST 200 /* bytes */

/** Append a character, or delete the last one. */
void aw__typing_key(struct aw__buffer *text, uint32_t key);

#endif
