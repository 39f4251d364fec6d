/* SPDX-License-Identifier: MIT */
/*
 * Retention: which objects a model keeps, which it only counts, and which it drops to make room. This is the whole
 * policy; the files that apply it ask the functions here.
 *
 * The aim: a flood of one kind never pushes out another kind, memory stays bounded, and every number in a report
 * counts all that was recorded, kept or not.
 *
 * Findings (model_findings.c, findings_group.c). Of equal findings (a group) the first AW__MODEL_FIRST are kept, and
 * the newest AW__MODEL_NEWEST to twice as many; those between them are dropped. As the model fills up, a new finding
 * is kept only while its group has fewer than aw__retention_room(); the others are counted in their group, or, if no
 * finding of the group is kept, as findings_beyond. A lost-events finding is always kept.
 *
 * Errors (errors.c, errors_drop.c). An error is needed while a kept finding refers to it, while another error has it as
 * a cause, context or child, or if it is among the first AW__MODEL_FIRST_TAKEN retrieved ones of its group. An error
 * that is not needed is dropped
 * - when AW__MODEL_MAX_TAKEN more were retrieved after it,
 * - together with the last finding that referred to it, or with the error that it was a part of,
 * - at once, instead of being kept, if its group has as many as aw__retention_room(): unless it is lost, because then
 *   its finding follows, and the error is kept if the finding is.
 *
 * Tasks (tasks.c). A task is needed while it lives, and while a kept error or finding refers to it. Of the others the
 * AW__MODEL_MAX_FINISHED that finished last are kept; children of a dropped one become roots of the tree. A task that
 * is known only as a creator is dropped with its last child.
 *
 * Dropped ids (dropped.h). Recorders report errors and findings more than once, and a black box is read after the
 * socket. So the ids of dropped ones are remembered, those of errors with their state (enum aw__dropped_as). A dropped
 * finding is not counted again. A dropped error is kept again if it must be, and its id leaves the set: it does not
 * count as dropped any more, and is lost or retrieved again if it was (aw__retention_dropped_rules).
 *
 * The image of a model (image.h) holds all of this, so that a model that is loaded from it behaves in the same way.
 */
#ifndef AW__RETENTION_H
#define AW__RETENTION_H

#include <stdbool.h>
#include <stdint.h>

#define AW__MODEL_MAX_TASKS    (1u << 21) /* alive, or kept for their error or finding */
#define AW__MODEL_MAX_FINISHED (1u << 13) /* finished, and nothing refers to them: the newest */
#define AW__MODEL_MAX_ERRORS   (1u << 18)
#define AW__MODEL_MAX_TAKEN    (1u << 13) /* retrieved, and not needed: the newest */
#define AW__MODEL_MAX_FINDINGS (1u << 18)
#define AW__MODEL_FIRST	       1024u /* of a group of findings */
#define AW__MODEL_NEWEST       1024u /* of a group of findings, at least; at most twice as many */
#define AW__MODEL_FIRST_TAKEN  16u   /* of a group of errors */

/* The state of an error when it was dropped. The image stores these numbers: they must not change. */
enum aw__dropped_as {
	AW__DROPPED_LOST,
	AW__DROPPED_TAKEN,
	AW__DROPPED_PENDING,
	AW__DROPPED_COUNTED,			/* a group has counters for those above */
	AW__DROPPED_PART = AW__DROPPED_COUNTED, /* a part of another error, dropped with it */
	AW__DROPPED_TAKEN_LATE, /* retrieved after it was dropped: still counted as pending, since its group is unknown */
	AW__DROPPED_KINDS
};

struct aw__dropped_rule {
	bool lost, retrieved;		/* the state that it gets when it is kept again */
	enum aw__dropped_as counted_as; /* by its group; AW__DROPPED_COUNTED: not counted */
};

/** Indexed by enum aw__dropped_as. */
extern const struct aw__dropped_rule aw__retention_dropped_rules[AW__DROPPED_KINDS];

struct aw__error;
struct aw__error_group;
struct aw__found_group;
struct aw__model;
struct aw__task;

/**
 * How many findings or errors of a group are kept: fewer as the model fills up, so that there is room for rare ones
 * that come late. UINT64_MAX: there is no limit yet.
 */
uint64_t aw__retention_room(const struct aw__model *model);

/** Whether a new finding is kept, or only counted. `group` NULL: it is the first of its group. */
bool aw__retention_keeps_finding(const struct aw__model *model, uint32_t kind,
				 const struct aw__found_group *group);
/** Whether the next finding of a group is one of the first, which are never dropped. */
bool aw__retention_is_among_first(const struct aw__found_group *group);
/** Whether a group has so many that AW__MODEL_NEWEST of them are to be dropped. */
bool aw__retention_is_too_many(const struct aw__found_group *group);

/** Whether a new error that is not lost is kept, or only counted. `group` NULL: it has none. */
bool aw__retention_keeps_error(const struct aw__model *model, const struct aw__error_group *group);
/** Whether a retrieved error is kept as one of the first of its group; `group` NULL: it has none. */
bool aw__retention_keeps_retrieved(const struct aw__model *model,
				   const struct aw__error_group *group);
/** Whether an error must not be dropped. */
bool aw__retention_needs_error(const struct aw__error *error);
/** The state with which an error is dropped that is not a part of another one. */
enum aw__dropped_as aw__retention_dropped_as(const struct aw__error *error);

/** Whether a task must not be dropped. */
bool aw__retention_needs_task(const struct aw__task *task);

#endif
