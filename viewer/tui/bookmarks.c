/* SPDX-License-Identifier: MIT */
/* Bookmarks of the viewer: m saves the chosen subject with the shown time, ' opens the page that lists them. */
#include "viewer/tui/bookmarks.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "viewer/tui/app.h"
#include "viewer/tui/phrases.h"
#include "viewer/tui/time_travel.h"

/* Cut the label to its room, between two characters. */
static void set_label(struct aw__bookmark *bookmark, const struct aw__buffer *text)
{
	const char *string = aw__buffer_string(text);
	size_t length = text->length;

	if (length >= AW__BOOKMARK_BYTES)
		length = AW__BOOKMARK_BYTES - 1;
	while (length > 0 && length < text->length && (string[length] & 0xc0) == 0x80)
		length--;
	memcpy(bookmark->label, string, length);
	bookmark->label[length] = '\0';
}

static void append_label(struct aw__app *app, struct aw__buffer *out)
{
	const struct aw__sheet *sheet = aw__sheet_top(app);
	const struct aw__list *list = aw__app_list(app);

	if (sheet == NULL) {
		aw__list_print(app, list, list->chosen, out);
		return;
	}
	aw__buffer_format(out, "%s: ", sheet->page->name);
	aw__scroll_print(&app->sheets.text, 0, out);
}

void aw__bookmarks_add(struct aw__app *app)
{
	const struct aw__sheet *sheet = aw__sheet_top(app);
	struct aw__buffer label = AW__BUFFER_EMPTY;
	struct aw__bookmark *bookmark;
	struct aw__subject subject;

	if (!aw__app_subject(app, &subject) || aw__app_list(app)->view->page == NULL) {
		aw__app_say(app, "there is nothing to bookmark here");
		return;
	}
	if (app->bookmark_count == AW__BOOKMARKS) {
		aw__app_say(app, "there are %d bookmarks already", AW__BOOKMARKS);
		return;
	}
	bookmark = &app->bookmarks[app->bookmark_count++];
	bookmark->page = sheet != NULL ? sheet->page : aw__app_list(app)->view->page;
	bookmark->subject = subject;
	bookmark->time_ns = app->now_ns;
	bookmark->shown_ns = app->shown_ns;
	append_label(app, &label);
	set_label(bookmark, &label);
	aw__buffer_finish(&label);
	aw__app_say(app, "bookmark %zu; ' shows them", app->bookmark_count);
}

void aw__bookmarks_go(struct aw__app *app, uint64_t number)
{
	const struct aw__bookmark *bookmark = &app->bookmarks[number - 1];

	if (number == 0 || number > app->bookmark_count)
		return;
	if (bookmark->shown_ns != 0)
		aw__time_travel_seek(app, bookmark->shown_ns);
	else
		aw__time_travel_leave(app);
	aw__sheet_open(app, bookmark->page, &bookmark->subject);
}

static void write_page(struct aw__app *app, const struct aw__subject *subject,
		       struct aw__buffer *out)
{
	(void)subject;
	for (size_t i = 0; i < app->bookmark_count; i++) {
		const struct aw__bookmark *bookmark = &app->bookmarks[i];

		aw__app_enter(app, bookmark->subject.process);
		aw__phrases_link(app, out, 'b', i + 1);
		aw__buffer_format(out, "  %2zu  ", i + 1);
		aw__phrases_clock(app, out, bookmark->time_ns);
		aw__buffer_format(out, "  %s\n", bookmark->label);
	}
}

static const char *lacks(struct aw__app *app, const struct aw__subject *subject)
{
	(void)subject;
	return app->bookmark_count > 0 ? NULL : "there are no bookmarks; m makes one";
}

const struct aw__page aw__page_bookmarks = { "bookmarks", write_page, lacks };
