/* SPDX-License-Identifier: MIT */
/* The stack of pages above a view: Enter opens a page on a subject, q or Esc closes it and restores the position below. */
#include "viewer/tui/sheet.h"

#include <string.h>

#include "viewer/tui/app.h"

const struct aw__sheet *aw__sheet_top(const struct aw__app *app)
{
	return app->sheets.count > 0 ? &app->sheets.stack[app->sheets.count - 1] : NULL;
}

void aw__sheet_refresh(struct aw__app *app)
{
	const struct aw__sheet *sheet = aw__sheet_top(app);
	struct aw__buffer out = AW__BUFFER_EMPTY;

	if (sheet == NULL)
		return;
	aw__app_enter(app, sheet->subject.process);
	sheet->page->write(app, &sheet->subject, &out);
	aw__scroll_set(&app->sheets.text, &out);
	aw__buffer_finish(&out);
}

static void keep_position(struct aw__sheets *sheets)
{
	struct aw__sheet *sheet;

	if (sheets->count == 0)
		return;
	sheet = &sheets->stack[sheets->count - 1];
	sheet->top = sheets->text.top;
	sheet->left = sheets->text.left;
	sheet->chosen = sheets->text.chosen;
}

void aw__sheet_open(struct aw__app *app, const struct aw__page *page,
		    const struct aw__subject *subject)
{
	struct aw__sheets *sheets = &app->sheets;
	const char *lacks;

	aw__app_enter(app, subject->process);
	lacks = page->lacks != NULL ? page->lacks(app, subject) : NULL;
	if (lacks != NULL) {
		aw__app_say(app, "%s", lacks);
		return;
	}
	keep_position(sheets);
	if (sheets->count == AW__SHEETS_MOST) {
		memmove(sheets->stack, sheets->stack + 1,
			(AW__SHEETS_MOST - 1) * sizeof(sheets->stack[0]));
		sheets->count--;
	}
	sheets->stack[sheets->count++] = (struct aw__sheet){ .page = page, .subject = *subject };
	sheets->text.top = sheets->text.left = sheets->text.chosen = 0;
	aw__sheet_refresh(app);
}

void aw__sheet_back(struct aw__app *app)
{
	struct aw__sheets *sheets = &app->sheets;
	const struct aw__sheet *sheet;

	if (sheets->count == 0)
		return;
	sheets->count--;
	sheet = aw__sheet_top(app);
	if (sheet == NULL)
		return;
	sheets->text.top = sheet->top;
	sheets->text.left = sheet->left;
	sheets->text.chosen = sheet->chosen;
	aw__sheet_refresh(app);
}

void aw__sheet_follow(struct aw__app *app)
{
	const struct aw__styled *text = &app->sheets.text.text;
	struct aw__styled_link link = { 0 };
	struct aw__subject subject = { 0 };

	if (app->sheets.text.chosen < text->count)
		link = text->links[app->sheets.text.chosen];
	subject.process = link.process;
	if (link.kind == 't') {
		subject.task = link.id;
		aw__sheet_open(app, &aw__page_task, &subject);
	} else if (link.kind == 'e') {
		subject.error = link.id;
		aw__sheet_open(app, &aw__page_error, &subject);
	} else if (link.kind == 'g') {
		subject.group = link.id;
		aw__sheet_open(app, &aw__page_finding, &subject);
	} else if (link.kind == 'b') {
		aw__bookmarks_go(app, link.id);
	} else {
		aw__app_say(app, "this line has no link");
	}
}
