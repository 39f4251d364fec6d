/* SPDX-License-Identifier: MIT */
/*
 * A group whose members fail in three ways. Two of them are handled, as `except*` would; the rest goes on
 * unhandled, is printed as a tree, and the program exits with 1.
 *
 *	awry run -- ./task_group
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
	case 3:
		return aw_raise(aw_RuntimeError, "Runtime error");
	default:
		*ret = arg;
		return NULL;
	}
}

static void show(const char *title, const aw_error *group)
{
	printf("%s:\n", title);
	for (size_t i = 0; i < aw_error_child_count(group); i++)
		printf("  - %s\n", aw_error_message(aw_error_child(group, i)));
}

static aw_error *amain(void *arg, void **ret)
{
	aw_group *group = aw_group_open(NULL);
	aw_error *err, *values, *types;

	for (int n = 1; n <= 4; n++) /* the last one succeeds */
		aw_group_spawn(group, task, AW_PTR(n));
	err = aw_group_close(&group, NULL);

	aw_error_split(err, aw_ValueError, &values, &err);
	show("ValueErrors", values);
	aw_error_unref(values);
	aw_error_split(err, aw_TypeError, &types, &err);
	show("TypeErrors", types);
	aw_error_unref(types);
	return err; /* the RuntimeError, still in its group */
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
