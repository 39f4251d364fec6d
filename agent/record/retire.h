/* SPDX-License-Identifier: MIT */
/*
 * The boxes of earlier recordings. Their addresses stay mapped until every thread that may be in a hook has come back. All functions are
 * called with the recorder's mutex held.
 */
#ifndef AW__RETIRE_H
#define AW__RETIRE_H

#include <stddef.h>

#include "agent/record/writer.h"

/*
 * The box of one earlier recording. A thread may have been in a hook while that recording ended and the next began, and still uses the old
 * addresses. They stay mapped until each such thread has come back for a new writer, or has ended. The memory is freed at once (retire.c).
 */
struct aw__retired {
	struct aw__retired *next;
	unsigned char *base;
	size_t bytes;
	unsigned users; /* threads that may still use it */
};

/** Allocates what aw__retire() needs. @return NULL: no memory */
struct aw__retired *aw__retire_prepare(void);
/** Another box has replaced this one: close all writers. @param retired_take  from aw__retire_prepare() */
void aw__retire(struct aw__retired *retired_take, unsigned char *base, size_t bytes);
/** The thread of this writer, which belongs to an earlier recording, has left its last hook there or has ended: frees the writer. */
void aw__retire_writer(struct aw__writer *writer_take);
/** In a forked child, which has no other threads: unmaps all retired boxes. */
void aw__retire_all(void);

#endif
