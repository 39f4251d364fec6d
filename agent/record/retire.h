/* SPDX-License-Identifier: MIT */
/*
 * The boxes of earlier recordings, whose addresses stay until every thread that may be in a hook has come back. All functions are called with
 * the recorder's mutex held.
 */
#ifndef AW__RETIRE_H
#define AW__RETIRE_H

#include <stddef.h>

#include "agent/record/writer.h"

/*
 * The box of an earlier recording. A thread may have been in a hook while recording ended and began anew, and goes on with what it had: so the
 * address range stays as long as a thread has not come back for a new writer, or ended. Its memory is given back at once (retire.c).
 */
struct aw__retired {
	struct aw__retired *next;
	unsigned char *base;
	size_t bytes;
	unsigned users; /* threads */
};

/** What aw__retire() needs; NULL: there is no memory. */
struct aw__retired *aw__retire_prepare(void);
/** Another box took the place of this one: take it from all writers. @param retired_take  from aw__retire_prepare() */
void aw__retire(struct aw__retired *retired_take, unsigned char *base, size_t bytes);
/** A thread has come back from its last hook with a writer of an earlier recording, or has ended: the writer goes. */
void aw__retire_writer(struct aw__writer *writer_take);
/** In a forked child, whose other threads are gone: nobody uses these any more. */
void aw__retire_all(void);

#endif
