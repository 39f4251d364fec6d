/* SPDX-License-Identifier: MIT */
/* `except*` over groups: the part for each clause, with nested groups and naked errors, and the rest at the end. */
#include "error_story.h"

static void handle(const char *words, aw_error *matched)
{
	if (matched == NULL)
		return;
	puts(words);
	tree(matched, 0);
	aw_error_unref(matched);
}

/* except* (TypeError, OSError): errors of both types in one group; the parts of a split keep the nesting. */
static void split_two(aw_error *err, aw_error **ret_matched, aw_error **ret_rest)
{
	aw_error *types, *files;

	aw_error_split(err, aw_TypeError, &types, &err);
	aw_error_split(err, aw_OSError, &files, ret_rest);
	if (types != NULL && files != NULL) {
		aw_error *both[] = { aw_error_ref(aw_error_child(types, 0)),
				     aw_error_ref(aw_error_child(files, 0)) };

		*ret_matched = aw_error_derive(types, both, 2);
		aw_error_unref(types);
		aw_error_unref(files);
		return;
	}
	*ret_matched = types != NULL ? types : files;
}

static void story(aw_error *err)
{
	aw_error *matched;

	printf("story ");
	print_repr(err);
	aw_error_split(err, aw_ValueError, &matched, &err);
	handle("values", matched);
	split_two(err, &matched, &err);
	handle("types or files", matched);
	aw_error_split(err, aw_LookupError, &matched, &err);
	handle("lookups", matched);
	handle("left", err);
}

#define V(text) RAISE(ValueError, text)
#define T(text) RAISE(TypeError, text)
#define M(text) RAISE(MemoryError, text)

int main(void)
{
	story(V("naked"));
	story(aw_raise_key("naked"));
	story(M("naked, not handled"));
	story(GROUP("all", V("v"), T("t"), aw_raise_key("k"), RAISE(OSError, "o")));
	story(GROUP("some", V("v"), M("m"), GROUP("in", RAISE(IndexError, "i"), M("n"), V("w"))));
	story(GROUP("base", RAISE(CancelledError, "c"), GROUP("in", V("v"), T("t"))));
	story(GROUP("none", M("m"), RAISE(RuntimeError, "r")));
	return 0;
}
