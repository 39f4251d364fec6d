/* SPDX-License-Identifier: MIT */
/*
 * Tracebacks of single errors: empty and multi-line messages, notes, and a KeyError, whose message is the repr()
 * of its key.
 */
#include "error_story.h"

int main(void)
{
	static const char *const notes[] = { "first", "second\nand third", "", "\n", "trailing\n" };
	aw_error *err = RAISE(ValueError, "bad");

	for (size_t i = 0; i < 5; i++)
		err = aw_error_note(err, "%s", notes[i]);
	shown_end(RAISE(ValueError, "bad"));
	shown_end(aw_raise(aw_ValueError, NULL));
	shown_end(RAISE(ValueError, "two\nlines"));
	shown_end(aw_raise_key("key"));
	shown_end(aw_raise_os(2, "x", NULL));
	shown_end(err);
	shown_end(aw_error_note(aw_raise(aw_RuntimeError, NULL), "of no message"));
	shown_end(RAISE(CancelledError, "why"));
	shown_end(aw_raise_incomplete_read("ab", 2, 10));
	shown_end(aw_raise_limit_overrun("Separator is not found", 7));
	shown_end(aw_raise(aw_KeyboardInterrupt, NULL));
	shown_end(aw_raise(aw_TimeoutError, NULL));
	return 0;
}
