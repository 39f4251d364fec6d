/* SPDX-License-Identifier: MIT */
#ifndef AW__ERROR_TELL_H
#define AW__ERROR_TELL_H

#include <awry/error.h>

/**
 * Tell the recorder of an error and all of its parts, each once, at most 1,024 of them.
 *
 * Called when an error leaves a task or is put into a future. What was told before is not told
 * again. Nothing happens while recording is off, or for NULL.
 */
void aw__error_tell(const aw_error *err);

/** Tell the whole tree again, as lost: goes before aw_agent_error_lost(). */
void aw__error_tell_lost(const aw_error *err);

/** The id under which the recorder knows the error; 0 if it was not told, and for NULL. */
uint64_t aw__error_id(const aw_error *err);

#endif
