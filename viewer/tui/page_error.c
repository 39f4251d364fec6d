/* SPDX-License-Identifier: MIT */
/*
 * Two pages about an exception: the exception with its group members, cause, context and notes, and the source
 * around the place where it was raised.
 */
#include <inttypes.h>
#include <string.h>

#include <awry/agent.h>

#include "base/map.h"
#include "base/text.h"
#include "base/tree.h"
#include "viewer/tui/phrases.h"

#define MAX_MEMBERS 200 /* members of a group that are shown; the others are counted */

struct drawing {
	struct aw__app *app;
	struct aw__buffer *out;
	struct aw__tree tree;
	struct aw__map seen;
};

/* For a CancelledError: append the last cancellation request to its task before the error. */
static void append_cancel(struct drawing *drawing, const struct aw__error *error, bool parts)
{
	const struct aw__task_cancel *cancel =
		aw__model_error_cancel(drawing->app->model, error, false);

	if (cancel == NULL)
		return;
	aw__tree_line(&drawing->tree, parts);
	aw__phrases_link(drawing->app, drawing->out, 't', cancel->by);
	aw__phrases_cancel(drawing->app, drawing->out, cancel);
}

static void append_more(struct drawing *drawing, const struct aw__error *error)
{
	bool parts = error->child_count > 0 || error->cause != 0 || error->context != 0;
	const char *key;

	for (uint32_t i = 0; i < error->note_count; i++) {
		aw__tree_line(&drawing->tree, parts);
		aw__buffer_text(drawing->out, "note: ");
		aw__phrases_foreign(drawing->app, drawing->out, error->notes[i].text);
		aw__buffer_char(drawing->out, '\n');
	}
	for (uint32_t i = 0; i < error->attribute_count; i++) {
		key = aw__model_string(drawing->app->model, error->attributes[i].key);
		aw__tree_line(&drawing->tree, parts);
		aw__buffer_char(drawing->out, '.');
		aw__phrases_foreign(drawing->app, drawing->out, key != NULL ? key : "?");
		aw__buffer_text(drawing->out, " = ");
		aw__phrases_foreign(drawing->app, drawing->out, error->attributes[i].text);
		aw__buffer_char(drawing->out, '\n');
	}
	append_cancel(drawing, error, parts);
	if (error->site == 0)
		return;
	aw__tree_line(&drawing->tree, parts);
	aw__buffer_text(drawing->out, AW__DIM "raised in ");
	aw__phrases_place(drawing->app, drawing->out, error->site, false);
	aw__buffer_text(drawing->out, AW__PLAIN "\n");
}

static void show(struct drawing *drawing, const char *label, uint64_t id, bool last);

static void show_parts(struct drawing *drawing, const struct aw__error *error)
{
	uint32_t shown = error->child_count < MAX_MEMBERS ? error->child_count : MAX_MEMBERS;
	uint64_t context = error->context != error->cause ? error->context : 0;
	bool hidden = error->child_count > shown;

	if (aw__tree_is_full(&drawing->tree)) {
		aw__tree_line(&drawing->tree, false);
		aw__buffer_text(drawing->out, "  deeper parts are not drawn: open one\n");
		return;
	}
	for (uint32_t i = 0; i < shown; i++)
		show(drawing, "", error->children[i],
		     i + 1 == shown && !hidden && error->cause == 0 && context == 0);
	if (hidden) {
		aw__tree_open(&drawing->tree, error->cause == 0 && context == 0);
		aw__buffer_format(drawing->out, "%s and ", aw__phrases_dots(drawing->app));
		aw__phrases_count(drawing->out, error->child_count - shown, "more member");
		aw__buffer_char(drawing->out, '\n');
		aw__tree_close(&drawing->tree);
	}
	if (error->cause != 0)
		show(drawing, "caused by ", error->cause, context == 0);
	if (context != 0)
		show(drawing, "while handling ", context, true);
}

static void show(struct drawing *drawing, const char *label, uint64_t id, bool last)
{
	const struct aw__error *error = aw__model_error(drawing->app->model, id);
	struct aw__buffer *out = drawing->out;
	bool again = aw__map_get(&drawing->seen, id) != NULL;

	aw__tree_open(&drawing->tree, last);
	aw__phrases_link(drawing->app, out, 'e', id);
	aw__buffer_text(out, label);
	if (error == NULL || !error->told) {
		aw__buffer_format(out, "error #%" PRIu64 ", which was not recorded\n", id);
	} else {
		aw__buffer_text(out, AW__RED);
		aw__phrases_error(drawing->app, out, error);
		aw__buffer_format(out, AW__PLAIN "%s\n", again ? " (shown above)" : "");
	}
	if (error != NULL && error->told && !again) {
		aw__map_put(&drawing->seen, id, drawing);
		append_more(drawing, error);
		show_parts(drawing, error);
	}
	aw__tree_close(&drawing->tree);
}

