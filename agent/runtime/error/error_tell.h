/* SPDX-License-Identifier: MIT */
#ifndef AW__ERROR_TELL_H
#define AW__ERROR_TELL_H

#include <awry/error.h>

/**
 * Report an error and its parts to the recorder, each once, at most 1,024 in all.
 *
 * Called when an error leaves a task or is put into a future. An error that was reported before is
 * not reported again. Does nothing while recording is off, or for NULL.
 */
void aw__error_tell(const aw_error *err);

/** Report the whole tree again, marked as lost: call it before aw_agent_error_lost(). */
void aw__error_tell_lost(const aw_error *err);

/** The id under which the recorder knows the error; 0 if it was not reported, and for NULL. */
uint64_t aw__error_id(const aw_error *err);

#endif
