/* SPDX-License-Identifier: MIT */
/* str() and repr() of exception groups, empty messages and nesting included. */
#include "error_story.h"

#include <errno.h>

static void both(const aw_error *group)
{
	size_t count = aw_error_child_count(group);

	print_repr(group);
	printf("%s (%zu sub-exception%s)\n", aw_error_message(group), count, count > 1 ? "s" : "");
}

int main(void)
{
	aw_error *one = GROUP("one", RAISE(ValueError, "a"));
	aw_error *two = GROUP("it's two", aw_raise(aw_TypeError, NULL), aw_error_ref(one),
			      aw_raise_os(ENOENT, "x", NULL), aw_raise_key("k"));
	aw_error *base = GROUP("base", aw_error_ref(two), RAISE(CancelledError, "stop"),
			       aw_raise(aw_KeyboardInterrupt, NULL));
	aw_error *empty = GROUP("", RAISE(Exception, ""));
	aw_error *deep = RAISE(ValueError, "bottom");

	both(one);
	both(two);
	both(base);
	printf("%s (%zu sub-exception)\n", aw_error_message(empty), aw_error_child_count(empty));
	for (int i = 0; i < 50; i++) {
		char name[24];

		snprintf(name, sizeof(name), "level %d", i);
		deep = GROUP(name, deep);
	}
	print_repr(deep);
	aw_error_unref(deep);
	aw_error_unref(empty);
	aw_error_unref(base);
	aw_error_unref(two);
	aw_error_unref(one);
	return 0;
}
