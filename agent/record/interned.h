/* SPDX-License-Identifier: MIT */
/* What repeats, in the arena: strings, places, stacks (intern.c), and the modules that addresses lie in (modules.c). */
#ifndef AW__INTERNED_H
#define AW__INTERNED_H

#include <stddef.h>
#include <stdint.h>

#include "proto/item.h"

/** What is in `numbers` and `text`, as a definition: the id it has, or gets. 0: the arena is full. */
uint32_t aw__intern(enum aw__definition_kind kind, const uint64_t *numbers, uint32_t number_count,
		    const char *text, uint32_t text_length);
/** As aw__intern(), but 0 if it is not there yet. Takes no lock. */
uint32_t aw__intern_find(enum aw__definition_kind kind, const uint64_t *numbers,
			 uint32_t number_count);
uint32_t aw__intern_text(const char *text);

/**
 * Mark addresses of code that may be unloaded with the number of its module (proto/item.h), which is then in the arena. An address
 * that is left unmarked, since there is no number for its module, has no name in the viewer: better none than a wrong one.
 *
 * Context: takes the dynamic linker's lock
 */
void aw__modules_mark(uint64_t *frames, size_t count);
/** Make sure that the modules of these addresses, which are marked where need be, are in the arena. */
void aw__modules_know(const uint64_t *frames, size_t count);

#endif
