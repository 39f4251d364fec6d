/* SPDX-License-Identifier: MIT */
/*
 * A first look at a recording, for what cannot be said in one pass: when it begins and ends, and which tasks a filter
 * means. A task is judged as it was when it finished or, if it did not, at the recording's end.
 */
#ifndef AW__CLI_SELECTION_H
#define AW__CLI_SELECTION_H

#include "base/map.h"
#include "viewer/cli/cli.h"
#include "viewer/model/task_filter.h"

#define AW__SELECTION_MOST_TASKS (1u << 22)

struct aw__selection {
	bool filtered;
	struct aw__map tasks; /* the ids that the filter means are its keys */
	uint64_t left_out;    /* that were too many to be remembered */
	uint64_t from_ns, until_ns;
};

/** What to look for; each may be NULL. */
struct aw__selection_wish {
	const char *since, *until, *filter;
	bool quiet;
};

/** Check the wishes, as far as that is possible without a recording; errors are printed. */
bool aw__selection_check(const struct aw__selection_wish *wish);
/** Judge the tasks of a model that was read already; the filter was checked. */
void aw__selection_judge(struct aw__selection *ret_survey, const struct aw__model *model,
			 uint64_t now_ns, const char *filter);
/** False if a wish is invalid, or the target cannot be read (an error was printed). */
bool aw__selection_make(struct aw__selection *ret_survey, const char *target, unsigned flags,
			const struct aw__selection_wish *wish);
void aw__selection_finish(struct aw__selection *survey);

#endif
