/* SPDX-License-Identifier: MIT */
/*
 * The filter language: which tasks are meant.
 *
 *	state:waiting age>5s name~/db/ -has:error
 *
 * Terms stand side by side, and all must hold. A term is FIELD OPERATOR VALUE, or a word alone, which is looked for in
 * a task's name and coroutine. `-` or `not` before a term turns it around. A value may be "quoted"; `:` takes
 * several, separated by commas, of which one must fit. What each field is, is a row of aw__filter_fields.
 *
 *	:  is, or contains (texts; upper and lower case are the same)        = !=  is (not)
 *	<  <=  >  >=  numbers and durations                                  ~ !~  a regular expression, /…/ or not
 *
 * A filter looks at a model and at nothing else. Regular expressions give up after a bounded number of steps: such a
 * task does not match, and is counted.
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
 * Understand a filter.
 *
 * @param problem  says what is wrong in a first line, shows the filter in a second, and in a third, with a caret
 *                 below it, where
 * Returns NULL if it makes no sense.
 */
struct aw__filter *aw__filter_create(const char *text, struct aw__problem *problem);
void aw__filter_destroy(struct aw__filter *filter);
/** Whether a task of this model matches. `now_ns` is what ages refer to. */
bool aw__filter_matches(struct aw__filter *filter, const struct aw__model *model,
			const struct aw__task *task, uint64_t now_ns);
/** How often a regular expression gave up. */
uint64_t aw__filter_gave_up(const struct aw__filter *filter);

/** A duration at the beginning of `text`: its length, 0 if there is none. */
size_t aw__filter_duration(const char *text, uint64_t *ret_ns);

#endif
