/* SPDX-License-Identifier: MIT */
#ifndef FUZZ_SEEDS_H
#define FUZZ_SEEDS_H

#include <stddef.h>

/** Write one input of a target. */
void write_seed(const char *target, const char *name, const void *data, size_t size);
/** Images of models, and the directory of an index. */
void seeds_of_indexes(void);

#endif
