/* SPDX-License-Identifier: MIT */
/* Tracebacks of groups whose members, or which themselves, have causes and contexts. */
#include "error_story.h"

#define V(text) RAISE(ValueError, text)

int main(void)
{
	shown_end(GROUP("members have causes", aw_error_from(V("of a"), V("a")),
			aw_raise_in(V("before b"), V("b"))));
	shown_end(aw_error_from(V("why"), GROUP("has a cause", V("a"))));
	shown_end(aw_raise_in(GROUP("earlier", V("e1"), V("e2")), GROUP("has a context", V("a"))));
	shown_end(GROUP("outer",
			aw_error_from(GROUP("cause of inner", V("c")), GROUP("inner", V("a"))),
			V("z")));
	shown_end(aw_raise_from(GROUP("a group before", aw_error_from(V("x"), V("a")), V("b")),
				aw_RuntimeError, "plain at the end"));
	shown_end(aw_error_from_none(
		aw_raise_in(GROUP("not shown", V("a")), RAISE(RuntimeError, "hides"))));
	shown_end(GROUP("last", V("a"),
			GROUP("its last has a cause", V("b"),
			      aw_error_from(GROUP("deep", V("d")), V("c")))));
	return 0;
}
