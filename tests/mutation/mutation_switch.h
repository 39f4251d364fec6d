/* SPDX-License-Identifier: MIT */
/*
 * Included first by each file of the copied tree that mutate.py builds: the variable MUTANT selects the mutation that
 * is on. MUTANT=0, or no MUTANT, is the original program.
 */
#ifndef MUTATION_SWITCH_H
#define MUTATION_SWITCH_H

#include <stdlib.h>

static int mutation_chosen;

/* Runs before all other constructors of the file, which may be mutated themselves. */
__attribute__((constructor(101), unused)) static void mutation_choose(void)
{
	const char *chosen = getenv("MUTANT");

	mutation_chosen = chosen != NULL ? atoi(chosen) : 0;
}

#define MUTANT(number) __builtin_expect(mutation_chosen == (number), 0)

#endif
