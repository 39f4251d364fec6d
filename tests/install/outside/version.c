/* SPDX-License-Identifier: MIT */
/* Prints the version of the headers and that of the library, as text and as numbers. */
#include <awry.h>

#include <stdio.h>

#if AW_VERSION < AW_VERSION_NUMBER(0, 1, 0) ||                                                     \
	AW_VERSION >= AW_VERSION_NUMBER(AW_VERSION_MAJOR + 1, 0, 0)
#error "AW_VERSION cannot be compared"
#endif

int main(void)
{
	return printf("%s %s %d %u\n", AW_VERSION_STRING, aw_version_string(), AW_VERSION,
		      aw_version()) < 0;
}
