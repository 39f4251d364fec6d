/* SPDX-License-Identifier: MIT */
/*
 * What a recording amounts to, in terms that another run of the program has, too: its findings, and
 * how long the tasks of each creation stack ran and waited. By identity (identity.h), not by id.
 *
 * Times go into histograms of eight buckets an octave, so that memory does not grow with tasks.
 */
#ifndef AW__REPORT_PROFILE_H
#define AW__REPORT_PROFILE_H

#include "base/buffer.h"
#include "base/map.h"
#include "viewer/model/model.h"
#include "viewer/report/allow.h"

#define AW__PROFILE_BUCKETS    344u /* 1 ns to 2^43 ns: two hours and more */
#define AW__PROFILE_MAX_STACKS 65536u

struct aw__times {
	uint64_t count;
	uint32_t buckets[AW__PROFILE_BUCKETS];
};

void aw__times_add(struct aw__times *times, uint64_t ns);
/** 0 of none; otherwise exact to a twelfth. */
uint64_t aw__times_median_ns(const struct aw__times *times);
/**
 * How sure it is that `newer` are longer: standard deviations of Mann and Whitney's U.
 *
 * Negative if they are shorter; 0 if either has none.
 */
double aw__times_compare(const struct aw__times *older, const struct aw__times *newer);

struct aw__profile_finding {
	uint64_t identity, count;
	uint64_t allowed;		       /* of them */
	const struct aw__allowance *allowance; /* that allows the first that is; NULL: none is */
	uint32_t kind;
	char *text; /* one line */
	char *file; /* NULL: unknown */
	uint32_t line;
};

struct aw__profile_stack {
	uint64_t identity, count; /* tasks that were created there */
	char *coroutine;	  /* NULL: unknown */
	char *function, *file;	  /* of the program's innermost frame; NULL: unknown */
	uint32_t line;
	struct aw__times run, wait; /* of those that ended */
	uint64_t stack, place;	    /* the recording's own numbers */
};

struct aw__profile {
	struct aw__profile_finding **findings;
	size_t finding_count;
	struct aw__profile_stack **stacks;
	size_t stack_count;
	uint64_t found, tasks;		   /* in all */
	uint64_t beyond;		   /* tasks of stacks beyond the bound */
	const struct aw__allow_list *list; /* what findings were judged by; NULL: nothing */
	struct aw__map by_number, by_identity, alive;
};

/** Take note of an item; the model is another's. */
void aw__profile_item(struct aw__profile *profile, const struct aw__item *item);
/** All items were seen: names and findings come from the model. `verdicts` may be NULL; its list is to outlive the profile. */
void aw__profile_complete(struct aw__profile *profile, const struct aw__model *model,
			  const struct aw__verdicts *verdicts);
void aw__profile_finish(struct aw__profile *profile);

#endif
