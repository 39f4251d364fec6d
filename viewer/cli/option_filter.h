/* SPDX-License-Identifier: MIT */
/* The option --filter of commands that show a recording: hides tasks that do not match, and their errors and findings. */
#ifndef AW__CLI_OPTION_FILTER_H
#define AW__CLI_OPTION_FILTER_H

#include "viewer/cli/cli.h"

/** The option, as a child of a command's own. */
extern const struct argp aw__option_filter_argp;

/**
 * Reduce the session's model to the tasks that match; does nothing without a filter. The target is read once more, up to
 * the time that the model shows.
 *
 * @param flags  with which the session was opened
 */
void aw__option_filter_apply(struct aw__session *session, unsigned flags);

#endif
