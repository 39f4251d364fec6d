/* SPDX-License-Identifier: MIT */
/* A bounded table that numbers distinct byte strings: 1 for the first, 2 for the next, … */
#ifndef AW__EXPORT_INTERN_H
#define AW__EXPORT_INTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/map.h"

#define AW__INTERN_MOST	      (1u << 20)
#define AW__INTERN_MOST_BYTES (UINT64_C(1) << 28)

struct aw__interned;

struct aw__intern {
	struct aw__map map; /* from hash to a chain */
	uint64_t count, bytes;
};

void aw__intern_finish(struct aw__intern *intern);
/**
 * The number of these bytes.
 *
 * @param ret_new  true if the bytes were added by this call
 * Returns 0 if there is no room for more.
 */
uint64_t aw__intern_put(struct aw__intern *intern, const void *bytes, size_t length, bool *ret_new);

#endif
