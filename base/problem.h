/* SPDX-License-Identifier: MIT */
/*
 * What went wrong, in one line for a person: what, where, and what is allowed.
 *
 * A function that can fail takes a `struct aw__problem *` last, returns false, and has filled it.
 */
#ifndef AW__PROBLEM_H
#define AW__PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

struct aw__problem {
	char text[512];
};

/** Fill `problem` and return false, so that a caller can say `return aw__problem_set(…)`. */
__attribute__((format(printf, 2, 3))) bool aw__problem_set(struct aw__problem *problem,
							   const char *format, ...);

/**
 * Say what is wrong with a piece of an argument: the sentence, and below it the argument, with carets below the piece. All of
 * it is escaped, since the sentence may quote what was typed.
 *
 * @param text    the argument, which ends with NUL
 * @param at      the piece, within it
 * @param length  bytes; 0: one caret below `at`
 *
 * Returns false.
 */
bool aw__problem_point(struct aw__problem *problem, const char *text, const char *at, size_t length,
		       const char *sentence);

#endif
