/* SPDX-License-Identifier: MIT */
/* Decides for the model which errors, findings and tasks are kept. retention.h describes the policy. */
#include "viewer/model/retention.h"

#include "viewer/model/model_internal.h"

const struct aw__dropped_rule aw__retention_dropped_rules[AW__DROPPED_KINDS] = {
	[AW__DROPPED_LOST] = { .lost = true, .counted_as = AW__DROPPED_LOST },
	[AW__DROPPED_TAKEN] = { .retrieved = true, .counted_as = AW__DROPPED_TAKEN },
	[AW__DROPPED_PENDING] = { .counted_as = AW__DROPPED_PENDING },
	[AW__DROPPED_PART] = { .counted_as = AW__DROPPED_COUNTED },
	[AW__DROPPED_TAKEN_LATE] = { .retrieved = true, .counted_as = AW__DROPPED_PENDING },
};

uint64_t aw__retention_room(const struct aw__model *model)
{
	static const struct {
		size_t below;
		uint64_t room;
	} steps[] = {
		{ AW__MODEL_MAX_ERRORS / 2, UINT64_MAX },
		{ AW__MODEL_MAX_ERRORS / 4 * 3, 64 },
		{ AW__MODEL_MAX_ERRORS / 8 * 7, 8 },
		/* the rest is for lost errors, which are kept until their finding arrives */
		{ AW__MODEL_MAX_ERRORS / 64 * 63, 1 },
	};
	const size_t kept =
		model->errors.count > model->found.count ? model->errors.count : model->found.count;

	_Static_assert(AW__MODEL_MAX_FINDINGS == AW__MODEL_MAX_ERRORS, "one scale for both");
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (kept < steps[i].below)
			return steps[i].room;
	return 0;
}

bool aw__retention_keeps_finding(const struct aw__model *model, uint32_t kind,
				 const struct aw__found_group *group)
{
	return kind == AW__LOST_EVENTS ||
	       (group != NULL ? group->kept : 0) < aw__retention_room(model);
}

bool aw__retention_is_among_first(const struct aw__found_group *group)
{
	return group->kept < AW__MODEL_FIRST;
}

bool aw__retention_is_too_many(const struct aw__found_group *group)
{
	return group->kept >= AW__MODEL_FIRST + 2 * AW__MODEL_NEWEST;
}

bool aw__retention_keeps_error(const struct aw__model *model, const struct aw__error_group *group)
{
	return group == NULL || group->kept < aw__retention_room(model);
}

bool aw__retention_keeps_retrieved(const struct aw__model *model,
				   const struct aw__error_group *group)
{
	return group != NULL && group->among_first < AW__MODEL_FIRST_TAKEN &&
	       aw__retention_room(model) > AW__MODEL_FIRST_TAKEN;
}

bool aw__retention_needs_error(const struct aw__error *error)
{
	return error->named_by > 0 || error->found_count > 0 || error->among_first;
}

enum aw__dropped_as aw__retention_dropped_as(const struct aw__error *error)
{
	if (error->state == AW__ERROR_LOST)
		return AW__DROPPED_LOST;
	return error->state == AW__ERROR_TAKEN ? AW__DROPPED_TAKEN : AW__DROPPED_PENDING;
}

bool aw__retention_needs_task(const struct aw__task *task)
{
	return task->live || task->finding_count > 0 || task->error_count > 0;
}
