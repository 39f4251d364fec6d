/* SPDX-License-Identifier: MIT */
/* Evaluates a parsed filter for one task. */
#include "viewer/model/filter_internal.h"

#include <string.h>

static void note_kind(struct aw__filter *filter, uint64_t task, uint32_t kind)
{
	uintptr_t bits = (uintptr_t)aw__map_get(&filter->kinds, task);

	if (kind == 0 || kind >= AW__FINDING_KINDS || task == 0)
		return;
	bits |= (uintptr_t)1 << (kind - 1);
	aw__map_put(&filter->kinds, task, (void *)bits);
}

/* New findings are appended to the list, so each is looked at once. */
static uint64_t kinds_of(struct aw__filter *filter, const struct aw__model *model, uint64_t task)
{
	const struct aw__found *found;

	if (filter->model != model) {
		aw__map_finish(&filter->kinds);
		filter->model = model;
		filter->kinds_seen = 0;
	}
	while ((found = aw__model_found_at(model, filter->kinds_seen)) != NULL) {
		filter->kinds_seen++;
		note_kind(filter, found->task, found->kind);
		for (uint32_t i = 0; i < found->member_count; i++)
			note_kind(filter, found->members[i].task, found->kind);
	}
	return (uintptr_t)aw__map_get(&filter->kinds, task);
}

static uint64_t has_bits(const struct aw__task *task)
{
	const bool has[] = {
		[AW__FILTER_HAS_ERROR] = task->error != 0 || task->error_count > 0,
		[AW__FILTER_HAS_FINDING] = task->finding_count > 0,
		[AW__FILTER_HAS_CANCEL] = task->cancel != NULL,
		[AW__FILTER_HAS_CHILDREN] = task->first_child != NULL,
		[AW__FILTER_HAS_CREATOR] = task->facts.creator != 0,
		[AW__FILTER_HAS_NAME] = task->facts.name != NULL,
	};
	uint64_t bits = 0;

	for (size_t i = 0; i < sizeof(has) / sizeof(has[0]); i++)
		bits |= (uint64_t)has[i] << i;
	return bits;
}

static uint64_t bit(uint64_t n)
{
	return n < 64 ? UINT64_C(1) << n : 0;
}

static uint64_t choices_of(struct aw__filter *filter, const struct aw__model *model,
			   const struct aw__filter_term *term, const struct aw__task *task)
{
	switch (term->what) {
	case AW__FILTER_BY_STATE:
		/* a task of unknown state is `live` and nothing else */
		return bit(task->state) | (task->live ? bit(AW__TASK_STATES) : 0);
	case AW__FILTER_BY_WAIT:
		return task->state == AW__TASK_WAITING ? bit(task->wait_kind) : 0;
	case AW__FILTER_BY_OUTCOME:
		return task->state == AW__TASK_FINISHED ? bit(task->outcome) : 0;
	case AW__FILTER_BY_KIND:
		return kinds_of(filter, model, task->id);
	default:
		return has_bits(task);
	}
}

static uint64_t since(uint64_t from_ns, uint64_t to_ns)
{
	return to_ns > from_ns ? to_ns - from_ns : 0;
}

/* False: the task has no such number, and matches no comparison. */
static bool number_of(const struct aw__model *model, const struct aw__filter_term *term,
		      const struct aw__task *task, uint64_t now_ns, uint64_t *ret)
{
	const struct aw__model_counts *counts = aw__model_counts(model);
	bool finished = task->state == AW__TASK_FINISHED;
	uint64_t created_ns;

	switch (term->what) {
	case AW__FILTER_BY_TARGET:
		*ret = task->wait_target;
		return task->state == AW__TASK_WAITING && task->wait_target != 0;
	case AW__FILTER_BY_ID:
		*ret = task->id;
		return true;
	case AW__FILTER_BY_CREATOR:
		*ret = task->facts.creator;
		return true;
	case AW__FILTER_BY_LOOP:
		*ret = task->facts.loop;
		return true;
	case AW__FILTER_BY_SCOPE:
		*ret = task->scope;
		return true;
	case AW__FILTER_BY_AGE:
		created_ns = aw__model_created_ns(model, task);
		*ret = since(created_ns, finished ? task->changed_ns : now_ns);
		return created_ns != 0;
	case AW__FILTER_BY_SINCE:
		*ret = since(task->changed_ns, now_ns);
		return task->changed_ns != 0;
	case AW__FILTER_BY_RUN:
		*ret = aw__model_run_ns(task, now_ns);
		return true;
	case AW__FILTER_BY_STEPS:
		*ret = task->steps;
		return true;
	case AW__FILTER_BY_CREATED:
		created_ns = aw__model_created_ns(model, task);
		*ret = since(counts->first_ns, created_ns);
		return created_ns != 0;
	case AW__FILTER_BY_FINISHED:
		*ret = since(counts->first_ns, task->changed_ns);
		return finished;
	case AW__FILTER_BY_ERRORS:
		*ret = task->error_count;
		return true;
	default:
		*ret = task->finding_count;
		return true;
	}
}

