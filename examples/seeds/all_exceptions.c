/* SPDX-License-Identifier: MIT */
/*
 * `except* Exception`: handles all errors, of any type.
 *
 * In the document `task` comes from the previous example; here it is repeated.
 */
#include <awry.h>

#include <stdio.h>

static aw_error *task(void *arg, void **ret)
{
	switch (AW_INT(arg)) {
	case 1:
		return aw_raise(aw_ValueError, "Value error");
	case 2:
		return aw_raise(aw_TypeError, "Type error");
	default:
		return aw_raise(aw_RuntimeError, "Runtime error");
	}
}

static aw_error *amain(void *arg, void **ret)
{
	aw_group *group = aw_group_open(NULL);
	aw_error *matched, *rest;

	for (int n = 1; n <= 3; n++)
		aw_group_spawn(group, task, AW_PTR(n));
	aw_error_split(aw_group_close(&group, NULL), aw_Exception, &matched, &rest);
	for (size_t i = 0; i < aw_error_child_count(matched); i++) {
		const aw_error *child = aw_error_child(matched, i);

		printf("Exception: %s: %s\n", aw_error_name(child), aw_error_message(child));
	}
	aw_error_unref(matched);
	return rest;
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
