/* SPDX-License-Identifier: MIT */
/* Tracebacks of exception groups: nesting, multi-line messages, and deep and wide ones. */
#include "error_story.h"

#define V(text) RAISE(ValueError, text)

int main(void)
{
	aw_error *deep = V("bottom"), *twelve[12];

	shown_end(GROUP("one", V("v")));
	shown_end(GROUP("two\nlines", V("a\nb"), aw_raise(aw_TypeError, NULL)));
	shown_end(GROUP("last is a group", V("first"), GROUP("inner", V("i1"), V("i2"))));
	shown_end(GROUP("first is a group", GROUP("inner", V("i1"), V("i2")), V("last")));
	for (int i = 0; i < 5; i++) {
		char name[24];

		snprintf(name, sizeof(name), "level %d", i);
		deep = GROUP(name, aw_raise(aw_ValueError, "beside %d", i), deep,
			     aw_raise(aw_ValueError, "after %d", i));
		deep = aw_error_note(deep, "note of %d\nof two lines", i);
	}
	shown_end(deep);
	shown_end(GROUP("base", aw_raise(aw_CancelledError, NULL), RAISE(KeyboardInterrupt, "k")));
	shown_end(GROUP("", V("")));
	for (int i = 0; i < 12; i++)
		twelve[i] = aw_raise(aw_ValueError, "%d", i);
	shown_end(aw_error_group("twelve", twelve, 12));
	return 0;
}
