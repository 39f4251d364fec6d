/* SPDX-License-Identifier: MIT */
/*
 * What went wrong, in one line for a person: what, where, and what is allowed.
 *
 * A function that can fail takes a `struct aw__problem *` last, returns false, and has filled it.
 */
#ifndef AW__PROBLEM_H
#define AW__PROBLEM_H

#include <stdbool.h>

struct aw__problem {
	char text[512];
};

/** Fill `problem` and return false, so that a caller can say `return aw__problem_set(…)`. */
__attribute__((format(printf, 2, 3))) bool aw__problem_set(struct aw__problem *problem,
							   const char *format, ...);

#endif
