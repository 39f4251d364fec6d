/* SPDX-License-Identifier: MIT */
/*
 * The protocol between the agent and awry-symbolize, over a socket pair. Both run on one machine and come from one build:
 * numbers are in host byte order.
 *
 * A question is a header and `length` bytes:
 *	DEFINE   u64 kind, id, number count, numbers, then text; no answer
 *	RESOLVE  u64 address, entry
 *	SOURCE   u64 line, then the file's path
 *
 * An answer is a header of the same kind and, for RESOLVE, frames, innermost first, each
 *	u64 line, own, offset, then function, file, module: u64 length + 1 (0: unknown) and the bytes;
 * for SOURCE the bytes of the line, without white space around it; none if the line cannot be read.
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

/* The descriptor of the socket in awry-symbolize. */
#define AW__SYMBOLIZE_FD 0

#endif
