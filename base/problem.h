/* SPDX-License-Identifier: MIT */
/*
 * An error message for the user, normally one line: what failed, on what, and what is allowed.
 *
 * A function that can fail takes a `struct aw__problem *` as its last parameter; if it fails, it fills it and returns false.
 */
#ifndef AW__PROBLEM_H
#define AW__PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

struct aw__problem {
	char text[512];
};

/** Fill `problem` and return false, so that a caller can write `return aw__problem_set(…)`. */
__attribute__((format(printf, 2, 3))) bool aw__problem_set(struct aw__problem *problem,
							   const char *format, ...);

/**
 * Report an error in a part of an argument: the sentence, below it the argument, and carets below the part. Everything is
 * escaped, since the sentence may quote user input.
 *
 * @param text    the argument, NUL-terminated
 * @param at      where the part begins, within `text`
 * @param length  bytes; 0: one caret below `at`
 *
 * Returns false.
 */
bool aw__problem_point(struct aw__problem *problem, const char *text, const char *at, size_t length,
		       const char *sentence);

#endif
