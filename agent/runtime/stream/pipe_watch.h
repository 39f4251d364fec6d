/* SPDX-License-Identifier: MIT */
/*
 * Detects that a pipe has lost its reader, even while nothing is being written. libuv does not
 * check then; a poll handle on a copy of the descriptor does.
 */
#ifndef AW__PIPE_WATCH_H
#define AW__PIPE_WATCH_H

#include "agent/runtime/stream/stream.h"

/** Watch a descriptor, which the caller keeps. */
aw_error *aw__pipe_watch_start(struct aw_stream *stream, int fd);
/** Stop watching, if it was started. */
void aw__pipe_watch_stop(struct aw_stream *stream);

#endif
