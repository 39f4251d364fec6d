/* SPDX-License-Identifier: MIT */
/* What a row or a sheet is about: from it one keystroke leads to everything that belongs to it. */
#ifndef AW__TUI_SUBJECT_H
#define AW__TUI_SUBJECT_H

#include <stddef.h>
#include <stdint.h>

struct aw__app;
struct aw__buffer;
struct aw__found_group;

/* 0: none. */
struct aw__subject {
	unsigned process;
	uint64_t task;
	uint64_t error;
	uint64_t group; /* of findings: its index + 1 */
	uint64_t loop;
	uint64_t merge_key; /* of tasks that are shown as one */
	uint64_t place;	    /* in the source */
	uint64_t id;	    /* anything else that a page is about */
	uint8_t wait_kind;  /* what that is, if it can be waited for */
};

/** A text about a subject. */
struct aw__page {
	const char *name;
	/* Append it, with SGR sequences and links (phrases.h). */
	void (*write)(struct aw__app *app, const struct aw__subject *subject,
		      struct aw__buffer *out);
	/* Returns why the page cannot be shown; NULL if it can. No function: it always can. */
	const char *(*lacks)(struct aw__app *app, const struct aw__subject *subject);
};

extern const struct aw__page aw__page_finding;
extern const struct aw__page aw__page_task;
extern const struct aw__page aw__page_error;
extern const struct aw__page aw__page_raise;
extern const struct aw__page aw__page_creation;
extern const struct aw__page aw__page_awaiter;
extern const struct aw__page aw__page_others;
extern const struct aw__page aw__page_why;
extern const struct aw__page aw__page_loop;
extern const struct aw__page aw__page_merged;
extern const struct aw__page aw__page_bookmarks;
extern const struct aw__page aw__page_resource;
extern const struct aw__page aw__page_help;

/** Complete a subject: the task of an error, the error of a task, … */
void aw__subject_complete(struct aw__app *app, struct aw__subject *subject);

/** What `group` is to be for a group of findings; takes NULL. */
uint64_t aw__subject_group(const struct aw__app *app, const struct aw__found_group *group);

/** As struct aw__page's `lacks`, for pages about a task, or about a group of findings. */
const char *aw__subject_lacks_task(struct aw__app *app, const struct aw__subject *subject);
const char *aw__subject_lacks_finding(struct aw__app *app, const struct aw__subject *subject);

#endif
