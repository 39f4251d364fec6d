/* SPDX-License-Identifier: MIT */
/* The findings view (1): one row for each group of equal findings. */
#include <string.h>

#include "base/text.h"
#include "viewer/tui/phrases.h"

enum { KIND, TIMES, FIRST, LAST, WHAT };

static const struct aw__column columns[] = {
	{ "FINDING", 18, 0 }, { "TIMES", 7, 0, false, 0, true },
	{ "FIRST", 9, 100 },  { "LAST", 9, 60 },
	{ "WHAT", 0, 0 },     { 0 },
};

static void fill(struct aw__app *app, struct aw__buffer *rows)
{
	const struct aw__model *model = app->model;

	for (size_t i = 0; i < aw__model_found_group_count(model); i++) {
		const struct aw__found_group *group = aw__model_found_group_at(model, i);
		struct aw__row row;

		if (group->first == NULL)
			continue;
		memset(&row, 0, sizeof(row));
		row.key = row.id = i + 1;
		row.kind = group->kind < UINT8_MAX ? (uint8_t)group->kind : UINT8_MAX;
		row.count = group->count;
		row.changed_ns = group->first_ns;
		row.time_ns = group->last_ns;
		aw__buffer_append(rows, &row, sizeof(row));
	}
}

static const struct aw__found_group *group_of(const struct aw__app *app, uint64_t id)
{
	return aw__model_found_group_at(app->model, (size_t)id - 1);
}

static bool order(struct aw__app *app, struct aw__row *row, int column)
{
	row->sort2 = aw__model_realtime_ns(app->model, row->changed_ns);
	if (column == KIND)
		row->sort = row->kind;
	else if (column == TIMES)
		row->sort = UINT64_MAX - row->count;
	else if (column == LAST)
		row->sort = UINT64_MAX - aw__model_realtime_ns(app->model, row->time_ns);
	else if (column == FIRST)
		row->sort = row->sort2;
	return column != WHAT;
}

static void append_who(const struct aw__app *app, const struct aw__found *found,
		       struct aw__buffer *out)
{
	size_t length = out->length;

	aw__buffer_text(out, length > 0 ? " in " : "");
	if (aw__phrases_place(app, out, found->coroutine, true))
		return;
	if (found->task != 0)
		aw__phrases_task(app, out, found->task);
	else
		aw__buffer_cut(out, length);
}

static void append_what(const struct aw__app *app, const struct aw__found *found,
			struct aw__buffer *out)
{
	const struct aw__error *error = aw__model_error(app->model, found->error);

	if (error != NULL && error->told) {
		aw__phrases_error(app, out, error);
	} else if (found->kind == AW__BLOCKED_LOOP) {
		aw__buffer_text(out, "for ");
		aw__text_duration(out, aw__found_ns(found));
	} else if (found->text != NULL) {
		aw__phrases_foreign(app, out, found->text);
	}
	append_who(app, found, out);
	if (out->length == 0)
		aw__buffer_text(out, aw__finding_title(found->kind, found->task));
}

static uint8_t cell(const struct aw__app *app, const struct aw__row *row, int column,
		    struct aw__buffer *out)
{
	const struct aw__found_group *group = group_of(app, row->id);

	switch (column) {
	case KIND:
		aw__buffer_text(out, aw__finding_spec(group->kind)->id);
		return AW__INK_BOLD | AW__INK_MAGENTA;
	case TIMES:
		aw__text_number(out, row->count);
		return AW__INK_PLAIN;
	case FIRST:
	case LAST:
		aw__phrases_clock(app, out, column == LAST ? row->time_ns : row->changed_ns);
		return AW__INK_DIM;
	default:
		if (group->last != NULL)
			append_what(app, group->last, out);
		return AW__INK_PLAIN;
	}
}

static void subject(const struct aw__app *app, const struct aw__row *row,
		    struct aw__subject *ret_subject)
{
	(void)app;
	ret_subject->group = row->id;
}

const struct aw__view aw__view_findings = {
	.name = "findings",
	.brief = "find",
	.nothing = "No findings.",
	.columns = columns,
	.first_sort = FIRST,
	.fill = fill,
	.order = order,
	.cell = cell,
	.subject = subject,
	.page = &aw__page_finding,
};

static void write_page(struct aw__app *app, const struct aw__subject *subject,
		       struct aw__buffer *out)
{
	const struct aw__found_group *group =
		aw__model_found_group_at(app->model, (size_t)subject->group - 1);

	if (group != NULL && group->first != NULL)
		app->host->describe(aw__app_process(app), group, app->ascii, out);
	else
		aw__buffer_text(out, "  Nothing is known of it (any more).\n");
}

const struct aw__page aw__page_finding = { "finding", write_page, aw__subject_lacks_finding };
