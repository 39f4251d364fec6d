/* SPDX-License-Identifier: MIT */
/* Matches findings against the entries of an allow-list (--allow). */
#include "viewer/report/allow.h"

#include <fnmatch.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"

static bool fits(const char *pattern, const char *text)
{
	return text != NULL && fnmatch(pattern, text, 0) == 0;
}

/* A pattern may leave out leading folders: "lib/x.c" matches "/home/a/lib/x.c". */
static bool fits_path(const char *pattern, const char *path)
{
	if (path == NULL || fits(pattern, path))
		return path != NULL;
	while ((path = strchr(path, '/')) != NULL)
		if (fits(pattern, ++path))
			return true;
	return false;
}

struct wanted {
	const char *function, *file; /* patterns; NULL: any */
};

static bool fits_frame(const struct wanted *wanted, const struct aw__frame *frame)
{
	return (wanted->function == NULL || fits(wanted->function, frame->function)) &&
	       (wanted->file == NULL || fits_path(wanted->file, frame->file));
}

/* The program's own frames, but not those of the task's ancestors. */
static bool fits_stack(const struct aw__model *model, uint64_t id, const struct wanted *wanted)
{
	struct aw__frame frames[AW__FRAME_MAX_INLINED];
	struct aw__stack stack;

	if (!aw__model_stack(model, id, &stack))
		return false;
	for (uint32_t i = 0; i < stack.count; i++) {
		size_t count =
			aw__model_frames(model, stack.frames[i], frames, AW__FRAME_MAX_INLINED);

		for (size_t j = 0; j < count; j++)
			if (!frames[j].own && fits_frame(wanted, &frames[j]))
				return true;
	}
	return false;
}

static bool fits_place(const struct aw__model *model, uint64_t place, const struct wanted *wanted)
{
	struct aw__frame frame;

	return place != 0 && aw__model_place(model, place, &frame) && fits_frame(wanted, &frame);
}

static bool fits_code(const struct aw__allowance *entry, const struct aw__model *model,
		      const struct aw__found *found, const struct aw__error *error)
{
	struct wanted wanted = { entry->function, entry->file };
	struct wanted coroutine = { entry->coroutine, NULL };

	if (entry->coroutine != NULL && !fits_place(model, found->coroutine, &coroutine))
		return false;
	if (entry->function == NULL && entry->file == NULL)
		return true;
	return fits_place(model, found->coroutine, &wanted) ||
	       fits_stack(model, found->stack, &wanted) ||
	       (error != NULL && (fits_place(model, error->site, &wanted) ||
				  fits_stack(model, error->stack, &wanted)));
}

static bool fits_error(const struct aw__allowance *entry, const struct aw__model *model,
		       const struct aw__found *found, const struct aw__error *error)
{
	if (entry->error != NULL &&
	    (error == NULL || !fits(entry->error, aw__model_type_name(model, error->type))))
		return false;
	return entry->message == NULL || fits(entry->message, found->text) ||
	       (error != NULL && fits(entry->message, error->message));
}

const struct aw__allowance *aw__allow_list_match(const struct aw__allow_list *list,
						 const struct aw__model *model,
						 const struct aw__found *found)
{
	const struct aw__error *error = aw__model_error(model, found->error);

	for (size_t i = 0; list != NULL && i < list->count; i++) {
		const struct aw__allowance *entry = &list->entries[i];

		if (!entry->expired && (entry->kind == 0 || entry->kind == found->kind) &&
		    fits_error(entry, model, found, error) && fits_code(entry, model, found, error))
			return entry;
	}
	return NULL;
}

const struct aw__allowance *aw__verdicts_of(const struct aw__verdicts *verdicts,
					    const struct aw__found *found)
{
	return verdicts != NULL ? aw__map_get(&verdicts->allowed, found->id) : NULL;
}

/* Count the kept findings of a group that are allowed. */
static uint64_t count_allowed(const struct aw__verdicts *verdicts,
			      const struct aw__found_group *group,
			      const struct aw__allowance **ret_entry)
{
	uint64_t count = 0;

	*ret_entry = NULL;
	for (const struct aw__found *found = group->first; found != NULL; found = found->next) {
		const struct aw__allowance *entry = aw__verdicts_of(verdicts, found);

		count += entry != NULL;
		if (*ret_entry == NULL)
			*ret_entry = entry;
	}
	return count;
}

static const struct aw__allowance *entry_of_rest(const struct aw__verdicts *verdicts,
						 const struct aw__found_group *group)
{
	const struct aw__allowance *entry;

	if (group->count == group->kept || verdicts == NULL || verdicts->count == 0 ||
	    count_allowed(verdicts, group, &entry) < group->kept)
		return NULL;
	entry = group->first != NULL ? aw__verdicts_of(verdicts, group->first) : NULL;
	return entry != NULL && entry->message == NULL ? entry : NULL;
}

static void judge_rest(struct aw__verdicts *verdicts, struct aw__allow_list *list,
		       const struct aw__found_group *group)
{
	const struct aw__allowance *entry = entry_of_rest(verdicts, group);
	const uint64_t count = group->count - group->kept;

	if (entry == NULL)
		return;
	list->entries[entry - list->entries].used += count;
	verdicts->kinds[group->kind < AW__FINDING_KINDS ? group->kind : 0] += count;
	verdicts->count += count;
}

void aw__verdicts_init(struct aw__verdicts *verdicts, struct aw__allow_list *list,
		       const struct aw__model *model)
{
	memset(verdicts, 0, sizeof(*verdicts));
	verdicts->list = list;
	for (size_t i = 0; list != NULL && i < aw__model_found_count(model); i++) {
		const struct aw__found *found = aw__model_found_at(model, i);
		const struct aw__allowance *match = aw__allow_list_match(list, model, found);

		if (match == NULL)
			continue;
		list->entries[match - list->entries].used++;
		verdicts->kinds[found->kind < AW__FINDING_KINDS ? found->kind : 0]++;
		verdicts->count++;
		aw__map_put(&verdicts->allowed, found->id, (void *)(uintptr_t)match);
	}
	for (size_t i = 0; verdicts->count > 0 && i < aw__model_found_group_count(model); i++)
		judge_rest(verdicts, list, aw__model_found_group_at(model, i));
}

void aw__verdicts_finish(struct aw__verdicts *verdicts)
{
	aw__map_finish(&verdicts->allowed);
}

uint64_t aw__verdicts_of_group(const struct aw__verdicts *verdicts,
			       const struct aw__found_group *group,
			       const struct aw__allowance **ret_entry)
{
	uint64_t count;

	*ret_entry = NULL;
	if (verdicts == NULL || verdicts->count == 0)
		return 0;
	count = count_allowed(verdicts, group, ret_entry);
	if (entry_of_rest(verdicts, group) != NULL)
		count += group->count - group->kept;
	return count;
}

bool aw__verdicts_spare_rest(const struct aw__verdicts *verdicts,
			     const struct aw__found_group *group)
{
	return entry_of_rest(verdicts, group) != NULL;
}

bool aw__verdicts_spare(const struct aw__verdicts *verdicts, const struct aw__found_group *group)
{
	const struct aw__allowance *entry;

	return group->count > 0 && aw__verdicts_of_group(verdicts, group, &entry) == group->count;
}
