/* SPDX-License-Identifier: MIT */
/* The terminal: puts a grid on it, reads keys from it. One at a time in a process. */
#ifndef AW__TUI_SCREEN_H
#define AW__TUI_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/problem.h"
#include "viewer/tui/grid.h"

/** Set up the terminal of stdin and stdout; exit() restores it, too. */
bool aw__screen_open(struct aw__problem *problem);
/** Restore it. Harmless when it is not open. */
void aw__screen_close(void);
void aw__screen_size(int *ret_width, int *ret_height);
void aw__screen_show(const struct aw__grid *grid);
/** Put a text into the terminal's clipboard (OSC 52). */
void aw__screen_copy(const char *text, size_t length);
/**
 * Give the terminal to an editor, and take it back.
 *
 * `path` and `line` come from a recording. Returns false if there is no such file, or no editor.
 */
bool aw__screen_edit(const char *path, uint32_t line, struct aw__problem *problem);
/** The next key (keys.h) that was pressed; AW__KEY_NONE if there is none. Does not wait. */
uint32_t aw__screen_key(void);

#endif
