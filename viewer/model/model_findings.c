/* SPDX-License-Identifier: MIT */
/* Findings, and groups of findings that differ only in their task and time. How many are kept: retention.h. */
#include "viewer/model/model_internal.h"

#include "base/alloc.h"

/* Fill in what makes two findings equal, for looking up their group. */
static void key_of(const struct aw__model *model, const struct aw__found *found,
		   struct aw__found_group *ret_key)
{
	const struct aw__error *error = aw__model_error(model, found->error);

	*ret_key = (struct aw__found_group){
		.kind = found->kind,
		.coroutine = found->coroutine,
		.stack = found->stack,
		.error_type = error != NULL ? error->type : 0,
		.error_stack = error != NULL ? error->stack : 0,
	};
}

static uint64_t hash_of(const struct aw__found_group *group)
{
	uint64_t hash = aw__map_hash(group->kind);

	hash = aw__map_hash(hash ^ group->coroutine);
	hash = aw__map_hash(hash ^ group->stack);
	hash = aw__map_hash(hash ^ group->error_type);
	return aw__map_hash(hash ^ group->error_stack);
}

static bool same_key(const struct aw__found_group *a, const struct aw__found_group *b)
{
	return a->kind == b->kind && a->coroutine == b->coroutine && a->stack == b->stack &&
	       a->error_type == b->error_type && a->error_stack == b->error_stack;
}

struct aw__found_group *aw__findings_add_group(struct aw__model *model,
					       const struct aw__found_group *key)
{
	uint64_t hash = hash_of(key);
	struct aw__found_group *group = aw__alloc_must(sizeof(*group));

	*group = *key;
	group->chain = aw__map_get(&model->found_groups, hash);
	aw__map_put(&model->found_groups, hash, group);
	aw__model_append(&model->found_group_list, group);
	return group;
}

static struct aw__found_group *group_for(struct aw__model *model, const struct aw__found *found,
					 bool make)
{
	struct aw__found_group key, *group;

	key_of(model, found, &key);
	group = aw__map_get(&model->found_groups, hash_of(&key));
	for (; group != NULL; group = group->chain)
		if (same_key(group, &key))
			return group;
	return make ? aw__findings_add_group(model, &key) : NULL;
}

static void note_time(struct aw__found_group *group, uint64_t time_ns)
{
	if (group->count == 0 || time_ns < group->first_ns)
		group->first_ns = time_ns;
	if (group->count == 0 || time_ns > group->last_ns)
		group->last_ns = time_ns;
}

static void join(struct aw__model *model, struct aw__found *found)
{
	struct aw__found_group *group = group_for(model, found, true);

	aw__findings_append(group, found);
	note_time(group, found->time_ns);
	group->count++;
	aw__findings_hold(model, found);
	aw__findings_thin(model, group);
}

void aw__findings_leave(struct aw__found *found)
{
	struct aw__found_group *group = found->group;
	const bool first_or_last =
		found->time_ns == group->first_ns || found->time_ns == group->last_ns;

	aw__findings_remove(found);
	group->count--;
	if (!first_or_last || group->count != group->kept)
		return; /* dropped findings have no times */
	for (const struct aw__found *at = group->first; at != NULL; at = at->next) {
		if (at == group->first)
			group->first_ns = group->last_ns = at->time_ns;
		group->first_ns = at->time_ns < group->first_ns ? at->time_ns : group->first_ns;
		group->last_ns = at->time_ns > group->last_ns ? at->time_ns : group->last_ns;
	}
}

void aw__findings_regroup(struct aw__model *model, uint64_t id)
{
	struct aw__found *found = aw__map_get(&model->found, id);

	if (found == NULL || group_for(model, found, false) == found->group)
		return;
	aw__findings_leave(found);
	join(model, found);
}

