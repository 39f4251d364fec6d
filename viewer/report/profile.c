/* SPDX-License-Identifier: MIT */
/*
 * Reduces one recording to what `awry diff` compares: its findings by fingerprint, and histograms of how long the
 * tasks of each creation stack ran and waited.
 */
#include "viewer/report/profile.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "viewer/report/formats.h"

/* A task that has not ended. */
struct born {
	struct aw__profile_stack *stack;
	uint64_t created_ns; /* 0: unknown */
};

/* One row for each pair of ids of a creation stack and a coroutine; join_stacks() merges rows of equal identity. */
static struct aw__profile_stack *row_of(struct aw__profile *profile, uint64_t stack, uint64_t place)
{
	uint64_t key = aw__map_hash(stack) ^ place;
	struct aw__profile_stack *first = aw__map_get(&profile->by_number, key), *row = first;

	while (row != NULL && (row->stack != stack || row->place != place))
		row = row->chain;
	if (row != NULL || profile->stack_count >= AW__PROFILE_MAX_STACKS)
		return row;
	row = aw__alloc_must_zeroed(1, sizeof(*row));
	row->stack = stack;
	row->place = place;
	row->chain = first;
	aw__map_put(&profile->by_number, key, row);
	profile->stacks = aw__alloc_must_resize(profile->stacks, (profile->stack_count + 1) *
									 sizeof(*profile->stacks));
	profile->stacks[profile->stack_count++] = row;
	return row;
}

static void born(struct aw__profile *profile, uint64_t task, uint64_t stack, uint64_t place,
		 uint64_t created_ns)
{
	struct aw__profile_stack *row;
	struct born *entry;

	if (aw__map_get(&profile->alive, task) != NULL ||
	    profile->alive.count >= AW__MODEL_MAX_TASKS)
		return;
	profile->tasks++;
	row = row_of(profile, stack, place);
	if (row == NULL) {
		profile->beyond++;
		return;
	}
	row->count++;
	entry = aw__alloc_must(sizeof(*entry));
	*entry = (struct born){ row, created_ns };
	aw__map_put(&profile->alive, task, entry);
}

static void ended(struct aw__profile *profile, const struct aw__event *event)
{
	struct born *entry = aw__map_remove(&profile->alive, event->subject);
	uint64_t run_ns = event->done.run_ns, life_ns;

	if (entry == NULL)
		return;
	if (run_ns > 0)
		aw__times_add(&entry->stack->run, run_ns);
	life_ns = event->time_ns > entry->created_ns ? event->time_ns - entry->created_ns : 0;
	if (entry->created_ns != 0)
		aw__times_add(&entry->stack->wait, life_ns > run_ns ? life_ns - run_ns : 0);
	aw__alloc_free(entry);
}

void aw__profile_item(struct aw__profile *profile, const struct aw__item *item)
{
	const struct aw__event *event = &item->event;

	if (item->kind != AW__ITEM_EVENT)
		return;
	if (event->kind == AW__TASK_CREATED)
		born(profile, event->subject, event->created.stack, event->created.coroutine,
		     event->time_ns);
	else if (event->kind == AW__TASK_STATE && event->state.state != AW__TASK_FINISHED)
		born(profile, event->subject, event->state.stack, event->state.coroutine,
		     aw__event_listed(event, AW__STATE_CREATED_NS));
	else if (event->kind == AW__TASK_DONE)
		ended(profile, event);
}

static char *copy(const char *text)
{
	return text != NULL ? aw__alloc_must_copy(text, strlen(text)) : NULL;
}

