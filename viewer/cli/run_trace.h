/* SPDX-License-Identifier: MIT */
/* What becomes of the traces that the processes of `awry run -o PATH` wrote. */
#ifndef AW__CLI_RUN_TRACE_H
#define AW__CLI_RUN_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Whether it is a path in which %p is the process id and %% a percent sign, and nothing else is behind one. */
bool aw__run_trace_allowed(const char *path);

/**
 * Empty what may be replaced, and an agent would not replace: a compressed recording, or what --force is for. Whether
 * it may be was decided before (aw__output_allowed()).
 */
void aw__run_trace_begin(const char *path);

/**
 * Compress them, if the path ends in .zst, and index the long ones. Says so if one was replaced by another's: of
 * processes that come one after the other, and have one path, the last one's stays.
 *
 * @param pids  of the processes that recorded something
 */
void aw__run_trace_finish(const char *path, const uint32_t *pids, size_t count);

#endif