static void read_event(const struct aw__event *event, struct aw__found *ret_found)
{
	*ret_found = (struct aw__found){
		.id = event->subject,
		.time_ns = event->time_ns,
		.kind = event->finding.kind < UINT32_MAX ? (uint32_t)event->finding.kind : 0,
		.thread = event->thread,
		.task = event->finding.task,
		.error = event->finding.error,
		.stack = event->finding.stack,
		.value = event->finding.value,
		.coroutine = aw__event_listed(event, AW__FINDING_COROUTINE),
		.loop = aw__event_listed(event, AW__FINDING_LOOP),
		.coroutine_id = aw__event_listed(event, AW__FINDING_COROUTINE_ID),
		.creator = aw__event_listed(event, AW__FINDING_CREATOR),
		.by = aw__event_listed(event, AW__FINDING_BY),
	};
}

/*
 * Where a task waited when the finding was made: its row comes just before the finding, with the same time. 0:
 * unknown, or it did not wait.
 */
static uint64_t wait_stack_of(const struct aw__model *model, uint64_t id,
			      const struct aw__event *event)
{
	const struct aw__task *task = aw__map_get(&model->tasks, id);
	const struct aw__task_recorded *recorded = task != NULL ? task->recorded : NULL;

	if (recorded == NULL || recorded->time_ns != event->time_ns ||
	    recorded->state != AW__TASK_WAITING)
		return 0;
	return recorded->wait_stack;
}

static void read_members(struct aw__model *model, const struct aw__event *event,
			 struct aw__found *found)
{
	const uint32_t count =
		event->list_length > AW__FINDING_MEMBERS
			? (event->list_length - AW__FINDING_MEMBERS) / AW__MEMBER_NUMBERS
			: 0;

	if (found->kind != AW__DEADLOCK || count == 0 ||
	    !aw__model_charge(model, count * sizeof(*found->members)))
		return;
	found->members = aw__alloc_must(count * sizeof(*found->members));
	found->member_count = count;
	for (uint32_t i = 0; i < count; i++) {
		const uint64_t *member =
			event->list + AW__FINDING_MEMBERS + (size_t)i * AW__MEMBER_NUMBERS;

		found->members[i] = (struct aw__found_member){
			.task = member[AW__MEMBER_TASK],
			.wait_kind = member[AW__MEMBER_WAIT_KIND],
			.wait_target = member[AW__MEMBER_WAIT_TARGET],
			.wait_stack = wait_stack_of(model, member[AW__MEMBER_TASK], event),
		};
		aw__tasks_pin(model, member[AW__MEMBER_TASK], true);
	}
}

/* Count a finding without keeping it: there are enough equal ones, or there is no room. */
static void only_count(struct aw__model *model, const struct aw__found *found,
		       struct aw__found_group *group)
{
	if (group != NULL && group->kept > 0) {
		note_time(group, found->time_ns);
		group->count++;
		if (found->kind == AW__HELD_ERROR && found->error != 0 &&
		    model->held_counted.count < AW__MODEL_MAX_ERRORS)
			aw__map_put(&model->held_counted, found->error, group);
		if (found->value > group->longest_ns)
			group->longest_ns = found->value;
	} else {
		model->counts.findings_beyond++;
	}
	aw__errors_found(model, found, false);
	aw__dropped_add(&model->found_dropped, found->id);
	aw__errors_drop(model, found->error);
}

static void keep(struct aw__model *model, const struct aw__found *told,
		 const struct aw__event *event)
{
	struct aw__found *found = aw__alloc_must(sizeof(*found));

	*found = *told;
	found->text = aw__model_copy(model, event->text, event->text_length);
	found->wait_stack = wait_stack_of(model, found->task, event);
	read_members(model, event, found);
	aw__map_put(&model->found, found->id, found);
	aw__findings_list(model, found);
	if (found->member_count == 0)
		aw__tasks_pin(model, found->task, true);
	aw__tasks_pin(model, found->by, true);
	aw__errors_found(model, found, true);
	if (found->kind == AW__BLOCKED_LOOP)
		aw__loops_found(model, found);
	join(model, found);
}

