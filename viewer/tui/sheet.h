/* SPDX-License-Identifier: MIT */
/* The stack of open pages above a view: a new page covers the previous one, and "back" closes it. */
#ifndef AW__TUI_SHEET_H
#define AW__TUI_SHEET_H

#include "viewer/tui/scroll.h"
#include "viewer/tui/subject.h"

#define AW__SHEETS_MOST 16 /* beyond that the lowest is dropped */

struct aw__sheet {
	const struct aw__page *page;
	struct aw__subject subject;
	size_t top, left, chosen; /* saved while another page is above it */
};

struct aw__sheets {
	struct aw__sheet stack[AW__SHEETS_MOST];
	size_t count;
	struct aw__scroll text; /* of the page on top */
};

/** The page on top; NULL if there is none. */
const struct aw__sheet *aw__sheet_top(const struct aw__app *app);
/** Open a page, or show a message that says why it cannot be shown. */
void aw__sheet_open(struct aw__app *app, const struct aw__page *page,
		    const struct aw__subject *subject);
/** Rewrite the page on top. */
void aw__sheet_refresh(struct aw__app *app);
void aw__sheet_back(struct aw__app *app);
/** Follow the link in the chosen line. */
void aw__sheet_follow(struct aw__app *app);

#endif
