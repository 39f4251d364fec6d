/* SPDX-License-Identifier: MIT */
/* The terminal: puts a grid on it, reads keys from it. One at a time in a process. */
#ifndef AW__TUI_SCREEN_H
#define AW__TUI_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/problem.h"
#include "viewer/tui/grid.h"

/** Take over the terminal of stdin and stdout; exit() gives it back, too. */
bool aw__screen_open(struct aw__problem *problem);
/** Give it back as it was. Harmless when it is not open. */
void aw__screen_close(void);
void aw__screen_size(int *ret_width, int *ret_height);
void aw__screen_show(const struct aw__grid *grid);
/** The next key (keys.h) that was pressed; AW__KEY_NONE if there is none. Does not wait. */
uint32_t aw__screen_key(void);

#endif
