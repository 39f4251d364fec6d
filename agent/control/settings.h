/* SPDX-License-Identifier: MIT */
/* The AWRY_ environment variables: one table of names, meanings and allowed values. */
#ifndef AW__SETTINGS_H
#define AW__SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
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

/** Set every setting to its default. */
void aw__settings_default(struct aw__settings *ret);
/**
 * Set one AWRY_ variable's setting. False: the value is not allowed, and nothing changed.
 *
 * @param variable     after "AWRY_"
 * @param ret_allowed  which values are allowed; NULL: there is no such variable, or the agent does not read it
 */
bool aw__settings_set(struct aw__settings *settings, const char *variable, const char *value,
		      const char **ret_allowed);
/** The name of a variable, after "AWRY_", by its index; NULL past the last. */
const char *aw__settings_name(size_t index);
/** The variable whose name is most similar to one that does not exist; NULL: none is similar. Both are what follows "AWRY_". */
const char *aw__settings_nearest(const char *name);
/**
 * Set the settings that follow from others; call it when all others are set.
 *
 * @param asked_of_parent  in a forked child: the trace's path as it was configured, or NULL; in other processes NULL
 */
void aw__settings_complete(struct aw__settings *settings, const char *asked_of_parent);

/** True if AWRY_DEBUG is set to anything but 0: a cheap test for programs that are not recorded. */
bool aw__settings_wanted(void);

#endif
