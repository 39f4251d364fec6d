/* SPDX-License-Identifier: MIT */
/*
 * The allow-list: known findings that are tolerated, each entry with its reason.
 *
 *	# a comment
 *	[allow]
 *	kind = never-retrieved
 *	coroutine = legacy_*
 *	reason = the old importer drops its tasks; it goes with #42
 *	expires = 2027-03-31
 *
 * An entry allows a finding that matches all of its keys; awry-allow(5) lists them. Patterns
 * are those of fnmatch(3). An expired entry allows nothing, and fails the gate.
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
	unsigned line;					     /* of its "[allow]" */
	uint32_t kind;					     /* 0: any */
	char *coroutine, *function, *file, *error, *message; /* patterns; NULL: any */
	char *reason;
	char expires[11]; /* the last day on which it is valid, "2027-03-31"; empty: none */
	bool expired;
	uint64_t used; /* findings that it allowed */
};

struct aw__allow_list {
	char *name; /* the file's */
	struct aw__allowance *entries;
	size_t count;
};

/**
 * Parse an allow-list.
 *
 * @param name   the file's, for messages
 * @param today  "2026-11-21"
 * Returns NULL if it is malformed: `problem` has the file, the line and the allowed form.
 */
struct aw__allow_list *aw__allow_list_parse(const char *name, const char *text, size_t length,
					    const char *today, struct aw__problem *problem);
void aw__allow_list_destroy(struct aw__allow_list *list);
/** The first entry that allows the finding; NULL if none does. */
const struct aw__allowance *aw__allow_list_match(const struct aw__allow_list *list,
						 const struct aw__model *model,
						 const struct aw__found *found);

/* The allowed findings of one model, and the entry that allows each. */
struct aw__verdicts {
	const struct aw__allow_list *list;
	struct aw__map allowed;		   /* id of a finding -> its struct aw__allowance */
	uint64_t kinds[AW__FINDING_KINDS]; /* number of allowed findings, by kind */
	uint64_t count;
};

/*
 * Findings that were counted but not kept are allowed if all kept findings of their group are, and the entry of the
 * first has no message pattern (messages differ).
 */

/** Match all findings, and count how many each entry allows. `list` NULL: nothing is allowed. */
void aw__verdicts_init(struct aw__verdicts *verdicts, struct aw__allow_list *list,
		       const struct aw__model *model);
void aw__verdicts_finish(struct aw__verdicts *verdicts);
/** The entry that allows a finding; NULL if none does. `verdicts` may be NULL. */
const struct aw__allowance *aw__verdicts_of(const struct aw__verdicts *verdicts,
					    const struct aw__found *found);
/**
 * How many findings of a group are allowed.
 *
 * @param ret_entry  the entry of the first allowed one; NULL if none is allowed
 */
uint64_t aw__verdicts_of_group(const struct aw__verdicts *verdicts,
			       const struct aw__found_group *group,
			       const struct aw__allowance **ret_entry);
/** True if the findings of a group that were counted but not kept are allowed. */
bool aw__verdicts_spare_rest(const struct aw__verdicts *verdicts,
			     const struct aw__found_group *group);
/** True if all findings of a group are allowed. */
bool aw__verdicts_spare(const struct aw__verdicts *verdicts, const struct aw__found_group *group);

#endif
