/* SPDX-License-Identifier: MIT */
/* Tracebacks of chained errors: `from`, contexts, `from None` and their combinations. */
#include "error_story.h"

static aw_error *a(void)
{
	return RAISE(ValueError, "a");
}

int main(void)
{
	aw_error *err;

	shown_end(aw_raise_from(a(), aw_TypeError, "b"));
	shown_end(aw_raise_in(a(), RAISE(TypeError, "b")));
	shown_end(aw_error_from_none(aw_raise_in(a(), RAISE(TypeError, "b"))));
	shown_end(aw_raise_from(aw_raise_in(a(), RAISE(TypeError, "b")), aw_KeyError, "'c'"));
	shown_end(aw_raise_in(aw_raise_from(a(), aw_TypeError, "b"), aw_raise_key("c")));
	err = aw_raise_in(RAISE(TypeError, "handled"), aw_raise_from(a(), aw_KeyError, "'c'"));
	shown(err);
	parts(aw_error_cause(err));
	aw_error_unref(err);
	err = a();
	for (int i = 0; i < 6; i++) {
		if (i % 2)
			err = aw_raise_from(err, aw_RuntimeError, "step %d", i);
		else
			err = aw_raise_in(err, aw_raise(aw_RuntimeError, "step %d", i));
		err = aw_error_note(err, "note %d", i);
	}
	shown_end(err);
	err = aw_raise_in(RAISE(ZeroDivisionError, "division by zero"), aw_raise_key("missing"));
	shown_end(aw_raise_from(err, aw_OSError, "outer"));
	err = aw_raise_in(RAISE(ValueError, "first"), RAISE(TypeError, "from finally"));
	shown(err);
	parts(err);
	aw_error_unref(err);
	return 0;
}
