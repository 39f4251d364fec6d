/* SPDX-License-Identifier: MIT */
/* Texts about tasks, frames, errors and times, for cells and pages; recorded text is escaped. */
#ifndef AW__TUI_PHRASES_H
#define AW__TUI_PHRASES_H

#include "viewer/tui/app.h"

#define AW__BOLD    "\x1b[1m"
#define AW__DIM	    "\x1b[2m"
#define AW__RED	    "\x1b[1;31m"
#define AW__MAGENTA "\x1b[1;35m"
#define AW__GREEN   "\x1b[32m"
#define AW__CYAN    "\x1b[36m"
#define AW__PLAIN   "\x1b[0m"

/** Append recorded text, escaped. Takes NULL. */
void aw__phrases_foreign(const struct aw__app *app, struct aw__buffer *out, const char *text);
/** The name of a task. */
void aw__phrases_task(const struct aw__app *app, struct aw__buffer *out, uint64_t id);
/** "bug at demo.c:3". */
void aw__phrases_frame(const struct aw__app *app, struct aw__buffer *out,
		       const struct aw__frame *frame);
/** The same, without the folder of the file. */
void aw__phrases_short_frame(const struct aw__app *app, struct aw__buffer *out,
			     const struct aw__frame *frame);
/** The same, of a place; nothing if there is none. Returns whether there is. */
bool aw__phrases_place(const struct aw__app *app, struct aw__buffer *out, uint64_t place,
		       bool brief);
/** "ValueError: no BTC". */
void aw__phrases_error(const struct aw__app *app, struct aw__buffer *out,
		       const struct aw__error *error);
/** "22:13:23": local time of a moment. */
void aw__phrases_clock(const struct aw__app *app, struct aw__buffer *out, uint64_t time_ns);
/** "3.0 s ago"; nothing if the moment is unknown. Returns whether it is known. */
bool aw__phrases_ago(const struct aw__app *app, struct aw__buffer *out, uint64_t time_ns);
/** "sleep", "task Task-3", "lock #5": what a task waits for. */
void aw__phrases_wait(const struct aw__app *app, struct aw__buffer *out, uint8_t kind,
		      uint64_t target);
/** "3 tasks". */
void aw__phrases_count(struct aw__buffer *out, uint64_t count, const char *thing);
/** A dotted number of things that are not shown. */
const char *aw__phrases_dots(const struct aw__app *app);
const char *aw__phrases_times(const struct aw__app *app);

/* ---- for pages ---- */

/** Begin a line "  name        " whose rest is the value. */
void aw__phrases_field(struct aw__buffer *out, const char *name);
/** The line leads to a task (kind 't'), an error ('e') or a group of findings ('g'). */
void aw__phrases_link(const struct aw__app *app, struct aw__buffer *out, char kind, uint64_t id);
/** Append where a cancellation came from, and why: the rest of a line. */
void aw__phrases_cancel(const struct aw__app *app, struct aw__buffer *out,
			const struct aw__task_cancel *cancel);
/** Where that comes from. */
void aw__phrases_cancel_stacks(const struct aw__app *app, struct aw__buffer *out,
			       const struct aw__task_cancel *cancel);
/** The frames of one stack, a line each, with the lines of the source below them. */
void aw__phrases_stack(const struct aw__app *app, struct aw__buffer *out,
		       const struct aw__stack *stack);
/**
 * A stack and those that it goes on with, up to main.
 *
 * @param first    the heading of the first; those of the others name the task that was created there
 * @param task     in which the first part ran, or which was created there; 0: unknown
 * @param in_task  the first part is a stack within `task`; otherwise it is where `task` was created
 */
void aw__phrases_chain(const struct aw__app *app, struct aw__buffer *out, uint64_t stack,
		       const char *first, uint64_t task, bool in_task);
/** A paragraph, wrapped to the screen. */
void aw__phrases_paragraph(const struct aw__app *app, struct aw__buffer *out, const char *text);

#endif
