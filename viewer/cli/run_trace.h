/* SPDX-License-Identifier: MIT */
/* What becomes of the traces that the processes of `awry run -o PATH` wrote. */
#ifndef AW__CLI_RUN_TRACE_H
#define AW__CLI_RUN_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct aw__session;

/** Whether it is a path in which %p is the process id and %% a percent sign, and nothing else is behind one. */
bool aw__run_trace_allowed(const char *path);

/**
 * Empty what may be replaced, and an agent would not replace: a compressed recording, or what --force is for. Whether
 * it may be was decided before (aw__output_allowed()).
 */
void aw__run_trace_begin(const char *path);

/* What a process of the run recorded. */
struct aw__run_recording {
	uint32_t pid;
	uint64_t start_ticks;
	struct aw__session *
		complete; /* what its file has, read whole; owned by the caller. NULL: there is no file */
};

/**
 * Compress the recordings, if the path ends in .zst, index the long ones, and read them. Says whose the one at `path` is,
 * where the others are, and if one was replaced by another's: of processes that come one after the other, and have
 * one path, the last one's stays.
 *
 * @param recordings  of the processes that recorded something; `complete` is filled
 */
void aw__run_trace_finish(const char *path, struct aw__run_recording *recordings, size_t count);

#endif
