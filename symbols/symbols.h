/* SPDX-License-Identifier: MIT */
/*
 * Addresses of a process -> functions, files and lines, inlined calls included.
 *
 * The process's modules are known from its definitions. A module's file is believed only if its
 * build id is the recorded one; debug information comes from the file itself or from
 * /usr/lib/debug/.build-id; without any there are still names; without names there is
 * module+offset.
 */
#ifndef AW__SYMBOLS_H
#define AW__SYMBOLS_H

#include "base/stack_frame.h"
#include "proto/item.h"

#define AW__SYMBOLS_MAX_MODULES	  4096u
#define AW__SYMBOLS_MAX_ADDRESSES (1u << 20)

struct aw__symbols;

/** Told once a module that is not to be believed, or cannot be read: one line. */
typedef void aw__symbols_complaint(void *arg, const char *line);

/** `complain` may be NULL. */
struct aw__symbols *aw__symbols_create(aw__symbols_complaint *complain, void *arg);
void aw__symbols_destroy(struct aw__symbols *symbols);

/** Learn of a module or of its build id; other definitions are none of its business. */
void aw__symbols_define(struct aw__symbols *symbols, const struct aw__definition *definition);

/** An aw__frame_resolver; `arg` is a struct aw__symbols. Strings live as long as that. */
size_t aw__symbols_resolve(void *arg, uint64_t address, bool entry, struct aw__frame *ret_frames,
			   size_t capacity);

/** What the modules that ran say of a source file. */
enum aw__symbols_claim {
	AW__SOURCE_UNKNOWN,
	AW__SOURCE_NAMED,	 /* debug information with the recorded build id names it */
	AW__SOURCE_CONTRADICTED, /* none does, and a module of the program's is not the file that ran */
};

enum aw__symbols_claim aw__symbols_claim(struct aw__symbols *symbols, const char *file);

#endif
