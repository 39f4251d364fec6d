/* SPDX-License-Identifier: MIT */
/*
 * The filter of a stream, for the stream; <awry/filter.h> is the interface for the filter.
 *
 * The stream owns the descriptor and the reader's buffer, the filter the data between them. Neither accesses the fields of
 * the other: the stream calls the functions below, and filter.c those of stream.h and stream_buffer.h.
 */
#ifndef AW__FILTER_H
#define AW__FILTER_H

#include "agent/runtime/stream/stream.h"

#include <awry/filter.h>

/** The kind of handle that a stream with this filter is for the recorder. */
const char *aw__filter_kind(const struct aw__filter *filter);
/** The buffer for bytes that are read from the descriptor. */
char *aw__filter_raw(struct aw__filter *filter, size_t *ret_size);
/** `count` bytes were read into that buffer. */
void aw__filter_received(struct aw__filter *filter, size_t count);
/** The descriptor's end was read. */
void aw__filter_ended(struct aw__filter *filter);
/** Write at least one byte through the filter. */
aw_error *aw__filter_write(struct aw__filter *filter, const struct iovec *pieces, size_t count);
/** Schedule the filter to go on, for example because the reader has caught up. */
void aw__filter_resume(struct aw__filter *filter);
/** The user closes the stream. */
void aw__filter_close(struct aw__filter *filter);
/** True if the filter has shut down, and the descriptor may be closed. */
bool aw__filter_is_done(const struct aw__filter *filter);
/** The descriptor is being closed. `wake`: wake the waiting tasks, because the loop stays open. */
void aw__filter_lost(struct aw__filter *filter, bool wake);
/** Takes NULL. */
void aw__filter_destroy(struct aw__filter *filter);

#endif
