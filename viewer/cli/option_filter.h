/* SPDX-License-Identifier: MIT */
/* --filter, for the commands that show a recording: of the tasks that do not match, and of their errors and findings,
 * nothing is shown. */
#ifndef AW__CLI_OPTION_FILTER_H
#define AW__CLI_OPTION_FILTER_H

#include "viewer/cli/cli.h"

/** The option, as a child of a command's own. */
extern const struct argp aw__option_filter_argp;

/**
 * Leave in the session's model only what the filter means; nothing changes if there is none. The target is read once
 * more, up to the moment that the model shows.
 *
 * @param flags  as the session was opened
 */
void aw__option_filter_apply(struct aw__session *session, unsigned flags);

#endif
