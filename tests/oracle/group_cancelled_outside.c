/* SPDX-License-Identifier: MIT */
/*
 * Task groups whose parent is cancelled while members obey, swallow the cancellation or fail: the parent's error and
 * its count of requests.
 */
#include "tell.h"

#include <string.h>

struct child {
	const char *kind;
	int rank;
};

CORO(child)
{
	const struct child *self = arg;
	const char *kind = self->kind;
	aw_error *err = aw_sleep(AW_SEC(10)), *late;

	for (int i = 0; i < 3 * self->rank; i++)
		AW_TRY(aw_yield());

	say("%s cancelled %s %u", kind, aw_error_message(err),
	    aw_task_cancelling(aw_task_current()));
	late = aw_yield();
	if (late != NULL)
		return aw_raise_in(err, late);
	say("%s cleaned up", kind);
	if (strcmp(kind, "fails") == 0)
		return aw_raise_in(err, aw_raise(aw_ValueError, "fails"));
	return strcmp(kind, "swallows") == 0 ? aw_error_unref(err) : err;
}

static void tree(const aw_error *err, int depth)
{
	size_t count = aw_error_child_count(err);

	printf("%*s%s %s", 2 * depth, "", aw_error_name(err), aw_error_message(err));
	if (count > 0)
		printf(" (%zu sub-exception%s)", count, count == 1 ? "" : "s");
	putchar('\n');
	for (size_t i = 0; i < count; i++)
		tree(aw_error_child(err, i), depth + 1);
}

struct grouped {
	const char *kinds[2];
	bool in_body;
};

CORO(grouped)
{
	const struct grouped *self = arg;
	aw_group *group = aw_group_open(NULL);
	struct child children[2];
	aw_error *err = NULL;

	for (int i = 0; i < 2; i++) {
		children[i] = (struct child){ self->kinds[i], i };
		aw_group_spawn(group, child, &children[i]);
	}
	if (self->in_body)
		err = aw_sleep(AW_SEC(10));
	return aw_group_close(&group, err);
}

static void finish(aw_task *task)
{
	aw_error *err = aw_await(task, NULL);

	tree(err, 0);
	aw_error_unref(err);
	say("%s", truth(aw_task_cancelled(task)));
	aw_task_unref(task);
}

CORO(amain)
{
	static const char *const kinds[][2] = { { "obeys", "swallows" },
						{ "fails", "obeys" },
						{ "fails", "fails" } };
	struct grouped last = { { "obeys", "fails" }, false };
	aw_task *task;

	for (int in_body = 1; in_body >= 0; in_body--) {
		for (int i = 0; i < 3; i++) {
			struct grouped one = { { kinds[i][0], kinds[i][1] }, in_body };

			task = aw_spawn(grouped, &one);
			AW_TRY(aw_yield());
			AW_TRY(aw_yield());
			aw_task_cancel(task, "from outside");
			finish(task);
		}
	}
	task = aw_spawn(grouped, &last);
	AW_TRY(aw_yield());
	AW_TRY(aw_yield());
	aw_task_cancel(task, "once");
	AW_TRY(aw_yield());
	aw_task_cancel(task, "twice");
	finish(task);
	return NULL;
}

ORACLE_MAIN
