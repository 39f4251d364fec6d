/* SPDX-License-Identifier: MIT */
/*
 * The viewer without its terminal: keys go in, a grid comes out.
 *
 * There are views (view.h), one of which is shown, and sheets (sheet.h), which lie above it: texts
 * about one subject. A view of rows keeps what is needed to sort and to draw them, copied from the
 * models by aw__app_refresh(). Without that call nothing on the screen changes but durations: that
 * is what "pause" is.
 *
 * While something of a process is read or drawn, `model` and `now_ns` are that process's:
 * aw__app_enter() makes them so.
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

/* What the terminal is to do once the key is dealt with. */
enum aw__app_wish { AW__WISH_NOTHING, AW__WISH_COPY, AW__WISH_EDIT };

/* What is typed into the last line. */
enum aw__app_typing { AW__TYPING_NOTHING, AW__TYPING_SEARCH, AW__TYPING_FILTER };

struct aw__app {
	const struct aw__tui_host *host;
	bool ascii;
	int width, height;

	unsigned process; /* the one that was entered */
	const struct aw__model *model;
	uint64_t now_ns;   /* what its durations refer to */
	uint64_t clock_ns; /* the clock when it was refreshed last */

	struct aw__list lists[AW__VIEWS];
	uint64_t past_ns; /* the moment that is shown (ns since 1970); 0: the present */
	struct aw__tui_timeline *timeline; /* of the process that was asked for it last */
	struct aw__tui_event *near_events; /* around the moment, and in their order: */
	struct aw__buffer nearby;
	struct aw__tui_listed *listed; /* the processes that the host knows */
	size_t listed_count;
	struct aw__wait_graph *graph; /* while a view is filled from it */
	unsigned current;
	unsigned pane; /* the size of the pane below */
	struct aw__sheets sheets;
	bool show_finished, paused, ended, quit;
	bool merged; /* rows of the same merge_key are one */
	bool follow; /* the last row is chosen */
	struct aw__bookmark bookmarks[AW__BOOKMARKS];
	size_t bookmark_count;
	int tab_ends[AW__VIEWS];	/* the columns before which the names of the views end */
	bool stale;			/* rows are to be made anew even while it pauses */
	struct aw__model_counts counts; /* of all processes, as far as they are shown */
	uint64_t finding_count;

	enum aw__app_typing typing;
	struct aw__buffer pattern; /* what is searched for */
	size_t search_from;	   /* where that began */
	struct aw__buffer filter_text;
	struct aw__filter *filter; /* NULL: none */
	int filter_wrong;	   /* the column where what is typed is wrong; -1: none */
	char message[256];

	enum aw__app_wish wish;
	struct aw__buffer wish_text; /* to be copied; or the path of the file */
	uint32_t wish_line;
};

void aw__app_init(struct aw__app *app, const struct aw__tui_host *host, bool ascii);
void aw__app_finish(struct aw__app *app);
/** The models changed: take from them what is shown. */
void aw__app_refresh(struct aw__app *app, uint64_t clock_ns);
/** A key was pressed. Returns whether anything may look different now. */
bool aw__app_key(struct aw__app *app, uint32_t key);
/** Draw it, in the size that the grid is to have. */
void aw__app_draw(struct aw__app *app, struct aw__grid *grid, int width, int height);
/** Nothing more comes; `message` (which may be NULL) says why. */
void aw__app_end(struct aw__app *app, const char *message);

/* ---- what the files of the viewer share ---- */

/** What follows is about that process. */
void aw__app_enter(struct aw__app *app, unsigned process);
const struct aw__tui_process *aw__app_process(const struct aw__app *app);
/** Whether something is to be drawn anew each second. */
bool aw__app_ticks(const struct aw__app *app);
/** How many views there are. */
unsigned aw__app_views(const struct aw__app *app);
/** The list that is shown. */
struct aw__list *aw__app_list(struct aw__app *app);
/** How many lines a list's rows or a text have. */
int aw__app_body_height(const struct aw__app *app);
/** Show another view. */
void aw__app_show(struct aw__app *app, unsigned view);
/** Say something in the last line, until the next key. */
__attribute__((format(printf, 2, 3))) void aw__app_say(struct aw__app *app, const char *format,
						       ...);

/** What is chosen, with all that follows from it. False if nothing is. */
bool aw__app_subject(struct aw__app *app, struct aw__subject *ret_subject);
/** The text that is shown; NULL: rows are. */
struct aw__scroll *aw__app_text(struct aw__app *app);

/** Do what a key means (act.c). */
void aw__act(struct aw__app *app, enum aw__action action);

#endif
