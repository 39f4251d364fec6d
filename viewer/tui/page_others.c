/* SPDX-License-Identifier: MIT */
/*
 * Three pages: the other occurrences of a finding or error (x), why it is a finding and what to do (w), and the help
 * (?).
 */
#include <inttypes.h>

#include "base/text.h"
#include "viewer/model/task_filter.h"
#include "viewer/tui/phrases.h"

#define MAX_SHOWN 500

static void append_time(struct aw__app *app, struct aw__buffer *out, uint64_t time_ns)
{
	aw__buffer_text(out, "  ");
	aw__phrases_clock(app, out, time_ns);
	aw__buffer_text(out, "  ");
	if (aw__phrases_ago(app, out, time_ns))
		aw__buffer_text(out, "  ");
}

static void append_hidden(struct aw__app *app, struct aw__buffer *out, uint64_t count)
{
	if (count == 0)
		return;
	aw__buffer_format(out, "  %s and ", aw__phrases_dots(app));
	aw__text_number(out, count);
	aw__buffer_text(out, " more\n");
}

static void append_found(struct aw__app *app, const struct aw__found_group *group,
			 struct aw__buffer *out)
{
	uint64_t count = 0;

	for (const struct aw__found *found = group->first; found != NULL && count < MAX_SHOWN;
	     found = found->next, count++) {
		const struct aw__error *error = aw__model_error(app->model, found->error);

		if (error != NULL)
			aw__phrases_link(app, out, 'e', error->id);
		else
			aw__phrases_link(app, out, 't', found->task);
		append_time(app, out, found->time_ns);
		if (found->task != 0)
			aw__phrases_task(app, out, found->task);
		if (error != NULL && error->told) {
			aw__buffer_text(out, "  " AW__RED);
			aw__phrases_error(app, out, error);
			aw__buffer_text(out, AW__PLAIN);
		}
		if (found->lasted_ns != 0) {
			aw__buffer_text(out, "  ");
			aw__text_duration(out, found->lasted_ns);
		}
		aw__buffer_char(out, '\n');
	}
	append_hidden(app, out, group->count - (count < group->count ? count : group->count));
}

static void append_errors(struct aw__app *app, const struct aw__error_group *group,
			  struct aw__buffer *out)
{
	uint64_t shown = 0;

	for (size_t i = 0; i < aw__model_error_count(app->model) && shown < MAX_SHOWN; i++) {
		const struct aw__error *error = aw__model_error_at(app->model, i);

		if (error->group != group)
			continue;
		shown++;
		aw__phrases_link(app, out, 'e', error->id);
		append_time(app, out, error->time_ns);
		if (error->task != 0)
			aw__phrases_task(app, out, error->task);
		aw__buffer_text(out, "  " AW__RED);
		aw__phrases_error(app, out, error);
		aw__buffer_text(out, AW__PLAIN "\n");
	}
	append_hidden(app, out, group->count - (shown < group->count ? shown : group->count));
}

static void write_others(struct aw__app *app, const struct aw__subject *subject,
			 struct aw__buffer *out)
{
	const struct aw__found_group *group =
		subject->group != 0
			? aw__model_found_group_at(app->model, (size_t)subject->group - 1)
			: NULL;
	const struct aw__error *error = aw__model_error(app->model, subject->error);

	if (group != NULL && group->first != NULL) {
		aw__buffer_format(out, AW__MAGENTA "%s" AW__PLAIN ", ",
				  aw__finding_spec(group->kind)->id);
		aw__phrases_count(out, group->count, "time");
		aw__buffer_text(out, ":\n\n");
		append_found(app, group, out);
	} else if (error != NULL && error->group != NULL) {
		aw__buffer_text(out, "The same type, from the same stack, ");
		aw__phrases_count(out, error->group->count, "time");
		aw__buffer_text(out, ":\n\n");
		append_errors(app, error->group, out);
	}
}

static const char *lacks_times(struct aw__app *app, const struct aw__subject *subject)
{
	const struct aw__error *error = aw__model_error(app->model, subject->error);

	if (subject->group != 0 || (error != NULL && error->group != NULL))
		return NULL;
	return "neither a finding nor an exception is chosen";
}

const struct aw__page aw__page_others = { "other times", write_others, lacks_times };

/* ---- why ---- */

static void append_spec(const struct aw__app *app, const struct aw__finding_spec *spec,
			struct aw__buffer *out)
{
	aw__buffer_format(out, AW__MAGENTA "%s" AW__PLAIN "  %s\n\n", spec->id, spec->title);
	aw__phrases_paragraph(app, out, spec->meaning);
	aw__buffer_text(out, "\n" AW__GREEN);
	aw__phrases_paragraph(app, out, spec->advice);
	aw__buffer_text(out, AW__PLAIN);
	if (spec->threshold == NULL)
		return;
	aw__buffer_text(out, "\n" AW__DIM);
	aw__phrases_paragraph(app, out, spec->threshold);
	aw__buffer_text(out, AW__PLAIN);
}

static void write_why(struct aw__app *app, const struct aw__subject *subject,
		      struct aw__buffer *out)
{
	const struct aw__found_group *group =
		aw__model_found_group_at(app->model, (size_t)subject->group - 1);

	struct aw__finding_spec spec;

	if (group == NULL)
		return;
	spec = aw__finding_spec_in(group->kind, aw__model_runtimes(app->model));
	append_spec(app, &spec, out);
}

const struct aw__page aw__page_why = { "why", write_why, aw__subject_lacks_finding };

/* ---- help ---- */

static void append_fields(const struct aw__app *app, struct aw__buffer *out)
{
	aw__buffer_text(out, "\n" AW__BOLD "Filter" AW__PLAIN "\n\n");
	for (const struct aw__filter_field *field = aw__filter_fields; field->name != NULL;
	     field++) {
		aw__buffer_format(out, "  " AW__BOLD "%-12s" AW__PLAIN "  ", field->name);
		aw__phrases_foreign(app, out, field->help);
		aw__buffer_char(out, '\n');
	}
}

static void write_help(struct aw__app *app, const struct aw__subject *subject,
		       struct aw__buffer *out)
{
	(void)subject;
	aw__buffer_text(out, AW__BOLD "Keys" AW__PLAIN "\n\n");
	for (const struct aw__key_spec *spec = aw__keys_table; spec->action != AW__DO_NOTHING;
	     spec++)
		aw__buffer_format(out, "  " AW__BOLD "%-12s" AW__PLAIN "  %s\n", spec->names,
				  spec->help);
	append_fields(app, out);
	aw__buffer_text(out, "\n" AW__BOLD "Findings" AW__PLAIN "\n");
	for (unsigned kind = 1; kind < AW__FINDING_KINDS; kind++) {
		aw__buffer_char(out, '\n');
		append_spec(app, aw__finding_spec(kind), out);
	}
}

const struct aw__page aw__page_help = { "help", write_help, NULL };
