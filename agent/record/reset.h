/* SPDX-License-Identifier: MIT */
/*
 * Tables that remember something about the tasks and loops of one box are cleared in a forked child, which gets a box of its own, and when the
 * next recording begins. Each table is registered by its file.
 */
#ifndef AW__RESET_H
#define AW__RESET_H

#include <stdbool.h>

struct aw__reset {
	void (*clear)(void);
	bool only_after_fork;	/* the next recording leaves the table as it is */
	struct aw__reset *next; /* of all that are registered */
};

/**
 * Register a table.
 *
 * @param reset  not registered yet; borrowed for as long as the process lives
 *
 * Context: no recording begins, and no thread forks meanwhile
 */
void aw__reset_register(struct aw__reset *reset);

/** Clear all tables. Context: in the child, right after fork(): it has one thread. */
void aw__reset_after_fork(void);
/** Clear the tables about the box before. Context: the thread that opens the next box; it is the only one that looks for findings. */
void aw__reset_for_next_recording(void);

#endif
