/* SPDX-License-Identifier: MIT */
/* The subject of a row or page: the ids of a finding, its error, its task and so on, so that one key opens the page of
 * each. */
#ifndef AW__TUI_SUBJECT_H
#define AW__TUI_SUBJECT_H

#include <stddef.h>
#include <stdint.h>

struct aw__app;
struct aw__buffer;
struct aw__found_group;

/* In each field 0 means none. */
struct aw__subject {
	unsigned process;
	uint64_t task;
	uint64_t error;
	uint64_t group; /* a finding group's index + 1 */
	uint64_t loop;
	uint64_t merge_key; /* of merged tasks */
	uint64_t place;	    /* a source place */
	uint64_t id;	    /* the id of any other subject */
	uint8_t wait_kind;  /* kind of `id`, if tasks can wait for it */
};

/** A text about a subject. */
struct aw__page {
	const char *name;
	/* Append the text, with SGR sequences and links (phrases.h). */
	void (*write)(struct aw__app *app, const struct aw__subject *subject,
		      struct aw__buffer *out);
	/* Returns why the page cannot be shown; NULL if it can. May be NULL: it always can. */
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

/** The value of `group` for a group of findings; takes NULL. */
uint64_t aw__subject_group(const struct aw__app *app, const struct aw__found_group *group);

/** `lacks` of struct aw__page, for pages about a task or a group of findings. */
const char *aw__subject_lacks_task(struct aw__app *app, const struct aw__subject *subject);
const char *aw__subject_lacks_finding(struct aw__app *app, const struct aw__subject *subject);

#endif
