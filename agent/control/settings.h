/* SPDX-License-Identifier: MIT */
/* The environment's AWRY_ variables: one table of what there is, what it means and what is allowed. */
#ifndef AW__SETTINGS_H
#define AW__SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/record/record.h"
#include "agent/stream/stream_thread.h"

struct aw__settings {
	bool debug;
	bool listen; /* on a socket beside the box, or at listen_path */
	struct aw__record_options record;
	struct aw__stream_options stream;
};

/**
 * Read the environment. A bad value, or an AWRY_ variable that does not exist: one warning line on stderr each, and
 * the default. In a set-user-id program nothing is read.
 *
 * @param quiet  the warnings were given already: this is a forked child
 */
void aw__settings_read(struct aw__settings *ret, bool quiet);

/** What holds where nothing is said. */
void aw__settings_default(struct aw__settings *ret);
/** Set what an AWRY_ variable says. False: the value is not allowed, and nothing changed. @param ret_allowed  what is allowed then */
bool aw__settings_set(struct aw__settings *settings, const char *variable, const char *value,
		      const char **ret_allowed);
/**
 * What follows from others, once all are set.
 *
 * @param asked_of_parent  in a forked child: the trace's path as it was asked for; otherwise, and if there is none, NULL
 */
void aw__settings_complete(struct aw__settings *settings, const char *asked_of_parent);

/** True if AWRY_DEBUG asks for anything at all: cheap, for programs that run without. */
bool aw__settings_wanted(void);

#endif
