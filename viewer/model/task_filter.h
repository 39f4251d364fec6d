/* SPDX-License-Identifier: MIT */
/*
 * The filter language, which selects tasks.
 *
 *	state:waiting age>5s name~/db/ -has:error
 *
 * Terms are separated by spaces, and all must match. A term is FIELD OPERATOR VALUE, or a single word, which is searched
 * for in a task's name and coroutine. `-` or `not` before a term negates it. A value may be "quoted"; `:` takes several
 * values, separated by commas, of which one must match. aw__filter_fields describes the fields.
 *
 *	:  is, or contains (texts; upper and lower case are the same)        = !=  is (not)
 *	<  <=  >  >=  numbers and durations                                  ~ !~  a regular expression, /…/ or not
 *
 * A filter depends only on the model. A regular expression gives up after a bounded number of steps: then the task does
 * not match, and is counted.
 */
#ifndef AW__MODEL_FILTER_H
#define AW__MODEL_FILTER_H

#include "base/buffer.h"
#include "base/problem.h"
#include "viewer/model/model.h"

#define AW__FILTER_MOST_TERMS 64u
#define AW__FILTER_MOST_BYTES 4096u

enum aw__filter_type {
	AW__FILTER_TEXT,
	AW__FILTER_CHOICE,   /* one of some words */
	AW__FILTER_NUMBER,   /* may end in k, M, G (1000), Ki, Mi, Gi (1024) */
	AW__FILTER_DURATION, /* 250ms, 5s, 1.5min, 2h, 1d; ns and us, too */
};

struct aw__filter_field {
	const char *name;
	enum aw__filter_type type;
	const char *help;
	/* The n-th word that is allowed; NULL past the last. For CHOICE only. */
	const char *(*choice)(size_t n);
};

/** The fields, for help, man page and completion; ends with a NULL name. */
extern const struct aw__filter_field aw__filter_fields[];

struct aw__filter;

/**
 * Parse a filter.
 *
 * @param problem  on failure: a line that says what is wrong, a line with the filter, and a line with a caret below
 *                 the place
 * Returns NULL if the filter is invalid.
 */
struct aw__filter *aw__filter_create(const char *text, struct aw__problem *problem);
void aw__filter_destroy(struct aw__filter *filter);
/** Whether a task of this model matches. Ages are measured up to `now_ns`. */
bool aw__filter_matches(struct aw__filter *filter, const struct aw__model *model,
			const struct aw__task *task, uint64_t now_ns);
/** How often a regular expression gave up. */
uint64_t aw__filter_gave_up(const struct aw__filter *filter);

/** A duration at the beginning of `text`: its length, 0 if there is none. */
size_t aw__filter_duration(const char *text, uint64_t *ret_ns);

#endif
