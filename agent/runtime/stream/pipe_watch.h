/* SPDX-License-Identifier: MIT */
/*
 * Who writes to a pipe wants to know when nobody reads it any more, also while nothing is to be
 * sent. libuv does not look then; a poll handle on a copy of the descriptor does.
 */
#ifndef AW__PIPE_WATCH_H
#define AW__PIPE_WATCH_H

#include "agent/runtime/stream/stream.h"

/** Watch a descriptor, which stays the caller's. */
aw_error *aw__pipe_watch_start(struct aw_stream *stream, int fd);
/** Stop it, if it was ever started. */
void aw__pipe_watch_stop(struct aw_stream *stream);

#endif
