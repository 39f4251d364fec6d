/* SPDX-License-Identifier: MIT */
/* A set of errors, by address, that also numbers them in order of insertion: 0, 1, … */
#ifndef AW__ERROR_SET_H
#define AW__ERROR_SET_H

#include <stdbool.h>
#include <stddef.h>

#include <awry/error.h>

struct aw__error_set {
	const aw_error **items; /* by number */
	size_t count;
	size_t *table; /* open addressing: number + 1, or 0 */
	size_t room;   /* a power of two, or 0; twice as many as items fit */
};

#define AW__ERROR_SET_NONE ((size_t)-1)

void aw__error_set_finish(struct aw__error_set *set);
/** The number of `err`; AW__ERROR_SET_NONE if it is not in the set. */
size_t aw__error_set_find(const struct aw__error_set *set, const aw_error *err);
/** Add `err`, which is not in the set. False: no memory, nothing changed. */
bool aw__error_set_add(struct aw__error_set *set, const aw_error *err);

#endif
