/* SPDX-License-Identifier: MIT */
/* The list of findings: one row for all that are the same. */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "viewer/tui/app.h"

enum { KIND, TIMES, LAST, WHAT };

static const struct aw__column columns[] = {
	{ "FINDING", 18, 0 }, { "TIMES", 7, 0 }, { "LAST", 9, 60 }, { "WHAT", 0, 0 }, { 0 },
};

enum { BY_FIRST, BY_TIMES, BY_LAST, BY_KIND };

static const char *const sorts[] = { "first", "times", "last", "kind", NULL };

static uint64_t sort_key(unsigned sort, const struct aw__found_group *group)
{
	switch (sort) {
	case BY_TIMES:
		return UINT64_MAX - group->count;
	case BY_LAST:
		return UINT64_MAX - group->last->time_ns;
	case BY_KIND:
		return group->kind;
	default:
		return group->first->time_ns;
	}
}

static void fill(struct aw__app *app, struct aw__buffer *rows)
{
	const struct aw__model *model = app->source->model;
	unsigned sort = app->lists[AW__VIEW_FINDINGS].sort;

	for (size_t i = 0; i < aw__model_found_group_count(model); i++) {
		const struct aw__found_group *group = aw__model_found_group_at(model, i);
		struct aw__row row;

		if (group->first == NULL)
			continue;
		memset(&row, 0, sizeof(row));
		row.key = i + 1;
		row.count = group->count;
		row.time_ns = group->last->time_ns;
		row.sort = sort_key(sort, group);
		row.sort2 = group->first->time_ns;
		aw__buffer_append(rows, &row, sizeof(row));
	}
}

static const struct aw__found_group *group_of(const struct aw__app *app, uint64_t key)
{
	return aw__model_found_group_at(app->source->model, (size_t)key - 1);
}

static void append_time(const struct aw__app *app, uint64_t time_ns, struct aw__buffer *out)
{
	uint64_t real_ns = aw__model_realtime_ns(app->source->model, time_ns);
	time_t seconds = (time_t)(real_ns / 1000000000u);
	struct tm tm;

	if (real_ns != 0 && localtime_r(&seconds, &tm) != NULL)
		aw__buffer_format(out, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void append_error(const struct aw__app *app, const struct aw__error *error,
			 struct aw__buffer *out)
{
	const char *type = aw__model_type_name(app->source->model, error->type);

	aw__app_foreign(app, out, type != NULL ? type : "error of an unknown type");
	if (error->message != NULL) {
		aw__buffer_text(out, ": ");
		aw__app_foreign(app, out, error->message);
	}
}

static void append_who(const struct aw__app *app, const struct aw__found *found,
		       struct aw__buffer *out)
{
	struct aw__frame frame;

	if (aw__model_place(app->source->model, found->coroutine, &frame)) {
		aw__buffer_text(out, out->length > 0 ? " in " : "");
		aw__app_short_frame(app, out, &frame);
	} else if (found->task != 0) {
		aw__buffer_text(out, out->length > 0 ? " in " : "");
		aw__app_task(app, out, found->task);
	}
}

static void append_what(const struct aw__app *app, const struct aw__found *found,
			struct aw__buffer *out)
{
	const struct aw__error *error = aw__model_error(app->source->model, found->error);

	if (error != NULL && error->told) {
		append_error(app, error, out);
	} else if (found->kind == AW__BLOCKED_LOOP) {
		aw__buffer_text(out, "for ");
		aw__text_duration(out, found->lasted_ns != 0 ? found->lasted_ns : found->value);
	} else if (found->text != NULL) {
		aw__app_foreign(app, out, found->text);
	}
	append_who(app, found, out);
	if (out->length == 0)
		aw__buffer_text(out, aw__finding_title(found->kind, found->task));
}

static uint8_t cell(const struct aw__app *app, const struct aw__row *row, int column,
		    struct aw__buffer *out)
{
	const struct aw__found_group *group = group_of(app, row->key);

	switch (column) {
	case KIND:
		aw__buffer_text(out, aw__finding_spec(group->kind)->id);
		return AW__INK_BOLD | AW__INK_MAGENTA;
	case TIMES:
		aw__text_number(out, row->count);
		return AW__INK_PLAIN;
	case LAST:
		append_time(app, row->time_ns, out);
		return AW__INK_DIM;
	default:
		if (group->last != NULL)
			append_what(app, group->last, out);
		return AW__INK_PLAIN;
	}
}

static void describe(const struct aw__app *app, uint64_t key, struct aw__buffer *out)
{
	app->source->describe(app->source->arg, group_of(app, key), app->ascii, out);
}

const struct aw__view aw__view_findings = {
	.name = "findings",
	.nothing = "No findings.",
	.columns = columns,
	.sorts = sorts,
	.fill = fill,
	.cell = cell,
	.describe = describe,
};
