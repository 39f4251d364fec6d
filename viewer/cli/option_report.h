/* SPDX-License-Identifier: MIT */
/* Reports that a command writes: their formats and files. */
#ifndef AW__CLI_OPTION_REPORT_H
#define AW__CLI_OPTION_REPORT_H

#include "viewer/cli/cli.h"

/** The format of that name; if there is none, prints the allowed ones and ends the program. */
const struct aw__report_format *aw__option_report_format(struct argp_state *state, const char *name,
							 size_t length);
/** A help filter for argp: lists the formats and kinds of findings before the examples. */
char *aw__option_report_help(int key, const char *text, void *input);
/** Write a report to a file, completely or not at all. `force`: replace an existing file. */
bool aw__option_report_write(const char *path, bool force, const struct aw__buffer *text,
			     struct aw__problem *problem);

#endif