static void append_state(struct aw__app *app, const struct aw__error *error, struct aw__buffer *out)
{
	aw__phrases_field(out, "state");
	aw__buffer_text(out, error->state == AW__ERROR_LOST ? AW__RED "lost" AW__PLAIN
								      ": never retrieved\n"
			     : error->state == AW__ERROR_TAKEN ? "retrieved"
							       : "not retrieved yet\n");
	if (error->state == AW__ERROR_TAKEN) {
		aw__buffer_text(out, error->taker != 0 ? " by " : "");
		aw__phrases_link(app, out, 't', error->taker);
		if (error->taker != 0)
			aw__phrases_task(app, out, error->taker);
		aw__buffer_char(out, '\n');
	}
	aw__phrases_field(out, "raised");
	aw__phrases_clock(app, out, error->time_ns);
	aw__buffer_text(out, ", ");
	aw__phrases_ago(app, out, error->time_ns);
	aw__buffer_char(out, '\n');
	aw__phrases_field(out, "in");
	aw__phrases_link(app, out, 't', error->task);
	if (error->task != 0)
		aw__phrases_task(app, out, error->task);
	else
		aw__buffer_text(out, "no task");
	aw__buffer_char(out, '\n');
	aw__phrases_field(out, "times");
	aw__text_number(out, error->group != NULL ? error->group->count : 1);
	aw__buffer_text(out, " of the same type, from the same stack\n\n");
}

static void write_error(struct aw__app *app, const struct aw__subject *subject,
			struct aw__buffer *out)
{
	const struct aw__error *error = aw__model_error(app->model, subject->error);
	struct drawing drawing = { .app = app, .out = out };

	if (error == NULL || !error->told) {
		aw__buffer_text(out, "  Nothing was recorded of it.\n");
		return;
	}
	aw__buffer_text(out, AW__RED);
	aw__phrases_error(app, out, error);
	aw__buffer_text(out, AW__PLAIN "\n\n");
	append_state(app, error, out);
	aw__tree_init(&drawing.tree, out, "  ", app->ascii);
	show(&drawing, "", error->id, true);
	aw__map_finish(&drawing.seen);
	aw__buffer_char(out, '\n');
	if (aw__model_error_cancel(app->model, error, false) != NULL)
		aw__phrases_cancel_stacks(app, out,
					  aw__model_error_cancel(app->model, error, false));
	aw__phrases_chain(app, out, error->stack, "Raised, most recent call first:", error->task,
			  true);
}

static const char *lacks(struct aw__app *app, const struct aw__subject *subject)
{
	(void)app;
	return subject->error != 0 ? NULL : "there is no exception here";
}

const struct aw__page aw__page_error = { "exception", write_error, lacks };

/* ---- where it was raised ---- */

#define AROUND 8 /* lines of the source, above and below */
#define TAB    8 /* columns */

/* Append a line of source with its tabs expanded. */
static void append_expanded(const struct aw__app *app, struct aw__buffer *out, const char *text,
			    size_t length)
{
	const size_t begin = out->length;

	for (size_t at = 0; at < length;) {
		const char *tab = memchr(text + at, '\t', length - at);
		size_t run = tab != NULL ? (size_t)(tab - text) - at : length - at, column;

		aw__text_escape(out, text + at, run, app->ascii);
		at += run + 1;
		column = aw__text_width(aw__buffer_string(out) + begin, out->length - begin);
		if (tab != NULL)
			aw__buffer_format(out, "%*s", (int)(TAB - column % TAB), "");
	}
}

static void append_source(struct aw__app *app, const struct aw__frame *site, struct aw__buffer *out)
{
	struct aw__source_files *files = aw__app_process(app)->files;
	uint32_t line = site->line > AROUND ? site->line - AROUND : 1;
	bool any = false;

	for (; files != NULL && site->file != NULL && line < UINT32_MAX &&
	       line <= (uint64_t)site->line + AROUND;
	     line++) {
		size_t length;
		const char *text = aw__source_files_indented(files, site->file, line, &length);

		if (text == NULL)
			continue;
		any = true;
		aw__buffer_format(out, "%s%s%5" PRIu32 "  ", line == site->line ? AW__RED : "",
				  line == site->line ? "> " : "  ", line);
		append_expanded(app, out, text, length);
		aw__buffer_text(out, AW__PLAIN "\n");
	}
	aw__buffer_text(out, any ? "\n" : AW__DIM "  the source is not here\n\n" AW__PLAIN);
}

static void write_raise(struct aw__app *app, const struct aw__subject *subject,
			struct aw__buffer *out)
{
	const struct aw__error *error = aw__model_error(app->model, subject->error);
	struct aw__stack stack;
	struct aw__frame site;

	if (error == NULL || !error->told) {
		aw__buffer_text(out, "  Nothing was recorded of it.\n");
		return;
	}
	aw__phrases_link(app, out, 'e', error->id);
	aw__buffer_text(out, AW__RED);
	aw__phrases_error(app, out, error);
	aw__buffer_text(out, AW__PLAIN "\n  raised in ");
	if (aw__model_place(app->model, error->site, &site)) {
		aw__phrases_frame(app, out, &site);
		aw__buffer_text(out, "\n\n");
		append_source(app, &site, out);
	} else {
		aw__buffer_text(out, "a place that was not recorded\n\n");
	}
	aw__buffer_text(out, "  Stack, most recent call first:\n");
	if (aw__model_stack(app->model, error->stack, &stack))
		aw__phrases_stack(app, out, &stack);
	else
		aw__buffer_text(out, AW__DIM "    not recorded\n" AW__PLAIN);
}

const struct aw__page aw__page_raise = { "raise site", write_raise, lacks };
