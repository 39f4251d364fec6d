/* SPDX-License-Identifier: MIT */
/* The settings of a program that starts the recorder itself (aw_agent_start_with()). */
#ifndef AW__OPTIONS_H
#define AW__OPTIONS_H

#include <stdbool.h>

#include <awry/agent.h>

#include "agent/control/settings.h"

/**
 * Check the options, and keep a copy: a forked child is recorded with the same options. For a value that is not allowed there is one line on
 * stderr, and the options that were kept before stay.
 *
 * @param options  NULL: the defaults
 *
 * Context: one thread at a time
 */
bool aw__options_keep(const struct aw_agent_options *options);
/** Read the kept options. @param is_child  this is a forked child. */
void aw__options_read(struct aw__settings *ret, bool is_child);

#endif
