/* SPDX-License-Identifier: MIT */
/* Reads a session into an export: for `awry export` and `awry query`. */
#ifndef AW__CLI_EXPORT_READ_H
#define AW__CLI_EXPORT_READ_H

#include "viewer/cli/cli.h"
#include "viewer/export/part.h"

/**
 * Pass all items of the session to `part`, and end it. Problems are printed, and set session->failed.
 *
 * @param done  what happened to the items before a cut: "exported"
 */
void aw__export_read(struct aw__session *session, struct aw__part *part, bool quiet,
		     const char *done);
/** Report that `count` events or stacks were left out, if any; `advice` ends the line. */
void aw__export_tell_left_out(struct aw__session *session, uint64_t count, const char *advice);

#endif
