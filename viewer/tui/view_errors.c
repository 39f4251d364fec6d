/* SPDX-License-Identifier: MIT */
/*
 * The errors view (5): exceptions as trees. A root represents all equal errors. Below it are its notes,
 * attributes, group members, cause and context, each with its own parts.
 */
#include <inttypes.h>
#include <string.h>

#include <awry/agent.h>

#include "base/text.h"
#include "viewer/tui/phrases.h"

#define MAX_MEMBERS 200 /* members of a group that are shown; the others are counted */

enum { STATE, TIMES, LAST, ERROR };

static const struct aw__column columns[] = {
	{ "STATE", 10, 0, false },
	{ "TIMES", 7, 0, false, 0, true },
	{ "LAST", 9, 60, false },
	{ "ERROR", 0, 0, true },
	{ 0 },
};

enum part { ROOT, MEMBER, CAUSE, CONTEXT, NOTE, ATTRIBUTE, MORE };

static bool has_parts(const struct aw__error *error)
{
	return error->told && (error->child_count > 0 || error->cause != 0 || error->context != 0 ||
			       error->note_count > 0 || error->attribute_count > 0);
}

/* Fill in the row of an error, which may also be a member or cause of another one. */
static void error_row(struct aw__app *app, struct aw__row *ret_row, uint64_t id, enum part kind)
{
	const struct aw__error *error = aw__model_error(app->model, id);
	struct aw__map *seen = &app->lists[AW__VIEW_ERRORS].seen;

	memset(ret_row, 0, sizeof(*ret_row));
	ret_row->key = ret_row->id = id;
	ret_row->kind = (uint8_t)kind;
	ret_row->count = 1;
	if (error == NULL || !error->told)
		return;
	ret_row->known = true;
	ret_row->state = (uint8_t)error->state;
	ret_row->time_ns = error->time_ns;
	ret_row->vanished = kind != ROOT && aw__map_get(seen, id) != NULL; /* shown above */
	ret_row->branch = ret_row->open = !ret_row->vanished && has_parts(error);
}

static void fill(struct aw__app *app, struct aw__buffer *rows)
{
	struct aw__map groups = { 0 };
	struct aw__row row;

	for (size_t i = 0; i < aw__model_error_count(app->model); i++) {
		const struct aw__error *error = aw__model_error_at(app->model, i);
		struct aw__row *first;
		size_t at;

		if (!error->told || error->named_by > 0 || error->group == NULL)
			continue;
		at = (size_t)(uintptr_t)aw__map_get(&groups, (uintptr_t)error->group);
		if (at == 0) {
			error_row(app, &row, error->id, ROOT);
			row.count = error->group->count;
			aw__buffer_append(rows, &row, sizeof(row));
			aw__map_put(&groups, (uintptr_t)error->group,
				    (void *)(rows->length / sizeof(row)));
			continue;
		}
		first = &((struct aw__row *)(void *)rows->data)[at - 1];
		if (error->time_ns > first->time_ns)
			first->time_ns = error->time_ns;
		if (error->state == AW__ERROR_LOST)
			first->state = AW__ERROR_LOST;
	}
	aw__map_finish(&groups);
}

static void append_note(struct aw__buffer *rows, const struct aw__row *row, enum part kind,
			uint32_t part)
{
	struct aw__row note;

	memset(&note, 0, sizeof(note));
	note.id = row->id;
	note.kind = (uint8_t)kind;
	note.part = part;
	note.known = true;
	aw__buffer_append(rows, &note, sizeof(note));
}

static void append_error(struct aw__app *app, struct aw__buffer *rows, uint64_t id, enum part kind)
{
	struct aw__row row;

	if (id == 0)
		return;
	error_row(app, &row, id, kind);
	aw__buffer_append(rows, &row, sizeof(row));
}

static void children(struct aw__app *app, const struct aw__row *row, struct aw__buffer *rows)
{
	const struct aw__error *error = aw__model_error(app->model, row->id);
	uint32_t shown;

	if (error == NULL)
		return;
	aw__map_put(&app->lists[AW__VIEW_ERRORS].seen, error->id, app);
	for (uint32_t i = 0; i < error->note_count; i++)
		append_note(rows, row, NOTE, i);
	for (uint32_t i = 0; i < error->attribute_count; i++)
		append_note(rows, row, ATTRIBUTE, i);
	shown = error->child_count < MAX_MEMBERS ? error->child_count : MAX_MEMBERS;
	for (uint32_t i = 0; i < shown; i++)
		append_error(app, rows, error->children[i], MEMBER);
	if (error->child_count > shown)
		append_note(rows, row, MORE, error->child_count - shown);
	append_error(app, rows, error->cause, CAUSE);
	if (error->context != error->cause)
		append_error(app, rows, error->context, CONTEXT);
}

