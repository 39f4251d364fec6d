/* SPDX-License-Identifier: MIT */
/*
 * The viewer in a terminal: findings, tasks, and all about one of them.
 *
 * Whoever runs it owns the model and its source. The viewer asks it, by the callbacks below, to put
 * into the model what has come, and draws. Between two calls of pump() the model does not change.
 *
 * Model and views know nothing of terminals: a view draws into a grid of cells (grid.h), which
 * screen.c, the only file that knows ncurses, puts on the screen; a key is a number (keys.h).
 */
#ifndef AW__TUI_H
#define AW__TUI_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/problem.h"
#include "viewer/model/model.h"

enum aw__tui_pumped {
	AW__TUI_MORE,	/* something went in, and there is more: call again */
	AW__TUI_WAIT,	/* nothing more now: wait for the descriptor */
	AW__TUI_END,	/* nothing more ever comes */
	AW__TUI_FAILED, /* the same, and `problem` says why; it is shown */
};

struct aw__tui_source {
	const struct aw__model *model;
	bool recorded; /* its "now" is the last event; otherwise, until the end, the clock's */
	void *arg;
	/* To be polled for reading after WAIT; -1: not to be waited for. */
	int (*fd)(void *arg);
	/* Ingest what there is, but no more than takes a few milliseconds. */
	enum aw__tui_pumped (*pump)(void *arg, struct aw__problem *problem);
	/*
	 * Append everything about a group of findings: lines of text, with SGR sequences
	 * (\x1b[1;31m) for looks and no other control character. May be slow once.
	 */
	void (*describe)(void *arg, const struct aw__found_group *group, bool ascii,
			 struct aw__buffer *out);
};

/**
 * Show it until the user leaves.
 *
 * The terminal is as it was when this returns, and when a signal ends the program. Uses stdin and
 * stdout, and SIGINT, SIGTERM, SIGHUP, SIGWINCH while it runs. setlocale() was called before.
 *
 * Returns false if there is no terminal to show it on; `problem` says why.
 */
bool aw__tui_run(const struct aw__tui_source *source, struct aw__problem *problem);

#endif
