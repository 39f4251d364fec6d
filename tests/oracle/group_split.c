/* SPDX-License-Identifier: MIT */
/* split() of a nested exception group by each of many types: both parts keep the nesting and the notes. */
#include "error_story.h"

static AW_ERROR_TYPE(Trading, aw_Exception);
static AW_ERROR_TYPE(Risk, Trading);

static aw_error *make(void)
{
	aw_error *inner =
		GROUP("inner", RAISE(ValueError, "1"), RAISE(TypeError, "t"), aw_raise(Risk, "r"));
	aw_error *lone = GROUP("lone", aw_raise_key("k"));
	aw_error *deep = GROUP("d3", RAISE(UnicodeError, "u"), RAISE(OSError, "o"));
	aw_error *outer;

	inner = aw_error_note(inner, "of inner");
	deep = GROUP("d1", GROUP("d2", deep));
	outer = GROUP("outer", inner, RAISE(CancelledError, "c"), lone, deep,
		      RAISE(ValueError, "2"));
	return aw_error_note(outer, "of outer");
}

int main(void)
{
	const aw_error_type *const types[] = {
		aw_ValueError,
		aw_UnicodeError,
		aw_TypeError,
		Trading,
		Risk,
		aw_KeyError,
		aw_LookupError,
		aw_OSError,
		aw_CancelledError,
		aw_Exception,
		aw_BaseException,
		aw_ExceptionGroup,
		aw_BaseExceptionGroup,
		aw_MemoryError,
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		aw_error *group = make(), *matched, *rest;
		aw_error *sub = aw_error_subgroup(group, types[i]);

		aw_error_split(aw_error_ref(group), types[i], &matched, &rest);
		printf("%s %s\n", types[i]->name, matched == group ? "whole" : "parts");
		tree(matched, 0);
		tree(rest, 0);
		printf("%s\n", truth((sub == NULL) == (matched == NULL)));
		aw_error_unref(sub);
		aw_error_unref(matched);
		aw_error_unref(rest);
		aw_error_unref(group);
	}
	return 0;
}
