/* SPDX-License-Identifier: MIT */
#ifndef BLOCKING_H
#define BLOCKING_H

struct blocking_call {
	const char *name;
	long (*call)(void); /* sets errno if it gives -1 */
};

/* The last has no name. */
extern const struct blocking_call blocking_calls[];

#endif