/* Whether a held-error finding is outdated: the error was retrieved or lost before the finding arrived. */
static bool is_over(struct aw__model *model, const struct aw__found *found)
{
	if (found->kind == AW__NEVER_RETRIEVED)
		aw__findings_unheld(model, found->error);
	if (found->kind != AW__HELD_ERROR || (!aw__errors_are_settled(model, found->error) &&
					      !aw__findings_is_held(model, found->error)))
		return false;
	aw__dropped_add(&model->found_dropped, found->id);
	return true;
}

void aw__findings_event(struct aw__model *model, const struct aw__event *event)
{
	struct aw__found_group *group;
	struct aw__found found;

	if (aw__map_get(&model->found, event->subject) != NULL)
		return;
	if (aw__dropped_has(&model->found_dropped, event->subject)) {
		aw__errors_drop(model, event->finding.error);
		return;
	}
	read_event(event, &found);
	if (is_over(model, &found))
		return;
	model->counts.findings[found.kind < AW__FINDING_KINDS ? found.kind : 0]++;
	if (found.kind == AW__DESTROYED_PENDING)
		aw__tasks_destroyed(model, found.task, found.time_ns);
	group = group_for(model, &found, false);
	if (!aw__retention_keeps_finding(model, found.kind, group))
		only_count(model, &found, group);
	else if (model->found.count < AW__MODEL_MAX_FINDINGS)
		keep(model, &found, event);
}

/* A finding made by the reader, for events lost before they were read; recorders never use its id. */
void aw__findings_lost(struct aw__model *model, uint64_t count)
{
	struct aw__event event = { .kind = AW__FINDING,
				   .subject = AW__FOUND_BY_READER,
				   .time_ns = model->counts.last_ns,
				   .finding = { .kind = AW__LOST_EVENTS, .value = count } };
	struct aw__found *found = aw__map_get(&model->found, event.subject);

	if (found == NULL)
		aw__findings_event(model, &event);
	else
		found->value +=
			count > UINT64_MAX - found->value ? UINT64_MAX - found->value : count;
}

void aw__findings_date_lost(struct aw__model *model, uint64_t time_ns)
{
	struct aw__found *found = aw__map_get(&model->found, AW__FOUND_BY_READER);

	if (found == NULL || found->time_ns != 0)
		return;
	found->time_ns = time_ns;
	found->group->first_ns = found->group->last_ns = time_ns;
}

void aw__findings_finish(struct aw__model *model)
{
	for (size_t i = 0; i < model->found_list.count; i++)
		aw__found_free(model, model->found_list.items[i]);
	for (size_t i = 0; i < model->found_group_list.count; i++)
		aw__alloc_free(model->found_group_list.items[i]);
	aw__alloc_free(model->found_list.items);
	aw__alloc_free(model->found_group_list.items);
	aw__dropped_finish(&model->found_dropped);
	aw__map_finish(&model->found);
	aw__map_finish(&model->found_groups);
	aw__map_finish(&model->held_kept);
	aw__map_finish(&model->held_counted);
}

const struct aw__found *aw__model_found(const struct aw__model *model, uint64_t id)
{
	return id != 0 ? aw__map_get(&model->found, id) : NULL;
}

size_t aw__model_found_count(const struct aw__model *model)
{
	/* removed findings leave gaps, so that a removal need not move the others; readers skip them */
	if (model->found_gaps > 0)
		aw__findings_close_gaps((struct aw__model *)model);
	return model->found_list.count;
}

const struct aw__found *aw__model_found_at(const struct aw__model *model, size_t index)
{
	return index < aw__model_found_count(model) ? model->found_list.items[index] : NULL;
}

size_t aw__model_found_group_count(const struct aw__model *model)
{
	return model->found_group_list.count;
}

const struct aw__found_group *aw__model_found_group_at(const struct aw__model *model, size_t index)
{
	return index < model->found_group_list.count ? model->found_group_list.items[index] : NULL;
}
