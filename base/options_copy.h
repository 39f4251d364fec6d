/* SPDX-License-Identifier: MIT */
/*
 * Options structs of the public API. Each begins with its size in the headers that the program was built with: with older headers
 * the struct is shorter than the library's, with newer ones longer.
 */
#ifndef AW__OPTIONS_COPY_H
#define AW__OPTIONS_COPY_H

#include <stddef.h>

/* Copy the options `given` (NULL: none) to `own`, a struct TYPE of this library. An option that is not given is 0. */
#define AW__OPTIONS(type, own, given)                                                              \
	aw__options_copy((own), sizeof(struct type), (const struct type *){ (given) }, #type)

/*
 * Copy a struct of `given->size` bytes to one of `size` bytes. Ends the program if `given->size` is impossible, or if an option
 * is set that this library does not know.
 */
void aw__options_copy(void *own, size_t size, const void *given, const char *type);

#endif
