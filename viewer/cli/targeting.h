/* SPDX-License-Identifier: MIT */
/* The one target of a command. */
#ifndef AW__CLI_TARGETING_H
#define AW__CLI_TARGETING_H

#include <argp.h>

struct aw__target {
	const char *wanted; /* what it may be, for who forgot it; NULL: anything that can be read */
	const char *name;
};

/** One argument, which has to be there, as a child of a command's parser; its input is a struct aw__target. */
extern const struct argp aw__targeting_argp;

#endif
