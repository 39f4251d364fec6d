/* SPDX-License-Identifier: MIT */
/* Short functions that print results, for the pairs about composition and cancellation. */
#ifndef ORACLE_TELL_H
#define ORACLE_TELL_H

#include "line.h"

#define CORO(name) static aw_error *name(void *arg, void **ret)

/* print(…) */
#define say(...)                                                                                   \
	do {                                                                                       \
		printf(__VA_ARGS__);                                                               \
		putchar('\n');                                                                     \
	} while (0)

/* print(what, type(e).__name__, e), and unref the error; "None None" if there is none. */
static inline void tell(const char *what, aw_error *err)
{
	if (err == NULL)
		printf("%s None None\n", what);
	else
		printf("%s %s %s\n", what, aw_error_name(err), aw_error_message(err));
	aw_error_unref(err);
}

/* print(what, *chain(e)): the error and its contexts, the latest first. */
static inline void tell_chain(const char *what, aw_error *err)
{
	printf("%s", what);
	for (const aw_error *at = err; at != NULL; at = aw_error_context(at))
		printf(" %s:%s", aw_error_name(at), aw_error_message(at));
	putchar('\n');
	aw_error_unref(err);
}

/* Await a task, and unref it: print(what, type, text) of its error, or print(what, result). */
static inline void outcome(const char *what, aw_task *task)
{
	void *result = NULL;
	aw_error *err = aw_await(task, &result);

	if (err != NULL)
		tell(what, err);
	else
		printf("%s %s\n", what, result != NULL ? (const char *)result : "None");
	aw_task_unref(task);
}

/* The same for a task that is done, or should be. */
static inline void state(const char *what, aw_task *task)
{
	printf("%s done=%s cancelled=%s cancelling=%u\n", what, truth(aw_task_done(task)),
	       truth(aw_task_cancelled(task)), aw_task_cancelling(task));
}

#endif
