/* SPDX-License-Identifier: MIT */
/* The exception type, message and attributes for every errno from 1 to 133. */
#include "error_story.h"

int main(void)
{
	for (int number = 1; number < 134; number++) {
		aw_error *err = aw_error_from_errno(number, NULL);
		char *repr = aw_error_repr(err);

		printf("%d %s: %s %d %s %s%s%s%s\n", number, aw_error_name(err),
		       aw_error_message(err), (int)aw_error_int(err, "errno", 0),
		       aw_error_str(err, "strerror", ""), repr,
		       aw_error_is(err, aw_ConnectionError) ? " ConnectionError" : "",
		       aw_error_is(err, aw_OSError) ? " OSError" : "",
		       aw_error_is(err, aw_Exception) ? " Exception" : "");
		free(repr);
		aw_error_unref(err);
	}
	return 0;
}
