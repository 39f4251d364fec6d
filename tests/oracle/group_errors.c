/* SPDX-License-Identifier: MIT */
/*
 * Task groups with several failing members, with errors raised during cancellation, and nested: the resulting
 * tree.
 */
#include "oracle.h"

struct work {
	int n;
	aw_ns ns;
};

static aw_error *work(void *arg, void **ret)
{
	const struct work *w = arg;
	aw_error *err = aw_sleep(w->ns);

	if (err != NULL) {
		if (w->n != 2)
			printf("%d cancelled\n", w->n);
		if (w->n == 3)
			return aw_raise_in(err, aw_raise(aw_TypeError, "while cancelled"));
		return err;
	}
	return aw_raise(aw_ValueError, "%d", w->n);
}

static void finish(aw_error *err)
{
	show_tree(err, 0);
	aw_error_unref(err);
}

static aw_error *amain(void *arg, void **ret)
{
	static struct work all[] = { { 1, AW_MS(10) }, { 2, AW_SEC(5) }, { 3, AW_SEC(5) },
				     { 4, AW_SEC(5) }, { 5, AW_MS(50) }, { 6, AW_MS(10) } };
	aw_group *group = aw_group_open(NULL), *inner;
	aw_error *err;

	for (int i = 0; i < 3; i++)
		aw_group_spawn(group, work, &all[i]);
	err = aw_sleep(AW_SEC(5));
	if (aw_error_is(err, aw_CancelledError))
		printf("the body was cancelled\n");
	finish(aw_group_close(&group, err));

	group = aw_group_open(NULL);
	aw_group_spawn(group, work, &all[3]);
	AW_TRY(aw_yield());
	finish(aw_group_close(&group, aw_raise(aw_KeyError, "'body'")));

	group = aw_group_open(NULL);
	aw_group_spawn(group, work, &all[4]);
	inner = aw_group_open(NULL);
	aw_group_spawn(inner, work, &all[5]);
	finish(aw_group_close(&group, aw_group_close(&inner, NULL)));
	printf("the end %s\n", aw_task_cancelled(aw_task_current()) ? "True" : "False");
	return NULL;
}

ORACLE_MAIN
