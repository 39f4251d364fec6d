/* SPDX-License-Identifier: MIT */
/* The terminal: shows a grid and reads keys. A process has only one open at a time. */
#ifndef AW__TUI_SCREEN_H
#define AW__TUI_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/problem.h"
#include "viewer/tui/grid.h"

/** Set up the terminal of stdin and stdout; exit() restores it if the caller did not. */
bool aw__screen_open(struct aw__problem *problem);
/** Restore the terminal. Does nothing if it is not open. */
void aw__screen_close(void);
void aw__screen_size(int *ret_width, int *ret_height);
void aw__screen_show(const struct aw__grid *grid);
/** Put a text into the terminal's clipboard (OSC 52). */
void aw__screen_copy(const char *text, size_t length);
/**
 * Run an editor in the terminal.
 *
 * `path` and `line` come from a recording and are untrusted. Returns false if there is no such file, or no editor.
 */
bool aw__screen_edit(const char *path, uint32_t line, struct aw__problem *problem);
/** Read the next pressed key (keys.h); AW__KEY_NONE if there is none. Never waits. */
uint32_t aw__screen_key(void);

#endif
