/* SPDX-License-Identifier: MIT */
/* --fail-on and --allow, of the commands that can fail a build. */
#ifndef AW__CLI_GATING_H
#define AW__CLI_GATING_H

#include "viewer/cli/allowing.h"
#include "viewer/report/gate.h"

struct aw__gating {
	struct aw__gate gate;
	struct aw__allow_list *allow; /* NULL: nothing is allowed */
};

/** The two options, as a child of a command's parser; its input is a struct aw__gating. */
extern const struct argp aw__gating_argp;
/**
 * Say on stderr what fails, which entries are out of date, and which were of no use.
 *
 * Returns AW__EXIT_FOUND if the build is to fail, otherwise AW__EXIT_DONE.
 */
int aw__gating_check(const struct aw__gating *gating, const struct aw__report_process *processes,
		     size_t count);
void aw__gating_finish(struct aw__gating *gating);

#endif
