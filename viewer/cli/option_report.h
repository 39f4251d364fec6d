/* SPDX-License-Identifier: MIT */
/* Reports that a command writes: their formats, and the files that they go to. */
#ifndef AW__CLI_OPTION_REPORT_H
#define AW__CLI_OPTION_REPORT_H

#include "viewer/cli/cli.h"

/** The format of that name; ends the program, with what is allowed, if there is none. */
const struct aw__report_format *aw__option_report_format(struct argp_state *state, const char *name,
							 size_t length);
/** For argp: the formats, from their table, before the examples. */
char *aw__option_report_help(int key, const char *text, void *input);
/** Write a report to a file, whole or not at all. `force`: replace one that exists. */
bool aw__option_report_write(const char *path, bool force, const struct aw__buffer *text,
			     struct aw__problem *problem);

#endif
