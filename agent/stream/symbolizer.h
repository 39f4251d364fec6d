/* SPDX-License-Identifier: MIT */
/*
 * Finds functions, files and lines for addresses of this process, and lines of files, by another process: awry-symbolize, which is
 * started for the first question. If that fails, frames are named by module and offset.
 */
#ifndef AW__SYMBOLIZER_H
#define AW__SYMBOLIZER_H

#include <sys/types.h>

#include "agent/stream/descriptor.h"
#include "base/stack_frame.h"
#include "proto/item.h"

struct aw__symbolizer;

/** NULL: out of memory. */
struct aw__symbolizer *aw__symbolizer_create(void);
/** Takes NULL. */
void aw__symbolizer_destroy(struct aw__symbolizer *symbolizer);
/** Add a module or its build id. It is left out if there is no memory. */
void aw__symbolizer_define(struct aw__symbolizer *symbolizer,
			   const struct aw__definition *definition);
/** As aw__symbols_resolve(), within a bounded time. Strings live until the next call. Takes NULL. */
size_t aw__symbolizer_resolve(struct aw__symbolizer *symbolizer, uint64_t address, bool entry,
			      struct aw__frame *ret_frames, size_t capacity);
/** As aw__source_files_line(). Strings that were resolved stay valid. Takes NULL. */
const char *aw__symbolizer_source(struct aw__symbolizer *symbolizer, const char *path,
				  uint32_t line, size_t *ret_length);

/* ---- helper_start.c ---- */

/** A process beside the program, which its wait() and its signal handlers do not see. */
struct aw__helper {
	struct aw__descriptor socket;
	pid_t nurse; /* the helper's parent, a child of this thread that lives as long as the helper; 0: none */
	void *nurse_stack;
};

/** Start a program with one end of a socket pair as its descriptor 0. False: it cannot be. */
bool aw__helper_start(struct aw__helper *helper, const char *path);
/** Close the socket: the helper ends. */
void aw__helper_end(struct aw__helper *helper);

#endif
