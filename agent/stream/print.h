/* SPDX-License-Identifier: MIT */
/* One finding as text, in the shape of asyncio's log and of Python's tracebacks. */
#ifndef AW__PRINT_H
#define AW__PRINT_H

#include "agent/stream/stream_internal.h"
#include "agent/stream/symbolizer.h"
#include "base/buffer.h"
#include "proto/blackbox_read.h"
#include "proto/item.h"

struct aw__print {
	const struct aw__box *box;	/* for definitions */
	struct aw__symbolizer *symbols; /* NULL: out of memory */
	/* findings that stderr did not take, or only in part, by the reason: enum aw__stderr_result */
	uint64_t unwritten[AW__STDERR_RESULTS];
	struct aw__buffer out;
	char folder_bytes[4096];
	const char *folder;  /* where the program was when printing began; NULL: unknown */
	char indent[4 * 32]; /* before each line: the bars of the groups around it */
	size_t indent_length;
	/* recorded before the finding: tasks, errors and their notes */
	const struct aw__event *const *parts;
	size_t part_count;
};

void aw__print_init(struct aw__print *print, const struct aw__box *box);
void aw__print_finish(struct aw__print *print);

/** `task`: the TASK_STATE of the finding's task, NULL if it was not recorded. */
void aw__print_finding(struct aw__print *print, const struct aw__event *finding,
		       const struct aw__event *task);
/** Write the text to stderr. */
void aw__print_flush(struct aw__print *print);

/* ---- print_stack.c ---- */

/** A stack and the stacks that it is linked to, the outermost frame first, each with its source line. */
void aw__print_stack(struct aw__print *print, uint64_t stack);
/** FILE:LINE of where a stack begins (its innermost frame of the program's own). False if unknown. */
bool aw__print_stack_top(struct aw__print *print, uint64_t stack);
/** The name of a place's function; "?" if it has none. */
void aw__print_place_name(struct aw__print *print, uint64_t place);
/** FILE:LINE of a place. False if unknown. */
bool aw__print_place_site(struct aw__print *print, uint64_t place);
/** A place that the program named: `  File "…", line N, in …`, and the source line. */
void aw__print_place(struct aw__print *print, uint64_t place);
void aw__print_indent(struct aw__print *print);

/* ---- print_error.c ---- */

/** An error with its causes, contexts and members, as Python would print it. */
void aw__print_error(struct aw__print *print, uint64_t error);
/** Exception('not consumed'). */
void aw__print_error_repr(struct aw__print *print, uint64_t error);

#endif
