/* SPDX-License-Identifier: MIT */
/*
 * Included first by each file of the copied tree that mutate.py builds: the environment chooses which one of the
 * mutations is on. MUTANT=0, or no MUTANT, is the program as it was written.
 */
#ifndef MUTATION_SWITCH_H
#define MUTATION_SWITCH_H

#include <stdlib.h>

static int mutation_chosen;

/* Before any other constructor of the file, which may be mutated itself. */
__attribute__((constructor(101), unused)) static void mutation_choose(void)
{
	const char *chosen = getenv("MUTANT");

	mutation_chosen = chosen != NULL ? atoi(chosen) : 0;
}

#define MUTANT(number) __builtin_expect(mutation_chosen == (number), 0)

#endif