static bool order(struct aw__app *app, struct aw__row *row, int column)
{
	uint64_t last = UINT64_MAX - aw__model_realtime_ns(app->model, row->time_ns);

	row->sort2 = last;
	if (column == STATE)
		row->sort = AW__ERROR_LOST - (uint64_t)row->state;
	else if (column == TIMES)
		row->sort = UINT64_MAX - row->count;
	else if (column == LAST)
		row->sort = last;
	return column != ERROR;
}

static uint8_t append_state(const struct aw__row *row, struct aw__buffer *out)
{
	static const char *const names[] = { "pending", "retrieved", "LOST" };

	aw__buffer_text(out, names[row->state]);
	return row->state == AW__ERROR_LOST ? AW__INK_RED | AW__INK_BOLD : AW__INK_DIM;
}

static void append_text(const struct aw__app *app, struct aw__buffer *out,
			const struct aw__error_note *note, bool attribute)
{
	const char *key = attribute ? aw__model_string(app->model, note->key) : NULL;

	if (attribute) {
		aw__buffer_char(out, '.');
		aw__phrases_foreign(app, out, key != NULL ? key : "?");
		aw__buffer_text(out, " = ");
	} else {
		aw__buffer_text(out, "note: ");
	}
	aw__phrases_foreign(app, out, note->text);
}

static uint8_t append_part(const struct aw__app *app, const struct aw__row *row,
			   struct aw__buffer *out)
{
	const struct aw__error *error = aw__model_error(app->model, row->id);

	if (row->kind == MORE) {
		aw__buffer_format(out, "%s and ", aw__phrases_dots(app));
		aw__phrases_count(out, row->part, "more member");
	} else if (error != NULL && row->kind == NOTE && row->part < error->note_count) {
		append_text(app, out, &error->notes[row->part], false);
	} else if (error != NULL && row->kind == ATTRIBUTE && row->part < error->attribute_count) {
		append_text(app, out, &error->attributes[row->part], true);
	}
	return AW__INK_DIM;
}

static uint8_t append_head(const struct aw__app *app, const struct aw__row *row,
			   struct aw__buffer *out)
{
	const struct aw__error *error = aw__model_error(app->model, row->id);
	bool suppressed = error != NULL && (error->flags & AW_ERROR_SUPPRESS_CONTEXT) != 0;

	if (row->kind == CAUSE)
		aw__buffer_text(out, "caused by ");
	else if (row->kind == CONTEXT)
		aw__buffer_text(out, suppressed ? "raised from elsewhere while handling "
						: "while handling ");
	if (error == NULL || !error->told) {
		aw__buffer_format(out, "error #%" PRIu64 ", which was not recorded", row->id);
		return AW__INK_DIM;
	}
	aw__phrases_error(app, out, error);
	if (error->child_count > 0) {
		aw__buffer_text(out, " (");
		aw__phrases_count(out, error->child_count, "sub-exception");
		aw__buffer_char(out, ')');
	}
	if (row->vanished)
		aw__buffer_text(out, " (shown above)");
	return error->state == AW__ERROR_LOST ? AW__INK_RED : AW__INK_PLAIN;
}

static uint8_t cell(const struct aw__app *app, const struct aw__row *row, int column,
		    struct aw__buffer *out)
{
	if (column == ERROR)
		return row->kind >= NOTE ? append_part(app, row, out) : append_head(app, row, out);
	if (row->kind >= NOTE || !row->known)
		return AW__INK_PLAIN;
	if (column == STATE && row->kind == ROOT)
		return append_state(row, out);
	if (column == TIMES && row->count > 1) {
		aw__buffer_text(out, aw__phrases_times(app));
		aw__text_number(out, row->count);
	} else if (column == LAST) {
		aw__phrases_clock(app, out, row->time_ns);
	}
	return AW__INK_PLAIN;
}

static void subject(const struct aw__app *app, const struct aw__row *row,
		    struct aw__subject *ret_subject)
{
	(void)app;
	ret_subject->error = row->id;
}

const struct aw__view aw__view_errors = {
	.name = "errors",
	.brief = "err",
	.nothing = "No exceptions.",
	.columns = columns,
	.fill = fill,
	.children = children,
	.order = order,
	.cell = cell,
	.subject = subject,
	.page = &aw__page_error,
};
