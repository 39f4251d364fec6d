/* SPDX-License-Identifier: MIT */
/* Splitting exception groups of a derived type: which type, message, notes, cause and context the parts have. */
#include "error_story.h"

static AW_ERROR_TYPE(Batch, aw_ExceptionGroup);

#define OF(type, message, ...)                                                                     \
	aw_error_group_of(type, message, ((aw_error *[]){ __VA_ARGS__ }),                          \
			  sizeof((aw_error *[]){ __VA_ARGS__ }) / sizeof(aw_error *))

static aw_error *make(aw_error_type *type)
{
	aw_error *in = OF(type, "in", RAISE(TypeError, "t"), RAISE(ValueError, "2"));
	aw_error *group =
		OF(type, "g", RAISE(ValueError, "1"), in, GROUP("plain", RAISE(ValueError, "3")));

	/* set the context first, so that it belongs to the group itself */
	group = aw_raise_in(RAISE(OSError, "context"), aw_error_note(group, "n"));
	return aw_error_from(aw_raise_key("cause"), group);
}

static void show_part(aw_error *part)
{
	const aw_error *last = aw_error_child(part, aw_error_child_count(part) - 1);

	tree(part, 0);
	parts(part);
	printf("%s %s %s\n", truth(aw_error_is(part, Batch)),
	       truth(aw_error_is(part, aw_Exception)), aw_error_name(last));
	shown_end(part);
}

static void kinds(aw_error *const *members, size_t count)
{
	aw_error *exit = aw_raise(aw_SystemExit, NULL);
	aw_error *other = aw_error_group("x", &exit, 1), *group, *derived;
	aw_error *again[2];

	for (size_t i = 0; i < count; i++)
		again[i] = aw_error_ref(members[i]);
	group = aw_error_group("b", members, count);
	derived = aw_error_derive(other, again, count);
	printf("%s %s\n", aw_error_name(group), truth(aw_error_is(group, aw_Exception)));
	printf("%s\n", aw_error_name(derived));
	aw_error_unref(group);
	aw_error_unref(other);
	aw_error_unref(derived);
}

int main(void)
{
	aw_error_type *const types[] = { aw_ExceptionGroup, Batch };
	aw_error *members[2];

	for (size_t i = 0; i < 2; i++) {
		aw_error *matched, *rest;

		aw_error_split(make(types[i]), aw_ValueError, &matched, &rest);
		show_part(matched);
		show_part(rest);
	}
	members[0] = aw_raise(aw_ValueError, NULL);
	kinds(members, 1);
	members[0] = aw_raise(aw_KeyboardInterrupt, NULL);
	kinds(members, 1);
	members[0] = aw_raise(aw_ValueError, NULL);
	members[1] = aw_raise(aw_KeyboardInterrupt, NULL);
	kinds(members, 2);
	members[0] = aw_error_group("none", NULL, 0);
	printf("%s\n", aw_error_name(members[0]));
	aw_error_unref(members[0]);
	return 0;
}
