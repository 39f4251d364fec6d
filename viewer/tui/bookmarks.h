/* SPDX-License-Identifier: MIT */
/* Bookmarks: subjects to come back to. */
#ifndef AW__TUI_BOOKMARKS_H
#define AW__TUI_BOOKMARKS_H

#include "viewer/tui/subject.h"

#define AW__BOOKMARKS	   64
#define AW__BOOKMARK_BYTES 160

struct aw__bookmark {
	const struct aw__page *page;
	struct aw__subject subject;
	uint64_t time_ns; /* the moment that was shown */
	uint64_t past_ns; /* the same, if it was not the present */
	char label[AW__BOOKMARK_BYTES];
};

/** Keep what is chosen. */
void aw__bookmarks_add(struct aw__app *app);
/** Go to one, by its number from 1. */
void aw__bookmarks_go(struct aw__app *app, uint64_t number);

#endif
