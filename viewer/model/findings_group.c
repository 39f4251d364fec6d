/* SPDX-License-Identifier: MIT */
/*
 * Groups of equal findings: adds, drops and takes back their findings, with the errors and tasks that only these
 * needed. Which findings are kept: retention.h.
 *
 * Findings are dropped many at a time, because closing the gaps in the ordered list of all findings takes a walk
 * along it.
 */
#include "base/alloc.h"
#include "viewer/model/model_internal.h"

void aw__findings_append(struct aw__found_group *group, struct aw__found *found)
{
	found->group = group;
	found->next = NULL;
	found->previous = group->last;
	*(group->last != NULL ? &group->last->next : &group->first) = found;
	group->last = found;
	found->early = aw__retention_is_among_first(group);
	if (!found->early && group->middle == NULL)
		group->middle = found;
	group->kept++;
}

void aw__findings_remove(struct aw__found *found)
{
	struct aw__found_group *group = found->group;

	if (found->early && group->middle != NULL) {
		group->middle->early = true;
		group->middle = group->middle->next;
	} else if (found == group->middle) {
		group->middle = found->next;
	}
	*(found->previous != NULL ? &found->previous->next : &group->first) = found->next;
	*(found->next != NULL ? &found->next->previous : &group->last) = found->previous;
	group->kept--;
	found->group = NULL;
}

void aw__findings_list(struct aw__model *model, struct aw__found *found)
{
	found->serial = ++model->found_serial;
	aw__model_append(&model->found_list, found);
}

void aw__found_free(struct aw__model *model, struct aw__found *found)
{
	aw__model_drop(model, found->text);
	model->bytes -= found->member_count * sizeof(*found->members);
	aw__alloc_free(found->members);
	aw__alloc_free(found);
}

static void unpin(struct aw__model *model, const struct aw__found *found)
{
	for (uint32_t i = 0; i < found->member_count; i++)
		aw__tasks_unpin(model, found->members[i].task, true);
	if (found->member_count == 0)
		aw__tasks_unpin(model, found->task, true);
	aw__tasks_unpin(model, found->by, true);
}

/* The finding stays in the list of all findings, but in no group. */
static void drop(struct aw__model *model, struct aw__found *found)
{
	struct aw__found_group *group = found->group;
	uint64_t ns = aw__found_ns(found);

	if (ns > group->longest_ns)
		group->longest_ns = ns;
	aw__findings_remove(found);
	if (found->kind == AW__HELD_ERROR &&
	    aw__map_remove(&model->held_kept, found->error) != NULL)
		aw__map_put(&model->held_counted, found->error, group);
	aw__map_remove(&model->found, found->id);
	aw__dropped_add(&model->found_dropped, found->id);
	aw__errors_unfound(model, found->error);
	unpin(model, found);
}

void aw__findings_close_gaps(struct aw__model *model)
{
	struct aw__pointers *list = &model->found_list;
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct aw__found *found = list->items[i];

		if (found->group == NULL)
			aw__found_free(model, found);
		else
			list->items[kept++] = found;
	}
	list->count = kept;
	model->found_gaps = 0;
}

void aw__findings_hold(struct aw__model *model, struct aw__found *found)
{
	if (found->kind == AW__HELD_ERROR && found->error != 0)
		aw__map_put(&model->held_kept, found->error, found);
}

bool aw__findings_is_held(const struct aw__model *model, uint64_t error)
{
	return aw__map_get(&model->held_kept, error) != NULL ||
	       aw__map_get(&model->held_counted, error) != NULL;
}

/* If a group has no kept finding left, its others are counted as findings_beyond. */
static void count_beyond(struct aw__model *model, struct aw__found_group *group)
{
	model->counts.findings_beyond += group->count;
	group->count = 0;
}

static void take_back(struct aw__model *model, struct aw__found *found)
{
	struct aw__found_group *group = found->group;

	aw__findings_leave(found);
	aw__map_remove(&model->found, found->id);
	aw__dropped_add(&model->found_dropped, found->id);
	aw__errors_unname(model, found->error);
	unpin(model, found);
	if (group->kept == 0)
		count_beyond(model, group);
	model->found_gaps++;
	if (model->found_gaps > model->found_list.count / 2)
		aw__findings_close_gaps(model);
}

void aw__findings_unheld(struct aw__model *model, uint64_t id)
{
	struct aw__found *found = id != 0 ? aw__map_remove(&model->held_kept, id) : NULL;
	struct aw__found_group *group =
		id != 0 && found == NULL ? aw__map_remove(&model->held_counted, id) : NULL;

	if (found == NULL && group == NULL)
		return;
	model->counts.findings[AW__HELD_ERROR]--;
	if (found != NULL)
		take_back(model, found);
	else if (group->count > 0)
		group->count--;
	else if (model->counts.findings_beyond > 0)
		model->counts.findings_beyond--;
}

void aw__findings_thin(struct aw__model *model, struct aw__found_group *group)
{
	if (!aw__retention_is_too_many(group))
		return;
	for (size_t i = 0; i < AW__MODEL_NEWEST && group->middle != NULL; i++)
		drop(model, group->middle);
	aw__findings_close_gaps(model);
}
