/* SPDX-License-Identifier: MIT */
/* Mouse events as keys: the number of such a key has the button and the position. */
#ifndef AW__TUI_MOUSE_H
#define AW__TUI_MOUSE_H

#include <stdint.h>

#include "viewer/tui/keys.h"

struct aw__app;

enum aw__mouse { AW__MOUSE_CLICK, AW__MOUSE_UP, AW__MOUSE_DOWN };

static inline uint32_t aw__mouse_key(enum aw__mouse what, int x, int y)
{
	return AW__KEY_MOUSE +
	       ((uint32_t)what << 24 | ((uint32_t)y & 0xfff) << 12 | ((uint32_t)x & 0xfff));
}

void aw__mouse(struct aw__app *app, uint32_t key);

#endif
