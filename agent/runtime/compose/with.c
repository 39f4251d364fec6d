/* SPDX-License-Identifier: MIT */
/*
 * The blocks of <awry/with.h> (timeout, group, as_completed, lock): what each opens, and how it is closed on every
 * path out of it.
 */
#include <awry/with.h>

#include "agent/runtime/task/task.h"

enum kind {
	WITH_TIMEOUT,
	WITH_GROUP,
	WITH_AS_COMPLETED,
	WITH_LOCK,
};

static struct aw__with opened(struct aw__with *outer, enum kind kind, void *scope)
{
	return (struct aw__with){ .outer = outer, .scope = scope, .kind = kind, .open = true };
}

struct aw__with aw__with_timeout(struct aw__with *outer, aw_ns deadline)
{
	return opened(outer, WITH_TIMEOUT, aw_timeout_open(deadline));
}

struct aw__with aw__with_group(struct aw__with *outer, const char *name)
{
	return opened(outer, WITH_GROUP, aw_group_open(name));
}

struct aw__with aw__with_as_completed(struct aw__with *outer, void *const *items, size_t count,
				      aw_ns deadline)
{
	return opened(outer, WITH_AS_COMPLETED, aw_as_completed_open(items, count, deadline));
}

struct aw__with aw__with_lock(struct aw__with *outer, aw_lock *lock)
{
	return opened(outer, WITH_LOCK, lock);
}

static aw_error *close_as_completed(aw_as_completed *all, aw_error *err)
{
	if (all == NULL)
		return aw_raise_in(err, aw_raise(aw_MemoryError, NULL));
	aw_as_completed_close(&all);
	return err;
}

/* Close the block with an error, or NULL. Consumes it, and returns the error of the whole block. */
static aw_error *close_with(const char *file, int line, const char *function, struct aw__with *with,
			    aw_error *err)
{
	aw_timeout *timeout = with->scope;
	aw_group *group = with->scope;

	with->open = false;
	switch ((enum kind)with->kind) {
	case WITH_TIMEOUT:
		return aw__timeout_close(file, line, function, &timeout, err);
	case WITH_GROUP:
		return aw__group_close(file, line, function, &group, err);
	case WITH_AS_COMPLETED:
		return close_as_completed(with->scope, err);
	case WITH_LOCK:
		return aw_raise_in(err, aw_lock_release(with->scope));
	}
	return err;
}

aw_error *aw__with_end(const char *file, int line, const char *function, struct aw__with *with)
{
	return with->open ? close_with(file, line, function, with, NULL) : NULL;
}

aw_error *aw__with_leave(const char *file, int line, const char *function, struct aw__with *with,
			 aw_error *err)
{
	for (; with != NULL; with = with->outer)
		if (with->open)
			err = close_with(file, line, function, with, err);
	return err;
}

/*
 * Called if the block is left by `return` or `goto`. It is unknown whether that was due to an error: a group is closed
 * as if it was, because its tasks must not outlive the variables of the block. An error that results is lost.
 */
void aw__with_left(struct aw__with *with)
{
	struct aw_loop *loop = aw__loop_here;
	aw_error *err = NULL;

	if (!with->open)
		return;
	if (with->kind == WITH_GROUP)
		err = aw_raise(aw_CancelledError, NULL);
	aw__future_forsake_error(loop, close_with(AW_HERE, with, err));
}
