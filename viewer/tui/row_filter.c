/* SPDX-License-Identifier: MIT */
/*
 * The filter of the viewer (&): editing its text, marking the place of a syntax error, and removing the rows whose
 * tasks do not match.
 */
#include "viewer/tui/row_filter.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "viewer/model/task_filter.h"
#include "viewer/tui/app.h"
#include "viewer/tui/typing.h"

void aw__row_filter_begin(struct aw__app *app)
{
	app->typing = AW__TYPING_FILTER;
	app->filter_wrong = -1;
}

/* Show a syntax error. `text` is a sentence, the filter, and a caret below the place. */
static void tell(struct aw__app *app, const char *text)
{
	const char *caret = strrchr(text, '\n');
	size_t length = strcspn(text, "\n");

	aw__app_say(app, "%.*s", (int)length, text);
	app->filter_wrong = caret != NULL ? (int)strcspn(caret + 1, "^") - 2 : 0;
	if (app->filter_wrong < 0)
		app->filter_wrong = 0;
}

static void apply(struct aw__app *app)
{
	struct aw__filter *filter = NULL;
	struct aw__problem problem;

	if (app->filter_text.length > 0) {
		filter = aw__filter_create(aw__buffer_string(&app->filter_text), &problem);
		if (filter == NULL) {
			tell(app, problem.text);
			return;
		}
	}
	aw__filter_destroy(app->filter);
	app->filter = filter;
	app->typing = AW__TYPING_NOTHING;
	aw__list_refresh(app, aw__app_list(app));
}

void aw__row_filter_clear(struct aw__app *app)
{
	aw__buffer_clear(&app->filter_text);
	apply(app);
}

void aw__row_filter_type(struct aw__app *app, uint32_t key)
{
	app->message[0] = '\0';
	app->filter_wrong = -1;
	if (key == AW__KEY_ENTER || key == '\n')
		apply(app);
	else if (key == AW__KEY_ESCAPE)
		aw__row_filter_clear(app);
	else
		aw__typing_key(&app->filter_text, key);
}

static bool fits(struct aw__app *app, const struct aw__row *row)
{
	const struct aw__task *task;
	struct aw__subject subject = { .process = row->process };

	aw__app_enter(app, row->process);
	aw__app_list(app)->view->subject(app, row, &subject);
	if (subject.task == 0)
		aw__subject_complete(app, &subject);
	task = aw__model_task(app->model, subject.task);
	return task != NULL && aw__filter_matches(app->filter, app->model, task, app->now_ns);
}

void aw__row_filter_rows(struct aw__app *app, struct aw__buffer *buffer, size_t from)
{
	struct aw__row *rows = (struct aw__row *)(void *)buffer->data;
	size_t count = buffer->length / sizeof(*rows), kept = count;
	unsigned wanted = 0; /* depth of the latest kept row: its ancestors are kept, too */

	if (app->filter == NULL)
		return;
	for (size_t i = count; i-- > from;) {
		if (rows[i].depth + 1u != wanted && !fits(app, &rows[i]))
			continue;
		wanted = rows[i].depth;
		rows[--kept] = rows[i];
	}
	memmove(rows + from, rows + kept, (count - kept) * sizeof(*rows));
	buffer->length = (from + count - kept) * sizeof(*rows);
}
