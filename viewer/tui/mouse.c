/* SPDX-License-Identifier: MIT */
/* Mouse input of the viewer: a click chooses or opens a line or a tab, the wheel moves by three lines. */
#include "viewer/tui/mouse.h"

#include "viewer/tui/app.h"
#include "viewer/tui/pane.h"

#define FIRST_LINE 2 /* screen line of the first line of a view or page */
#define WHEEL	   3 /* lines */

static void click_tab(struct aw__app *app, int x)
{
	for (unsigned i = 0; i < aw__app_views(app); i++)
		if (x < app->tab_ends[i]) {
			aw__app_show(app, i);
			return;
		}
}

/* A click chooses a line; a click on the chosen line opens it. */
static void click_line(struct aw__app *app, size_t *chosen, size_t index, size_t count)
{
	if (index >= count)
		return;
	if (*chosen == index)
		aw__act(app, AW__DO_OPEN);
	else
		*chosen = index;
}

static void click(struct aw__app *app, int x, int y)
{
	struct aw__scroll *text = aw__app_text(app);
	struct aw__list *list = aw__app_list(app);
	size_t count;

	if (y == 1)
		click_tab(app, x);
	if (y < FIRST_LINE || y >= app->height - 1 - aw__pane_height(app))
		return;
	if (text != NULL) {
		click_line(app, &text->chosen, text->top + (size_t)(y - FIRST_LINE),
			   text->text.count);
		return;
	}
	aw__list_rows(list, &count);
	if (y > FIRST_LINE)
		click_line(app, &list->chosen, list->top + (size_t)(y - FIRST_LINE - 1), count);
	else if (aw__list_column_at(app, list, x) >= 0)
		aw__list_sort(app, list, aw__list_column_at(app, list, x));
}

void aw__mouse(struct aw__app *app, uint32_t key)
{
	uint32_t what = key - AW__KEY_MOUSE;

	app->message[0] = '\0';
	if (what >> 24 == AW__MOUSE_CLICK)
		click(app, (int)(what & 0xfff), (int)(what >> 12 & 0xfff));
	for (int i = 0; what >> 24 != AW__MOUSE_CLICK && i < WHEEL; i++)
		aw__act(app, what >> 24 == AW__MOUSE_UP ? AW__DO_UP : AW__DO_DOWN);
}
