/* SPDX-License-Identifier: MIT */
/* For `awry record` and `awry recover`: the target, and the trace that is written. */
#ifndef AW__CLI_OPTION_TRACE_H
#define AW__CLI_OPTION_TRACE_H

#include "viewer/cli/cli.h"

struct aw__option_trace {
	struct aw__target target;
	const char *path;
	bool force, compress;
};

/**
 * Parse "TARGET -o FILE [--compress] [--force]"; ends the program if the command line is invalid.
 *
 * @param args    the arguments, as --help shows them
 * @param wanted  the allowed targets, for the error message if there is none
 */
void aw__option_trace_parse(int argc, char **argv, const char *args, const char *doc,
			    const char *wanted, struct aw__option_trace *ret_wish);

/** Begin the trace. False if that is not possible (an error was printed). */
bool aw__option_trace_begin(const struct aw__option_trace *wish, struct aw__output *ret_output);
/** Move it to its path, with an index if it is long. False if that was not possible (an error was printed). */
bool aw__option_trace_end(struct aw__output *output);

#endif
