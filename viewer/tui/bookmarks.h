/* SPDX-License-Identifier: MIT */
/* Bookmarks: saved subjects of the viewer. */
#ifndef AW__TUI_BOOKMARKS_H
#define AW__TUI_BOOKMARKS_H

#include "viewer/tui/subject.h"

#define AW__BOOKMARKS	   64
#define AW__BOOKMARK_BYTES 160

struct aw__bookmark {
	const struct aw__page *page;
	struct aw__subject subject;
	uint64_t time_ns;  /* the time that was shown */
	uint64_t shown_ns; /* the same; 0 if it was the present */
	char label[AW__BOOKMARK_BYTES];
};

/** Bookmark the chosen subject. */
void aw__bookmarks_add(struct aw__app *app);
/** Go to a bookmark, by its number from 1. */
void aw__bookmarks_go(struct aw__app *app, uint64_t number);

#endif
