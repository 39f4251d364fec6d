/* SPDX-License-Identifier: MIT */
/*
 * The filter of a stream, as the stream sees it: <awry/filter.h> has the other side.
 *
 * The stream owns the descriptor and the reader's buffer, the filter what lies between them. Neither looks into the other: the stream calls the
 * functions below, and the filter those that stream.h and stream_buffer.h have for it.
 */
#ifndef AW__FILTER_H
#define AW__FILTER_H

#include "agent/runtime/stream/stream.h"

#include <awry/filter.h>

/** What the recorder calls a stream that has it. */
const char *aw__filter_kind(const struct aw__filter *filter);
/** Where bytes of the descriptor are to be put. */
char *aw__filter_raw(struct aw__filter *filter, size_t *ret_size);
/** So many bytes are there. */
void aw__filter_received(struct aw__filter *filter, size_t count);
/** The descriptor's end. */
void aw__filter_ended(struct aw__filter *filter);
/** Write at least one byte through it. */
aw_error *aw__filter_write(struct aw__filter *filter, const struct iovec *pieces, size_t count);
/** Let it go on, soon, since the reader has caught up. */
void aw__filter_resume(struct aw__filter *filter);
/** The user closes the stream. */
void aw__filter_close(struct aw__filter *filter);
/** Whether it has said its goodbye, and the descriptor may be closed. */
bool aw__filter_is_done(const struct aw__filter *filter);
/** The descriptor is being closed. `wake`: the loop lives on, and with it who waits. */
void aw__filter_lost(struct aw__filter *filter, bool wake);
/** NULL is none. */
void aw__filter_destroy(struct aw__filter *filter);

#endif
