/* SPDX-License-Identifier: MIT */
/*
 * What the agent and awry-symbolize say to each other, over a socket of a pair. Both are of one build on one machine: numbers
 * are in its byte order.
 *
 * A question is a header and `length` bytes:
 *	DEFINE   u64 kind, id, number count, numbers, then text; no answer
 *	RESOLVE  u64 address, entry
 *	SOURCE   u64 line, then the file's path
 *
 * An answer is a header of the same kind and, for RESOLVE, frames, innermost first, each
 *	u64 line, own, offset, then function, file, module: u64 length + 1 (0: unknown) and the bytes;
 * for SOURCE the line's bytes, without white space around it; none if it cannot be had.
 */
#ifndef AW__SYMBOLIZE_H
#define AW__SYMBOLIZE_H

#include <stdint.h>

enum { AW__SYMBOLIZE_DEFINE = 1, AW__SYMBOLIZE_RESOLVE, AW__SYMBOLIZE_SOURCE };

struct aw__symbolize_header {
	uint32_t kind;
	uint32_t length;
};

#define AW__SYMBOLIZE_MOST_BYTES (256u << 10)

/* The descriptor of its end, in awry-symbolize. */
#define AW__SYMBOLIZE_FD 0

#endif
