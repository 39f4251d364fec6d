/* SPDX-License-Identifier: MIT */
/* For tests of the viewer without a terminal: one process, keys in, a screen out. */
#ifndef AW__TUI_CASE_H
#define AW__TUI_CASE_H

#include <string.h>

#include "viewer/tui/app.h"

#define SECOND UINT64_C(1000000000)

struct viewer {
	struct aw__model *model;
	struct aw__tui_process process;
	struct aw__tui_host host;
	struct aw__app app;
	struct aw__grid grid;
	struct aw__buffer text;
};

int viewer_set_up(void **state);
int viewer_tear_down(void **state);

/** A program with a lost error, and a coroutine that was never awaited. */
void fill(struct aw__model *model);
/** Press keys, then show the screen. */
const char *screen(struct viewer *viewer, const char *keys, int width, int height);
/** The screen below the line of the views. */
const char *body(const char *screen);
void check(const char *got, const char *expected);
void check_has(const char *text, const char *part);

#endif
