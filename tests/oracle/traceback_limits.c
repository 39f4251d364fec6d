/* SPDX-License-Identifier: MIT */
/* The limits of group tracebacks (15 members, 10 levels, or others): where they are cut, and the text at the cut. */
#include "error_story.h"

static aw_error *many(int count, const char *name)
{
	aw_error *errs[64];

	for (int i = 0; i < count; i++)
		errs[i] = aw_raise(aw_ValueError, "%d", i);
	return aw_error_group(name, errs, (size_t)count);
}

static aw_error *deep(int depth)
{
	aw_error *err = RAISE(ValueError, "bottom");

	for (int i = 0; i < depth; i++) {
		char name[24];

		snprintf(name, sizeof(name), "level %d", i);
		err = GROUP(name, aw_raise(aw_TypeError, "beside %d", i), err);
	}
	return err;
}

static void limited(aw_error *err, size_t width, size_t depth)
{
	print_normal(aw_error_format_with(
		err, AW_ERROR_PRINT_OPTS(.max_group_width = width, .max_group_depth = depth)));
	aw_error_unref(err);
}

int main(void)
{
	static const int counts[] = { 1, 14, 15, 16, 17, 40 }, depths[] = { 9, 10, 11, 12, 15 };

	for (size_t i = 0; i < 6; i++)
		limited(many(counts[i], "g"), 15, 10);
	for (size_t i = 0; i < 5; i++)
		limited(deep(depths[i]), 15, 10);
	for (size_t width = 1; width <= 3; width++) {
		for (size_t depth = 1; depth <= 2; depth++) {
			limited(GROUP("outer", many(3, "inner"), many(1, "small"),
				      many(4, "large")),
				width, depth);
			limited(aw_raise_from(deep(4), aw_KeyError, "'k'"), width, depth);
		}
	}
	return 0;
}
