/* SPDX-License-Identifier: MIT */
/* Several types of error in one group, each handled by an `except*` of its own. */
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

/* `except* type as eg: print(eg.exceptions)`: a tuple, as Python writes one. Returns the rest. */
static aw_error *handle(aw_error *err, const aw_error_type *type)
{
	aw_error *matched, *rest;
	size_t count;

	aw_error_split(err, type, &matched, &rest);
	count = aw_error_child_count(matched);
	if (count > 0)
		printf("%ss: (", type->name);
	for (size_t i = 0; i < count; i++) {
		const aw_error *child = aw_error_child(matched, i);

		printf("%s%s('%s')", i > 0 ? ", " : "", aw_error_name(child),
		       aw_error_message(child));
	}
	if (count > 0)
		printf(count == 1 ? ",)\n" : ")\n");
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
	return handle(err, aw_RuntimeError);
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
