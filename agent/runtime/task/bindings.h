/* SPDX-License-Identifier: MIT */
/* The bindings of a context: variables and their values. Immutable, and shared by reference counting. */
#ifndef AW__BINDINGS_H
#define AW__BINDINGS_H

#include <awry/context.h>

struct aw__bindings;

/** Find a variable's value; false, and *ret_value unchanged, if it is not set. NULL is the empty set. */
bool aw__bindings_find(const struct aw__bindings *bindings, const aw_var *var, void **ret_value);
/**
 * Replace *bindings by a new set in which `var` is set to `value`, or is not set; the old one stays the caller's.
 *
 * An empty set becomes NULL. Returns false if there is no memory: nothing changed then.
 */
bool aw__bindings_with(struct aw__bindings **bindings, const aw_var *var, bool set, void *value);
struct aw__bindings *aw__bindings_ref(struct aw__bindings *bindings);
void aw__bindings_unref(struct aw__bindings *bindings);

#endif
