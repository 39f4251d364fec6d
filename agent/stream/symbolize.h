/* SPDX-License-Identifier: MIT */
/* Addresses of this process -> functions and source lines, on the stream thread, for what goes to stderr. */
#ifndef AW__SYMBOLIZE_H
#define AW__SYMBOLIZE_H

#include <stdint.h>

struct aw__source_place {
	const char *function; /* NULL: unknown. Valid for the process's life */
	const char *file;     /* NULL: unknown */
	uint32_t line;
};

/** Call `each` for the functions at an address: inlined ones first, the one that they are inlined in last. */
void aw__symbolize(uint64_t address, void (*each)(void *arg, const struct aw__source_place *place),
		   void *arg);

#endif
