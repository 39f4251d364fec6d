/* SPDX-License-Identifier: MIT */
/* Shared by the C halves of all pairs: functions that print like the Python halves. */
#ifndef ORACLE_H
#define ORACLE_H

#include <awry.h>

#include <stdio.h>

/* print(f"{type(error).__name__}: {error}") */
static inline void show(const aw_error *err)
{
	if (err == NULL)
		puts("None");
	else
		printf("%s: %s\n", aw_error_typeof(err)->name, aw_error_message(err));
}

/* The same, and unref the error. */
static inline void end(aw_error *err)
{
	show(err);
	aw_error_unref(err);
}

/* Print a group and its members, which are indented. */
static inline void show_tree(const aw_error *err, int depth)
{
	printf("%*s", 2 * depth, "");
	show(err);
	for (size_t i = 0; i < aw_error_child_count(err); i++)
		show_tree(aw_error_child(err, i), depth + 1);
}

#define ORACLE_MAIN                                                                                \
	int main(void)                                                                             \
	{                                                                                          \
		setvbuf(stdout, NULL, _IOLBF, 0);                                                  \
		return aw_exit_status(aw_run(amain, NULL, NULL));                                  \
	}

#endif
