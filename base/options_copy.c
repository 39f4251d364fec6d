/* SPDX-License-Identifier: MIT */
/* Reads the options structs of the public API, for the runtime and libawry-tls, from programs built with older and newer headers. */
#include "base/options_copy.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LONGEST = 4096, /* bytes: a larger size comes from uninitialised memory */
};

__attribute__((noreturn, cold)) static void misused(const char *type, const char *what,
						    size_t number)
{
	fflush(stdout);
	fprintf(stderr, "awry: struct %s: %s %zu\n", type, what, number);
	abort();
}

void aw__options_copy(void *own, size_t size, const void *given, const char *type)
{
	const unsigned char *bytes = given;
	size_t given_size = 0;

	memset(own, 0, size);
	memcpy(own, &size, sizeof(size));
	if (given == NULL)
		return;
	memcpy(&given_size, given, sizeof(given_size));
	if (given_size < sizeof(given_size) || given_size > LONGEST)
		misused(type, "make it with its macro, which sets `size`; invalid size",
			given_size);
	for (size_t i = size; i < given_size; i++)
		if (bytes[i] != 0)
			misused(type,
				"the program was built with a newer awry, and sets an option that "
				"this libawry does not know, at byte",
				i);
	memcpy(own, given, given_size < size ? given_size : size);
	memcpy(own, &size, sizeof(size));
}
