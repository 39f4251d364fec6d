/* SPDX-License-Identifier: MIT */
/* Memory of the box, which is requested piece by piece, and memory that a forked child does not inherit. */
#ifndef AW__BOX_H
#define AW__BOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Give memory to a part of the box, so that reading and writing it cannot fail. False: there is no memory, or a filter refuses it. */
bool aw__box_back(const void *start, uint64_t bytes);
/** How many bytes to back next, after `backed` bytes: few at first, so that a small program takes little memory. */
uint64_t aw__box_piece(uint64_t backed);
/** Whether to try to back a piece: only at every so many misses, as a try costs microseconds. With the mutex held. */
bool aw__box_may_try(uint32_t *misses);

/** Memory that the kernel clears in a child process. NULL: none is left. */
void *aw__wiped_alloc(size_t bytes);

#endif
