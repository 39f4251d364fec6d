/* SPDX-License-Identifier: MIT */
/* The user's callback that runs now: its context, and its name for the report if it fails. */
#ifndef AW__CALLING_H
#define AW__CALLING_H

#include "agent/runtime/task/context.h"

struct aw__calling {
	const char *name; /* the function, as written in the source; NULL: no callback runs */
	aw_context *former;
	struct aw__calling *outer;
};

extern _Thread_local struct aw__calling *aw__calling_now;

/** Call begin and end around each call of a user's function. Consumes the context. */
static inline void aw__calling_begin(struct aw__calling *calling, const char *name,
				     aw_context *context)
{
	calling->name = name;
	calling->former = aw__context_enter(context);
	calling->outer = aw__calling_now;
	aw__calling_now = calling;
}

static inline void aw__calling_end(struct aw__calling *calling)
{
	aw__calling_now = calling->outer;
	aw__context_leave(calling->former);
}

#endif
