/* SPDX-License-Identifier: MIT */
/*
 * Contexts: references to immutable sets of bindings; a copy shares its set until a variable is set.
 *
 * Inside the runtime an empty context is NULL, so that a program that sets no variable pays nothing.
 */
#ifndef AW__CONTEXT_H
#define AW__CONTEXT_H

#include <awry/context.h>

/** The pointer to the current context: that of the running task, the running callback, or the thread. */
aw_context **aw__context_slot(void);

/**
 * Make a context with the present bindings of `context`; NULL if it has none.
 *
 * Returns false if there is no memory.
 */
bool aw__context_fork(const aw_context *context, aw_context **ret_copy);

/** Let a callback or a thread's function run in `context`, which is consumed. Returns the former context. */
aw_context *aw__context_enter(aw_context *context);
/** Restore the former context, and unreference the one that was entered, or made by setting a variable. */
void aw__context_leave(aw_context *former);

#endif
