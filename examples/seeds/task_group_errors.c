/* SPDX-License-Identifier: MIT */
/* One task of a group fails: the others are cancelled, and `except* ValueError` handles the error. */
#include <awry.h>

#include <stdio.h>

static aw_error *might_fail(void *arg, void **ret)
{
	int n = (int)AW_INT(arg);

	AW_TRY(aw_sleep(AW_MS(50)));
	if (n == 2)
		return aw_raise(aw_ValueError, "Task %d failed!", n);
	*ret = arg;
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	aw_group *group = aw_group_open(NULL);
	aw_error *values, *rest;

	for (int n = 1; n <= 3; n++)
		aw_group_spawn(group, might_fail, AW_PTR(n));
	aw_error_split(aw_group_close(&group, NULL), aw_ValueError, &values, &rest);
	if (values != NULL)
		printf("Caught %zu ValueError(s):\n", aw_error_child_count(values));
	for (size_t i = 0; i < aw_error_child_count(values); i++)
		printf("  - %s\n", aw_error_message(aw_error_child(values, i)));
	aw_error_unref(values);
	return rest;
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
