/* SPDX-License-Identifier: MIT */
/*
 * The viewer without a terminal: it takes keys, and draws into a grid.
 *
 * One of the views (view.h) is shown, and above it sheets (sheet.h), texts about one subject. A view of rows keeps the
 * data for sorting and drawing them; aw__app_refresh() copies it from the models. Without that call only durations
 * change on the screen, which is how "pause" works.
 *
 * While data of a process is read or drawn, `model` and `now_ns` belong to that process: see aw__app_enter().
 */
#ifndef AW__TUI_APP_H
#define AW__TUI_APP_H

#include "viewer/tui/bookmarks.h"
#include "viewer/tui/grid.h"
#include "viewer/tui/keys.h"
#include "viewer/tui/sheet.h"
#include "viewer/tui/tui.h"
#include "viewer/tui/view.h"

#define AW__APP_MIN_WIDTH  40
#define AW__APP_MIN_HEIGHT 10

/* A request to the terminal, for after the key. */
enum aw__app_wish { AW__WISH_NOTHING, AW__WISH_COPY, AW__WISH_EDIT };

/* What the user is typing into the bottom line. */
enum aw__app_typing { AW__TYPING_NOTHING, AW__TYPING_SEARCH, AW__TYPING_FILTER };

struct aw__app {
	const struct aw__tui_host *host;
	bool ascii;
	int width, height;

	unsigned process; /* of aw__app_enter() */
	const struct aw__model *model;
	uint64_t now_ns;   /* the process's current time, for durations */
	uint64_t clock_ns; /* the clock at the last refresh */

	struct aw__list lists[AW__VIEWS];
	uint64_t shown_ns; /* the time that is shown (ns since 1970); 0: the present */
	struct aw__tui_timeline *timeline; /* of the process that it was last read for */
	struct aw__tui_event *near_events; /* events around the shown time, and, in order, */
	struct aw__buffer nearby;
	struct aw__tui_listed *listed; /* the processes that the host lists */
	size_t listed_count;
	struct aw__wait_graph *graph; /* of each process, only while a view is filled */
	unsigned current;
	unsigned pane; /* the size of the output pane */
	struct aw__sheets sheets;
	bool show_finished, paused, ended, quit;
	bool merged; /* rows of equal merge_key are merged */
	bool follow; /* always choose the last row */
	struct aw__bookmark bookmarks[AW__BOOKMARKS];
	size_t bookmark_count;
	int tab_ends[AW__VIEWS];	/* the screen columns after the views' tabs */
	bool stale;			/* rows must be refilled even while paused */
	struct aw__model_counts counts; /* summed over all processes */
	uint64_t finding_count;

	enum aw__app_typing typing;
	struct aw__buffer pattern; /* of the search */
	size_t search_from;	   /* row or line at which it began */
	struct aw__buffer filter_text;
	struct aw__filter *filter; /* NULL: none */
	int filter_wrong;	   /* column of its syntax error; -1: none */
	char message[256];

	enum aw__app_wish wish;
	struct aw__buffer wish_text; /* the text to copy, or the path to edit */
	uint32_t wish_line;
};

void aw__app_init(struct aw__app *app, const struct aw__tui_host *host, bool ascii);
void aw__app_finish(struct aw__app *app);
/** Copy the shown data from the models, which have changed. */
void aw__app_refresh(struct aw__app *app, uint64_t clock_ns);
/** Handle a key. Returns whether the screen may have changed. */
bool aw__app_key(struct aw__app *app, uint32_t key);
/** Draw into the grid, which gets this size. */
void aw__app_draw(struct aw__app *app, struct aw__grid *grid, int width, int height);
/** All processes have ended; `message` (which may be NULL) says why. */
void aw__app_end(struct aw__app *app, const char *message);

/* ---- shared by the files of the viewer ---- */

/** Select the process that the following calls are about. */
void aw__app_enter(struct aw__app *app, unsigned process);
const struct aw__tui_process *aw__app_process(const struct aw__app *app);
/** Whether the screen must be redrawn each second, because durations grow. */
bool aw__app_ticks(const struct aw__app *app);
/** The number of views. */
unsigned aw__app_views(const struct aw__app *app);
/** The list that is shown. */
struct aw__list *aw__app_list(struct aw__app *app);
/** The number of screen lines for a list's rows or a text. */
int aw__app_body_height(const struct aw__app *app);
/** Show another view. */
void aw__app_show(struct aw__app *app, unsigned view);
/** Show a message in the bottom line, until the next key. */
__attribute__((format(printf, 2, 3))) void aw__app_say(struct aw__app *app, const char *format,
						       ...);

/** The chosen subject, completed (aw__subject_complete()). False if nothing is chosen. */
bool aw__app_subject(struct aw__app *app, struct aw__subject *ret_subject);
/** The shown text; NULL if rows are shown. */
struct aw__scroll *aw__app_text(struct aw__app *app);

/** Perform an action (act.c). */
void aw__act(struct aw__app *app, enum aw__action action);

#endif