static bool compare(enum aw__filter_operator op, uint64_t is, uint64_t wanted)
{
	switch (op) {
	case AW__FILTER_IS_NOT:
		return is != wanted;
	case AW__FILTER_LESS:
		return is < wanted;
	case AW__FILTER_LESS_OR_SAME:
		return is <= wanted;
	case AW__FILTER_MORE:
		return is > wanted;
	case AW__FILTER_MORE_OR_SAME:
		return is >= wanted;
	default:
		return is == wanted;
	}
}

static bool text_fits(struct aw__filter *filter, const struct aw__filter_term *term,
		      const char *text)
{
	if (text == NULL)
		text = "";
	if (term->regex != NULL)
		return aw__regex_matches(term->regex, text, &filter->gave_up);
	for (size_t i = 0; i < term->text_count; i++)
		if (term->op == AW__FILTER_HAS ? strcasestr(text, term->texts[i]) != NULL
					       : strcmp(text, term->texts[i]) == 0)
			return true;
	return false;
}

static bool error_fits(struct aw__filter *filter, const struct aw__model *model,
		       const struct aw__filter_term *term, const struct aw__task *task)
{
	const struct aw__error *error = aw__model_error(model, task->error);
	struct aw__buffer text = AW__BUFFER_EMPTY;
	const char *type;
	bool fits;

	if (error == NULL)
		return text_fits(filter, term, "");
	type = aw__model_type_name(model, error->type);
	aw__buffer_text(&text, type != NULL ? type : "error");
	if (error->message != NULL)
		aw__buffer_format(&text, ": %s", error->message);
	fits = text_fits(filter, term, aw__buffer_string(&text));
	aw__buffer_finish(&text);
	return fits;
}

static bool texts_fit(struct aw__filter *filter, const struct aw__model *model,
		      const struct aw__filter_term *term, const struct aw__task *task)
{
	struct aw__frame coroutine = { 0 };
	char space[32];

	if (term->what == AW__FILTER_BY_NAME)
		return text_fits(filter, term, aw__task_name(&task->facts, task->id, space));
	if (term->what == AW__FILTER_BY_ERROR)
		return error_fits(filter, model, term, task);
	aw__model_place(model, task->facts.coroutine, &coroutine);
	if (term->what == AW__FILTER_BY_COROUTINE)
		return text_fits(filter, term, coroutine.function);
	if (term->what == AW__FILTER_BY_FILE)
		return text_fits(filter, term, coroutine.file);
	return text_fits(filter, term, aw__task_name(&task->facts, task->id, space)) ||
	       text_fits(filter, term, coroutine.function);
}

static bool term_fits(struct aw__filter *filter, const struct aw__model *model,
		      const struct aw__filter_term *term, const struct aw__task *task,
		      uint64_t now_ns)
{
	bool turned = term->op == AW__FILTER_NOT_LIKE;
	uint64_t number;

	switch (term->what) {
	case AW__FILTER_BY_WORD:
	case AW__FILTER_BY_NAME:
	case AW__FILTER_BY_COROUTINE:
	case AW__FILTER_BY_FILE:
	case AW__FILTER_BY_ERROR:
		turned = turned || term->op == AW__FILTER_IS_NOT;
		return texts_fit(filter, model, term, task) != turned;
	case AW__FILTER_BY_STATE:
	case AW__FILTER_BY_WAIT:
	case AW__FILTER_BY_OUTCOME:
	case AW__FILTER_BY_KIND:
	case AW__FILTER_BY_HAS:
		turned = term->op == AW__FILTER_IS_NOT;
		return ((choices_of(filter, model, term, task) & term->choices) != 0) != turned;
	default:
		return number_of(model, term, task, now_ns, &number) &&
		       compare(term->op, number, term->number);
	}
}

bool aw__filter_matches(struct aw__filter *filter, const struct aw__model *model,
			const struct aw__task *task, uint64_t now_ns)
{
	for (size_t i = 0; i < filter->count; i++) {
		const struct aw__filter_term *term = &filter->terms[i];

		if (term_fits(filter, model, term, task, now_ns) == term->negated)
			return false;
	}
	return true;
}
