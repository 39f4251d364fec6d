/* SPDX-License-Identifier: MIT */
/*
 * Options structs of the public API. Each begins with its size, as the program's header has it: a program that was built with an older
 * header has a shorter struct, one that was built with a newer header a longer one.
 */
#ifndef AW__OPTIONS_COPY_H
#define AW__OPTIONS_COPY_H

#include <stddef.h>

/* Copy the options `given` (NULL: none) to `own`, a struct TYPE as this library has it. An option that is not given is 0. */
#define AW__OPTIONS(type, own, given)                                                              \
	aw__options_copy((own), sizeof(struct type), (const struct type *){ (given) }, #type)

/*
 * Copy a struct of `given->size` bytes to one of `size` bytes. Ends the program where `given->size` cannot be right, and where an option
 * is set that this library does not know, and so cannot obey.
 */
void aw__options_copy(void *own, size_t size, const void *given, const char *type);

#endif
