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
/** Append the name of a task. */
void aw__phrases_task(const struct aw__app *app, struct aw__buffer *out, uint64_t id);
/** Append "bug at demo.c:3". */
void aw__phrases_frame(const struct aw__app *app, struct aw__buffer *out,
		       const struct aw__frame *frame);
/** The same, without the folder of the file. */
void aw__phrases_short_frame(const struct aw__app *app, struct aw__buffer *out,
			     const struct aw__frame *frame);
/** The same for a place; nothing if it is unknown. Returns whether it is known. */
bool aw__phrases_place(const struct aw__app *app, struct aw__buffer *out, uint64_t place,
		       bool brief);
/** Append "ValueError: no BTC". */
void aw__phrases_error(const struct aw__app *app, struct aw__buffer *out,
		       const struct aw__error *error);
/** Append a time as local time of day: "22:13:23". */
void aw__phrases_clock(const struct aw__app *app, struct aw__buffer *out, uint64_t time_ns);
/** Append "3.0 s ago"; nothing if the time is unknown. Returns whether it is known. */
bool aw__phrases_ago(const struct aw__app *app, struct aw__buffer *out, uint64_t time_ns);
/** Append what a task waits for: "sleep", "task Task-3", "lock #5". */
void aw__phrases_wait(const struct aw__app *app, struct aw__buffer *out, uint8_t kind,
		      uint64_t target);
/** Append "3 tasks". */
void aw__phrases_count(struct aw__buffer *out, uint64_t count, const char *thing);
/** "…" or "...", for left out parts. */
const char *aw__phrases_dots(const struct aw__app *app);
const char *aw__phrases_times(const struct aw__app *app);

/* ---- for pages ---- */

/** Begin a line "  name        "; the caller appends the value. */
void aw__phrases_field(struct aw__buffer *out, const char *name);
/** Link the current line to a task (kind 't'), an error ('e') or a group of findings ('g'). */
void aw__phrases_link(const struct aw__app *app, struct aw__buffer *out, char kind, uint64_t id);
/** Append the source of a cancellation and its reason, as the rest of a line. */
void aw__phrases_cancel(const struct aw__app *app, struct aw__buffer *out,
			const struct aw__task_cancel *cancel);
/** Append the stacks of that source. */
void aw__phrases_cancel_stacks(const struct aw__app *app, struct aw__buffer *out,
			       const struct aw__task_cancel *cancel);
/** Append the frames of one stack, one line each, with their source lines. */
void aw__phrases_stack(const struct aw__app *app, struct aw__buffer *out,
		       const struct aw__stack *stack);
/**
 * Append a stack and the stacks that it links to, up to main.
 *
 * @param first    the heading of the first stack; later headings name the task that was created there
 * @param task     the task of the first stack; 0: unknown
 * @param in_task  the first stack is within `task`; otherwise it is where `task` was created
 */
void aw__phrases_chain(const struct aw__app *app, struct aw__buffer *out, uint64_t stack,
		       const char *first, uint64_t task, bool in_task);
/** Append a paragraph, wrapped to the screen. */
void aw__phrases_paragraph(const struct aw__app *app, struct aw__buffer *out, const char *text);

#endif
