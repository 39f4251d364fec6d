/* SPDX-License-Identifier: MIT */
/* Definitions in the arena: strings, places and stacks (intern.c), and the modules that addresses belong to (modules.c). */
#ifndef AW__INTERNED_H
#define AW__INTERNED_H

#include <stddef.h>
#include <stdint.h>

#include "proto/item.h"

/** Intern `numbers` and `text` as a definition. Returns the id that it has, or gets; 0: the arena is full, or there are too many numbers. */
uint32_t aw__intern(enum aw__definition_kind kind, const uint64_t *numbers, uint32_t number_count,
		    const char *text, uint32_t text_length);
/** As aw__intern(), but 0 if it is not there yet. Takes no lock. */
uint32_t aw__intern_find(enum aw__definition_kind kind, const uint64_t *numbers,
			 uint32_t number_count);
uint32_t aw__intern_text(const char *text);

/**
 * Mark addresses of code that may be unloaded with the number of its module (proto/item.h), and put the module into the arena. If no
 * number is left for a module, its addresses stay unmarked, and have no name in the viewer: better none than a wrong one.
 *
 * Context: takes the dynamic linker's lock
 */
void aw__modules_mark(uint64_t *frames, size_t count);
/** Put the modules of these addresses into the arena, unless they are there. Addresses that need a mark must have it already. */
void aw__modules_know(const uint64_t *frames, size_t count);

#endif
