/* SPDX-License-Identifier: MIT */
/* Types that the parser, the regular expressions and the evaluation of filters share. */
#ifndef AW__MODEL_FILTER_INTERNAL_H
#define AW__MODEL_FILTER_INTERNAL_H

#include "base/map.h"
#include "viewer/model/task_filter.h"

enum aw__filter_operator {
	AW__FILTER_HAS, /* : */
	AW__FILTER_IS,
	AW__FILTER_IS_NOT,
	AW__FILTER_LESS,
	AW__FILTER_LESS_OR_SAME,
	AW__FILTER_MORE,
	AW__FILTER_MORE_OR_SAME,
	AW__FILTER_LIKE,
	AW__FILTER_NOT_LIKE,
};

enum aw__filter_what {
	AW__FILTER_BY_WORD, /* no field */
	AW__FILTER_BY_STATE,
	AW__FILTER_BY_NAME,
	AW__FILTER_BY_COROUTINE,
	AW__FILTER_BY_FILE,
	AW__FILTER_BY_WAIT,
	AW__FILTER_BY_TARGET,
	AW__FILTER_BY_OUTCOME,
	AW__FILTER_BY_ERROR,
	AW__FILTER_BY_KIND,
	AW__FILTER_BY_HAS,
	AW__FILTER_BY_ID,
	AW__FILTER_BY_CREATOR,
	AW__FILTER_BY_LOOP,
	AW__FILTER_BY_SCOPE,
	AW__FILTER_BY_AGE,
	AW__FILTER_BY_SINCE,
	AW__FILTER_BY_RUN,
	AW__FILTER_BY_STEPS,
	AW__FILTER_BY_CREATED,
	AW__FILTER_BY_FINISHED,
	AW__FILTER_BY_ERRORS,
	AW__FILTER_BY_FINDINGS,
};

enum aw__filter_has {
	AW__FILTER_HAS_ERROR,
	AW__FILTER_HAS_FINDING,
	AW__FILTER_HAS_CANCEL,
	AW__FILTER_HAS_CHILDREN,
	AW__FILTER_HAS_CREATOR,
	AW__FILTER_HAS_NAME,
};

struct aw__regex;

struct aw__filter_term {
	enum aw__filter_what what;
	enum aw__filter_operator op;
	bool negated;
	uint64_t choices; /* CHOICE: a bit for each */
	uint64_t number;  /* NUMBER, DURATION */
	char **texts;	  /* TEXT: those that may fit */
	size_t text_count;
	struct aw__regex *regex;
};

struct aw__filter {
	struct aw__filter_term terms[AW__FILTER_MOST_TERMS];
	size_t count;
	uint64_t gave_up;
	/* a cache for the model of the last call: the kinds of findings of each task, as bits */
	const struct aw__model *model;
	struct aw__map kinds;
	size_t kinds_seen;
};

/** Compile a pattern. NULL, and `problem` says why, if it is invalid. */
struct aw__regex *aw__regex_create(const char *pattern, size_t length, struct aw__problem *problem);
void aw__regex_destroy(struct aw__regex *regex);
/** Whether a text matches. `gave_up` is incremented if the match was given up, since it took too long. */
bool aw__regex_matches(const struct aw__regex *regex, const char *text, uint64_t *gave_up);

#endif
