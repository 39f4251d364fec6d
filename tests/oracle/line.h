/* SPDX-License-Identifier: MIT */
/* Shared by the pairs about locks and the like: tasks with a name, and their ends. */
#ifndef ORACLE_LINE_H
#define ORACLE_LINE_H

#include "oracle.h"

struct one {
	const char *name;
	void *of;
};

/* Spawn a task with a name and an object. */
#define named(fn, name, of) aw_spawn(fn, (&(struct one){ name, of }))

static inline const char *truth(bool is)
{
	return is ? "True" : "False";
}

/* Await a task; print its error, if it has one. */
static inline void ended(aw_task *task)
{
	aw_error *err = aw_await(task, NULL);

	if (err != NULL)
		end(err);
	aw_task_unref(task);
}

#endif
