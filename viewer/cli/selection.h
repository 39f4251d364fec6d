/* SPDX-License-Identifier: MIT */
/*
 * The first of two passes over a recording: finds when it begins and ends, and which tasks match a filter. The state of a
 * task when it finished counts or, if it did not finish, at the recording's end.
 */
#ifndef AW__CLI_SELECTION_H
#define AW__CLI_SELECTION_H

#include "base/map.h"
#include "viewer/cli/cli.h"
#include "viewer/model/task_filter.h"

#define AW__SELECTION_MOST_TASKS (1u << 22)

struct aw__selection {
	bool filtered;
	struct aw__map tasks; /* its keys are the ids of the tasks that match */
	uint64_t left_out;    /* number of matching tasks beyond the bound */
	uint64_t from_ns, until_ns;
};

/** The values of the options; each may be NULL. */
struct aw__selection_wish {
	const char *since, *until, *filter;
	bool quiet;
};

/** Check the options, as far as that is possible without a recording; errors are printed. */
bool aw__selection_check(const struct aw__selection_wish *wish);
/** Find the matching tasks of a model that was read already; the filter must be valid. */
void aw__selection_judge(struct aw__selection *ret_selection, const struct aw__model *model,
			 uint64_t now_ns, const char *filter);
/** False if an option is invalid, or the target cannot be read (an error was printed). */
bool aw__selection_make(struct aw__selection *ret_selection, const char *target, unsigned flags,
			const struct aw__selection_wish *wish);
void aw__selection_finish(struct aw__selection *selection);

#endif
