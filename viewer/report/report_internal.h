/* SPDX-License-Identifier: MIT */
/* Shared by the files of the text report. */
#ifndef AW__REPORT_INTERNAL_H
#define AW__REPORT_INTERNAL_H

#include "base/map.h"
#include "base/tree.h"
#include "viewer/report/allow.h"
#include "viewer/report/report.h"

enum aw__style {
	AW__STYLE_PLAIN,
	AW__STYLE_TITLE,
	AW__STYLE_ERROR,
	AW__STYLE_STRONG,
	AW__STYLE_FAINT,
	AW__STYLE_GOOD,
};

/* The bound on a report's size: a part that exceeds it is removed again, and counted. */
struct aw__limit {
	struct aw__buffer *out;
	size_t from; /* where the part begins */
	size_t most; /* the buffer's own bound, restored at the end */
	uint64_t left_out;
};

void aw__limit_begin(struct aw__limit *limit, struct aw__buffer *out);
/** Begin a part. False if there is no room: the part is counted as left out. */
bool aw__limit_next(struct aw__limit *limit);
/** End a part; it is removed if it did not fit. */
void aw__limit_done(struct aw__limit *limit);
/** Returns how many parts were left out. */
uint64_t aw__limit_end(struct aw__limit *limit);
/** "3 further findings are left out: a report has at most 32.0 MiB"; nothing for 0. */
void aw__limit_show(struct aw__buffer *out, uint64_t count, const char *what);

/* A text report that is being written. */
struct aw__writing {
	const struct aw__model *model;
	struct aw__report_options options;
	struct aw__buffer *out;
	struct aw__map printed; /* stacks that this section has shown */
	bool strict;		/* only facts that the recorder never overwrites */
};

void aw__writing_init(struct aw__writing *writing, const struct aw__model *model,
		      const struct aw__report_options *options, struct aw__buffer *out);
void aw__writing_finish(struct aw__writing *writing);
/** Begin a section: it shows stacks anew, even if an earlier section has shown them. */
void aw__writing_section(struct aw__writing *writing);
void aw__writing_style(struct aw__writing *writing, enum aw__style style);
/** "…" or "...". */
const char *aw__writing_dots(const struct aw__writing *writing);
/** Append text from the recording, escaped. Takes NULL. */
void aw__writing_foreign(struct aw__writing *writing, const char *text);
void aw__writing_file(struct aw__writing *writing, const char *path);
/** Append a wrapped paragraph; each line begins with `indent`. */
void aw__writing_paragraph(struct aw__writing *writing, const char *indent, const char *text);
/** Append " ×3" if count is more than one. */
void aw__writing_times(struct aw__writing *writing, uint64_t count);
/** "allowed: REASON (FILE:LINE, until DAY)". */
void aw__writing_allowance(struct aw__writing *writing, const struct aw__allowance *entry,
			   const struct aw__allow_list *list);
/** "N thing" or "N things". */
void aw__writing_plural(struct aw__writing *writing, uint64_t count, const char *thing);

/* The facts about a task that this report may use (see `strict`); NULL if there are none. */
const struct aw__task_facts *aw__labels_facts(const struct aw__writing *writing, uint64_t id);
/** Append a task's name; "Task-2" if the name is unknown. */
void aw__labels_name(struct aw__writing *writing, uint64_t id);
/** Append "Task-2 (coroutine bug, defined at demo.c:3)". `coroutine` 0: the task's own. */
void aw__labels_task(struct aw__writing *writing, uint64_t id, uint64_t coroutine);
/** Append "bug, defined at demo.c:3". */
void aw__labels_place(struct aw__writing *writing, uint64_t place);

/** Append what a task waits for, and its holder: "lock #5, held by Task-3". */
void aw__waits_target(struct aw__writing *writing, uint64_t kind, uint64_t target);
/** Append the tasks of a deadlock, in order, and where each waits and was created. */
void aw__waits_members(struct aw__writing *writing, const struct aw__found *found);
/** Append a line for each cycle of tasks that currently wait for each other. */
void aw__waits_circles(struct aw__writing *writing);

/* The beginning of each line of a stack: an indent, or the branches of a tree. */
struct aw__margin {
	const struct aw__tree *tree; /* NULL: only the indent */
	bool children;
	const char *indent;
};

void aw__margin_line(struct aw__writing *writing, const struct aw__margin *margin);
/**
 * Append a stack and the stacks that it links to, up to main.
 *
 * @param heading  of the first part, without a colon
 * @param site     a place in the first part that the compiler may have left out of it (a call in
 * tail position leaves no frame); 0: none
 * @param task     the task of the first part; 0: none
 * @param in_task  the first part is a stack within `task`, and the next one is where `task` was created;
 * otherwise the first part is where `task` was created
 */
void aw__stacks_show(struct aw__writing *writing, const struct aw__margin *margin,
		     const char *heading, uint64_t stack, uint64_t site, uint64_t task,
		     bool in_task);
/** The task of a finding's stack. Returns true if the stack is within it, false if it is where the task was created. */
bool aw__stacks_owner(const struct aw__found *found, uint64_t *ret_task);
/** Append the program's frames of one stack in one line, innermost first. Returns false if there are none. */
bool aw__stacks_line(struct aw__writing *writing, uint64_t stack);
/** "bug at demo.c:3". */
void aw__stacks_frame(struct aw__writing *writing, const struct aw__frame *frame);

/** Append the retries, breaker, service and decision of an error: lines, each after the margin. */
void aw__resilience_show(struct aw__writing *writing, const struct aw__margin *margin,
			 const struct aw__error *error);
/** Append an error and its parts, as a tree. */
void aw__error_tree_show(struct aw__writing *writing, const char *indent, uint64_t error);

/** Put an error and all its parts into `seen`; returns how many were added. */
size_t aw__error_tree_mark(const struct aw__model *model, struct aw__map *seen, uint64_t id);

/* Pointers to const objects, sorted. */
struct aw__sorted {
	const void **items;
	size_t count;
};

/** Groups that are not empty, sorted by their first finding. */
void aw__sorted_groups(const struct aw__model *model, struct aw__sorted *ret_sorted);
/** The findings of a group, sorted by time. */
void aw__sorted_members(const struct aw__found_group *group, struct aw__sorted *ret_sorted);
/** Recorded errors that are part of no other error, sorted by id. */
void aw__sorted_roots(const struct aw__model *model, struct aw__sorted *ret_sorted);
/** All recorded errors, sorted by id. */
void aw__sorted_errors(const struct aw__model *model, struct aw__sorted *ret_sorted);
void aw__sorted_finish(struct aw__sorted *sorted);
/** Sort ids, in place. */
void aw__sorted_ids(uint64_t *ids, size_t count);

#endif
