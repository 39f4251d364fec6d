/* SPDX-License-Identifier: MIT */
/*
 * A group whose members fail in three ways. Two of them are handled, as `except*` would; the rest
 * is not handled, so it is printed as a tree, and the program exits with 1.
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

/* `except* type as eg: for exc in eg.exceptions: print(…)`; returns the rest. */
static aw_error *handle(aw_error *err, const aw_error_type *type)
{
	aw_error *matched, *rest;

	aw_error_split(err, type, &matched, &rest);
	for (size_t i = 0; i < aw_error_child_count(matched); i++) {
		const aw_error *child = aw_error_child(matched, i);

		printf("Exception: %s: %s\n", aw_error_name(child), aw_error_message(child));
	}
	aw_error_unref(matched);
	return rest;
}

static aw_error *amain(void *arg, void **ret)
{
	aw_group *group = aw_group_open(NULL);
	aw_error *err;

	for (int n = 1; n <= 4; n++) /* the last one succeeds */
		aw_group_spawn(group, task, AW_PTR(n));
	err = aw_group_close(&group, NULL);
	err = handle(err, aw_ValueError);
	err = handle(err, aw_TypeError);
	return err; /* the RuntimeError, still in its group */
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
