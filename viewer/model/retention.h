/* SPDX-License-Identifier: MIT */
/*
 * Retention: what a model keeps whole, what it only counts, and what it drops to make room. This is the whole policy;
 * the files that carry it out ask here.
 *
 * The aim: a flood of one kind never pushes out another kind, memory stays bounded, and every number in a report
 * counts all that was recorded, kept or not.
 *
 * Findings (model_findings.c, findings_group.c). Of equal findings (a group) the first AW__MODEL_FIRST are kept, and
 * the newest AW__MODEL_NEWEST to twice as many; those between them are dropped. As the model fills up, a new finding
 * is kept only while its group has fewer than aw__retention_room(); the others are counted in their group, or, if none
 * of the group is kept, as findings_beyond. A lost-events finding is always kept.
 *
 * Errors (errors.c, errors_drop.c). An error is needed while a kept finding names it, while another error has it as a
 * cause, context or child, or if it is among the first AW__MODEL_FIRST_TAKEN retrieved ones of its group. One that is
 * not needed is dropped
 * - when AW__MODEL_MAX_TAKEN more were retrieved after it,
 * - together with the last finding that named it, or with the error that it was a part of,
 * - at once, instead of being kept, if its group has as many as aw__retention_room(): unless it is lost, because
 *   then its finding follows, and decides.
 *
 * Tasks (tasks.c). A task is needed while it lives, and while a kept error or finding refers to it. Of the others the
 * AW__MODEL_MAX_FINISHED that finished last are kept; children of a dropped one become roots of the tree. A task that
 * is known only as a creator is dropped with its last child.
 *
 * What was dropped (dropped.h). Recorders tell errors and findings again, and a black box is read after the socket. So
 * the ids of dropped ones are remembered, errors by what was known of them (enum aw__dropped_as). A finding whose id is
 * there is not counted again. An error whose id is there is kept again if it must be, and leaves the set: it is
 * uncounted as dropped, and is lost or retrieved again if it was (aw__retention_dropped_rules).
 *
 * The image of a model (image.h) holds all of this, so that a model loaded from it goes on in the same way.
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

/* What was known of an error when it was dropped. Numbers of the image: they stay. */
enum aw__dropped_as {
	AW__DROPPED_LOST,
	AW__DROPPED_TAKEN,
	AW__DROPPED_PENDING,
	AW__DROPPED_COUNTED,			/* its group counts those above, by this number */
	AW__DROPPED_PART = AW__DROPPED_COUNTED, /* a part of another error, dropped with it */
	AW__DROPPED_TAKEN_LATE, /* retrieved after it was dropped: its group, unknown by then, counts it as pending */
	AW__DROPPED_KINDS
};

struct aw__dropped_rule {
	bool lost, retrieved;		/* as it is again when it is kept again */
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
/** As what an error is dropped that is no part of another one. */
enum aw__dropped_as aw__retention_dropped_as(const struct aw__error *error);

/** Whether a task must not be dropped. */
bool aw__retention_needs_task(const struct aw__task *task);

#endif
