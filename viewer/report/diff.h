/* SPDX-License-Identifier: MIT */
/*
 * Compares two recordings of a program.
 *
 * A finding is more frequent if its count grew by half, by at least three, and by more than three standard deviations
 * of chance. Tasks of a stack are slower if both recordings have at least twenty of them, their median grew by the
 * threshold and by 0.1 ms, and Mann and Whitney's U is more than four standard deviations off. Waiting times depend on
 * the machine's other load, too, which no test of two runs can tell from a change of the program: for them the
 * threshold is doubled.
 */
#ifndef AW__REPORT_DIFF_H
#define AW__REPORT_DIFF_H

#include "viewer/report/profile.h"
#include "viewer/report/report.h"

enum aw__change {
	AW__CHANGE_NEW,
	AW__CHANGE_GONE,
	AW__CHANGE_MORE,   /* of findings: more frequent */
	AW__CHANGE_SLOWER, /* of stacks: they run or wait longer */
	AW__CHANGE_FASTER,
	AW__CHANGES
};

struct aw__diff_finding {
	enum aw__change change;
	const struct aw__profile_finding *older, *newer; /* NULL: not in that recording */
	bool allowed; /* without the allowed findings there would be no change */
};

struct aw__diff_stack {
	enum aw__change change;
	const struct aw__profile_stack *older, *newer;
	bool wait; /* compares the time they waited, not the time they ran */
};

struct aw__diff {
	const struct aw__profile *older, *newer;
	struct aw__diff_finding *findings;
	size_t finding_count;
	struct aw__diff_stack *stacks;
	size_t stack_count;
	uint64_t found[AW__CHANGES];   /* findings, by change */
	uint64_t allowed[AW__CHANGES]; /* of `found` */
	uint64_t stacked[AW__CHANGES]; /* stacks, by change */
};

/** `slower_percent`: by how many percent a median has to grow. */
void aw__diff_init(struct aw__diff *diff, const struct aw__profile *older,
		   const struct aw__profile *newer, unsigned slower_percent);
void aw__diff_finish(struct aw__diff *diff);
void aw__diff_text(const struct aw__diff *diff, const struct aw__report_options *options,
		   struct aw__buffer *out);
void aw__diff_json(const struct aw__diff *diff, struct aw__buffer *out);
/** "new", "gone", "more", "slower", "faster". */
const char *aw__change_name(enum aw__change change);

#endif
