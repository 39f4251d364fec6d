/* SPDX-License-Identifier: MIT */
/*
 * A recording in a form that can be compared with another run's: its findings, and how long the tasks of each creation
 * stack ran and waited, keyed by fingerprint (identity.h) and not by id.
 *
 * Durations go into histograms of eight buckets an octave, so memory does not grow with the number of tasks.
 */
#ifndef AW__REPORT_PROFILE_H
#define AW__REPORT_PROFILE_H

#include "base/buffer.h"
#include "base/map.h"
#include "viewer/model/model.h"
#include "viewer/report/allow.h"

#define AW__PROFILE_BUCKETS    344u /* 1 ns to 2^43 ns: more than two hours */
#define AW__PROFILE_MAX_STACKS 65536u

struct aw__times {
	uint64_t count;
	uint32_t buckets[AW__PROFILE_BUCKETS];
};

void aw__times_add(struct aw__times *times, uint64_t ns);
/** 0 if there are no durations; otherwise exact to a twelfth. */
uint64_t aw__times_median_ns(const struct aw__times *times);
/**
 * How significantly `newer` is longer, in standard deviations of Mann and Whitney's U.
 *
 * Negative if it is shorter; 0 if either is empty.
 */
double aw__times_compare(const struct aw__times *older, const struct aw__times *newer);

struct aw__profile_finding {
	uint64_t identity, count;
	uint64_t allowed; /* of `count` */
	const struct aw__allowance
		*allowance; /* the entry that allows the first allowed one; NULL: none is */
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
	struct aw__times run, wait;	 /* of tasks that ended */
	uint64_t stack, place;		 /* ids in the recording */
	struct aw__profile_stack *chain; /* the next one with the same key in by_number */
};

struct aw__profile {
	struct aw__profile_finding **findings;
	size_t finding_count;
	struct aw__profile_stack **stacks;
	size_t stack_count;
	uint64_t found, tasks;		   /* in all */
	uint64_t beyond;		   /* tasks of stacks beyond AW__PROFILE_MAX_STACKS */
	const struct aw__allow_list *list; /* by which findings were judged; NULL: none */
	struct aw__map by_number, by_identity, alive;
};

/** Count an item. It does not touch the model, which the caller fills itself. */
void aw__profile_item(struct aw__profile *profile, const struct aw__item *item);
/** After the last item: take names and findings from the model. `verdicts` may be NULL; its list is to outlive the profile. */
void aw__profile_complete(struct aw__profile *profile, const struct aw__model *model,
			  const struct aw__verdicts *verdicts);
void aw__profile_finish(struct aw__profile *profile);

#endif
