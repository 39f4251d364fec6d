/* SPDX-License-Identifier: MIT */
/* Texts above the views: each page that is opened lies on the one before, and "back" takes it away. */
#ifndef AW__TUI_SHEET_H
#define AW__TUI_SHEET_H

#include "viewer/tui/scroll.h"
#include "viewer/tui/subject.h"

#define AW__SHEETS_MOST 16 /* the lowest goes when there are more */

struct aw__sheet {
	const struct aw__page *page;
	struct aw__subject subject;
	size_t top, left, chosen; /* saved while another page is above it */
};

struct aw__sheets {
	struct aw__sheet stack[AW__SHEETS_MOST];
	size_t count;
	struct aw__scroll text; /* of the uppermost */
};

/** The page on top; NULL if there is none. */
const struct aw__sheet *aw__sheet_top(const struct aw__app *app);
/** Open a page, if there is something to show; otherwise say why there is not. */
void aw__sheet_open(struct aw__app *app, const struct aw__page *page,
		    const struct aw__subject *subject);
/** Rewrite the page on top. */
void aw__sheet_refresh(struct aw__app *app);
void aw__sheet_back(struct aw__app *app);
/** Follow the link in the line that is chosen. */
void aw__sheet_follow(struct aw__app *app);

#endif
