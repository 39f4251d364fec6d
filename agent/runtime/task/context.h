/* SPDX-License-Identifier: MIT */
/*
 * Contexts: immutable sets of bindings, shared until somebody sets a variable.
 *
 * A context that holds nothing is NULL wherever it is not visible to the user, so that who sets no
 * variable pays for none.
 */
#ifndef AW__CONTEXT_H
#define AW__CONTEXT_H

#include <awry/context.h>

/** Where the current context is kept: the running task's, the running callback's, or the thread's. */
aw_context **aw__context_slot(void);

/**
 * Copy what `context` holds now, into a context of its own; NULL for nothing.
 *
 * Returns false if there is no memory.
 */
bool aw__context_fork(const aw_context *context, aw_context **ret_copy);

/** Let a callback or a thread's function run in `context`, which is consumed. Returns what was there. */
aw_context *aw__context_enter(aw_context *context);
/** Undo it, and let go of what the context is now: setting a variable may have made one. */
void aw__context_leave(aw_context *former);

#endif
