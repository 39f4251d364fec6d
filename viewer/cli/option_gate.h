/* SPDX-License-Identifier: MIT */
/* --fail-on and --allow, of the commands that can fail a build. */
#ifndef AW__CLI_OPTION_GATE_H
#define AW__CLI_OPTION_GATE_H

#include "viewer/cli/cli.h"
#include "viewer/report/allow.h"
#include "viewer/report/gate.h"

/** --allow, as a child of a command's parser; its input is a struct aw__allow_list *, which becomes the list. */
extern const struct argp aw__option_allow_argp;
/** Print on stderr which entries are out of date, and which allowed nothing. True if one is out of date. */
bool aw__option_allow_tell(const struct aw__allow_list *list);

struct aw__option_gate {
	struct aw__gate gate;
	struct aw__allow_list *allow; /* NULL: nothing is allowed */
};

/** The two options, as a child of a command's parser; its input is a struct aw__option_gate. */
extern const struct argp aw__option_gate_argp;
/**
 * Print on stderr which terms are met, which entries are out of date, and which allowed nothing.
 *
 * Returns AW__EXIT_FOUND if the build is to fail, otherwise AW__EXIT_DONE.
 */
int aw__option_gate_check(const struct aw__option_gate *option,
			  const struct aw__report_process *processes, size_t count);
void aw__option_gate_finish(struct aw__option_gate *option);

#endif
