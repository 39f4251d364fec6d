/* SPDX-License-Identifier: MIT */
/* The end of `awry run`: summaries, reports, and the exit status. */
#ifndef AW__CLI_RUN_END_H
#define AW__CLI_RUN_END_H

#include "viewer/cli/gating.h"
#include "viewer/cli/sourcing.h"

struct aw__run_wanted {
	const struct aw__report_format *format;
	const char *path; /* NULL: stderr, instead of the findings as they happen */
};

struct aw__run_end {
	const struct aw__gating *gating;
	struct aw__sourcing *sourcing;
	const struct aw__run_wanted *reports;
	size_t report_count;
	bool force;	 /* they may replace files that exist */
	bool at_the_end; /* a report goes to stderr, instead of the findings as they happen */
	char *const *command;
	bool succeeded;			     /* it exited with 0 */
	const struct aw__session **sessions; /* one a process; some may have said nothing */
	size_t count;
	size_t left; /* processes that go on though the command has ended */
};

/** Returns the exit status; -1 if that is to be the command's. */
int aw__run_end(const struct aw__run_end *end);

#endif
