/* SPDX-License-Identifier: MIT */
/*
 * The allow-list: findings that somebody knows of, tolerates, and says why.
 *
 *	# a comment
 *	[allow]
 *	kind = never-retrieved
 *	coroutine = legacy_*
 *	reason = the old importer drops its tasks; it goes with #42
 *	expires = 2027-03-31
 *
 * An entry allows a finding that matches everything that it names; man/awry.5 has the keys. Patterns
 * are those of fnmatch(3). An entry whose day has passed allows nothing, and fails the gate.
 */
#ifndef AW__REPORT_ALLOW_H
#define AW__REPORT_ALLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/map.h"
#include "base/problem.h"
#include "viewer/model/model.h"

#define AW__ALLOW_MAX_BYTES   (1u << 20)
#define AW__ALLOW_MAX_ENTRIES 4096u

struct aw__allowance {
	unsigned line;					     /* where it begins */
	uint32_t kind;					     /* 0: any */
	char *coroutine, *function, *file, *error, *message; /* patterns; NULL: any */
	char *reason;
	char expires[11]; /* its last day, "2027-03-31"; empty: none */
	bool expired;
	uint64_t used; /* findings that it allowed */
};

struct aw__allow_list {
	char *name; /* of the file */
	struct aw__allowance *entries;
	size_t count;
};

/**
 * Read a list.
 *
 * @param name   of the file, for messages
 * @param today  "2026-11-21"
 * Returns NULL if it is not well-formed: `problem` names file, line and what is allowed.
 */
struct aw__allow_list *aw__allow_list_parse(const char *name, const char *text, size_t length,
					    const char *today, struct aw__problem *problem);
void aw__allow_list_destroy(struct aw__allow_list *list);
/** The first entry that allows this finding, or NULL. */
const struct aw__allowance *aw__allow_list_match(const struct aw__allow_list *list,
						 const struct aw__model *model,
						 const struct aw__found *found);

/* The entries that allow findings of one model. */
struct aw__verdicts {
	const struct aw__allow_list *list;
	struct aw__map allowed;		   /* id of a finding: its struct aw__allowance */
	uint64_t kinds[AW__FINDING_KINDS]; /* how many are allowed, by kind */
	uint64_t count;
};

/*
 * A finding that was counted but not kept is allowed if all kept ones of its group are, the first of them by an entry
 * without a message (messages differ).
 */

/** Judge all findings, and count what each entry is used for. `list` NULL: nothing is allowed. */
void aw__verdicts_init(struct aw__verdicts *verdicts, struct aw__allow_list *list,
		       const struct aw__model *model);
void aw__verdicts_finish(struct aw__verdicts *verdicts);
/** NULL if it is not allowed. `verdicts` may be NULL. */
const struct aw__allowance *aw__verdicts_of(const struct aw__verdicts *verdicts,
					    const struct aw__found *found);
/**
 * Of a group: how many of its findings are allowed.
 *
 * @param ret_entry  that of the first that is; NULL if none is
 */
uint64_t aw__verdicts_of_group(const struct aw__verdicts *verdicts,
			       const struct aw__found_group *group,
			       const struct aw__allowance **ret_entry);
/** True if those of a group that are counted but not kept are allowed. */
bool aw__verdicts_spare_rest(const struct aw__verdicts *verdicts,
			     const struct aw__found_group *group);
/** True if all of it is allowed. */
bool aw__verdicts_spare(const struct aw__verdicts *verdicts, const struct aw__found_group *group);

#endif
