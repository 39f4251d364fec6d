/* SPDX-License-Identifier: MIT */
/* Prints the message of a failed aw__must(), a misuse of the runtime's API, with file and line, and aborts. */
#include "agent/runtime/loop/bug.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void aw__bug_found(const char *file, int line, const char *function, const char *format, ...)
{
	va_list arguments;

	fflush(stdout);
	fprintf(stderr, "awry: %s: ", function);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, " (%s:%d)\n", file, line);
	abort();
}