static void name_stack(struct aw__profile_stack *row, const struct aw__model *model)
{
	struct aw__frame frame;

	row->identity = aw__identity_stack(model, row->stack);
	if (row->place != 0 && aw__model_place(model, row->place, &frame) &&
	    frame.function != NULL) {
		row->coroutine = copy(frame.function);
		for (const char *at = frame.function; *at != '\0'; at++)
			row->identity =
				(row->identity ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
	}
	if (!aw__model_program_frame(model, row->stack, &frame))
		return;
	row->function = copy(frame.function);
	row->file = copy(frame.file);
	row->line = frame.line;
}

static void free_stack(struct aw__profile_stack *row)
{
	aw__alloc_free(row->coroutine);
	aw__alloc_free(row->function);
	aw__alloc_free(row->file);
	aw__alloc_free(row);
}

static int by_identity(const void *left, const void *right)
{
	uint64_t a = (*(struct aw__profile_stack *const *)left)->identity;
	uint64_t b = (*(struct aw__profile_stack *const *)right)->identity;

	return a < b ? -1 : a > b;
}

static void join(struct aw__profile_stack *row, const struct aw__profile_stack *other)
{
	row->count += other->count;
	row->run.count += other->run.count;
	row->wait.count += other->wait.count;
	for (size_t i = 0; i < AW__PROFILE_BUCKETS; i++) {
		row->run.buckets[i] += other->run.buckets[i];
		row->wait.buckets[i] += other->wait.buckets[i];
	}
}

static void join_stacks(struct aw__profile *profile)
{
	size_t kept = 0;

	if (profile->stack_count > 0)
		qsort(profile->stacks, profile->stack_count, sizeof(*profile->stacks), by_identity);
	for (size_t i = 0; i < profile->stack_count; i++) {
		struct aw__profile_stack *row = profile->stacks[i];

		if (kept > 0 && profile->stacks[kept - 1]->identity == row->identity) {
			join(profile->stacks[kept - 1], row);
			free_stack(row);
		} else {
			profile->stacks[kept++] = row;
		}
	}
	profile->stack_count = kept;
}

static void judge(struct aw__profile_finding *finding, const struct aw__verdicts *verdicts,
		  const struct aw__found_group *group)
{
	const struct aw__allowance *entry;

	finding->allowed += aw__verdicts_of_group(verdicts, group, &entry);
	if (finding->allowance == NULL)
		finding->allowance = entry;
}

static void add_finding(struct aw__profile *profile, const struct aw__model *model,
			const struct aw__verdicts *verdicts, const struct aw__found_group *group)
{
	uint64_t identity = aw__identity_group(model, group);
	struct aw__buffer text = AW__BUFFER_EMPTY;
	struct aw__profile_finding *finding;
	struct aw__frame frame;

	profile->found += group->count;
	finding = aw__map_get(&profile->by_identity, identity);
	if (finding != NULL) {
		finding->count += group->count;
		judge(finding, verdicts, group);
		return;
	}
	finding = aw__alloc_must_zeroed(1, sizeof(*finding));
	aw__map_put(&profile->by_identity, identity, finding);
	finding->identity = identity;
	finding->count = group->count;
	finding->kind = group->kind;
	judge(finding, verdicts, group);
	aw__headline_text(model, group, &text);
	finding->text = copy(aw__buffer_string(&text));
	aw__buffer_finish(&text);
	if (aw__headline_place(model, group, &frame)) {
		finding->file = copy(frame.file);
		finding->line = frame.line;
	}
	profile->findings = aw__alloc_must_resize(
		profile->findings, (profile->finding_count + 1) * sizeof(*profile->findings));
	profile->findings[profile->finding_count++] = finding;
}

void aw__profile_complete(struct aw__profile *profile, const struct aw__model *model,
			  const struct aw__verdicts *verdicts)
{
	struct aw__sorted groups;

	for (size_t i = 0; i < profile->stack_count; i++) {
		name_stack(profile->stacks[i], model);
		/* their lifetime is unknown: they existed before the recording */
		if (aw__model_before_recording(model, profile->stacks[i]->stack))
			profile->stacks[i]->wait = (struct aw__times){ 0 };
	}
	join_stacks(profile);
	profile->list = verdicts != NULL ? verdicts->list : NULL;
	aw__sorted_groups(model, &groups);
	for (size_t i = 0; i < groups.count; i++)
		add_finding(profile, model, verdicts, groups.items[i]);
	aw__sorted_finish(&groups);
}

void aw__profile_finish(struct aw__profile *profile)
{
	for (size_t i = 0; i < profile->stack_count; i++)
		free_stack(profile->stacks[i]);
	for (size_t i = 0; i < profile->finding_count; i++) {
		aw__alloc_free(profile->findings[i]->text);
		aw__alloc_free(profile->findings[i]->file);
		aw__alloc_free(profile->findings[i]);
	}
	for (size_t i = 0; i < profile->alive.capacity; i++)
		aw__alloc_free(profile->alive.slots[i].value);
	aw__alloc_free(profile->stacks);
	aw__alloc_free(profile->findings);
	aw__map_finish(&profile->alive);
	aw__map_finish(&profile->by_number);
	aw__map_finish(&profile->by_identity);
	memset(profile, 0, sizeof(*profile));
}
