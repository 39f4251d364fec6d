/* SPDX-License-Identifier: MIT */
/*
 * The viewer without its terminal: keys go in, a grid comes out.
 *
 * A list (findings, tasks) keeps rows: what is needed to sort and to draw them, copied from the
 * model by aw__app_refresh(). Without that call nothing on the screen changes but durations: that
 * is what "pause" is. The row that is chosen stays chosen, by its key, when others come and go.
 */
#ifndef AW__TUI_APP_H
#define AW__TUI_APP_H

#include "viewer/tui/grid.h"
#include "viewer/tui/keys.h"
#include "viewer/tui/styled.h"
#include "viewer/tui/tui.h"

#define AW__APP_MIN_WIDTH  40
#define AW__APP_MIN_HEIGHT 10

struct aw__row {
	uint64_t key; /* a task's id; a finding group's index + 1 */
	uint64_t sort, sort2;
	uint64_t count, time_ns;	  /* findings: how many, when the last */
	uint64_t changed_ns, wait_target; /* tasks, and so on */
	uint8_t state, outcome, wait_kind;
	bool known, live, vanished, cancel, error, finding;
};

struct aw__app;

struct aw__column {
	const char *title;
	int width; /* 0: the rest */
	int from;  /* shown on screens that are as wide as this */
};

/** One list. */
struct aw__view {
	const char *name;
	const char *nothing;		  /* shown instead of rows */
	const struct aw__column *columns; /* ends with a NULL title */
	const char *const *sorts;	  /* the names of the orders; ends with NULL */
	/* Append every row, unsorted. */
	void (*fill)(struct aw__app *app, struct aw__buffer *rows);
	/* Append column `column` of a row, escaped. Returns its look. */
	uint8_t (*cell)(const struct aw__app *app, const struct aw__row *row, int column,
			struct aw__buffer *out);
	/* Append everything about it, with SGR sequences. */
	void (*describe)(const struct aw__app *app, uint64_t key, struct aw__buffer *out);
};

enum { AW__VIEW_FINDINGS, AW__VIEW_TASKS, AW__VIEWS };

extern const struct aw__view aw__view_findings;
extern const struct aw__view aw__view_tasks;

struct aw__list {
	const struct aw__view *view;
	struct aw__buffer rows; /* of struct aw__row */
	size_t top, chosen;
	unsigned sort;
};

/* A text above the list: about a row, or the help. */
struct aw__sheet {
	bool open;
	const struct aw__view *view; /* NULL: the help */
	uint64_t key;
	struct aw__styled text;
	size_t top, left;
	size_t match; /* the line that was found last */
};

struct aw__app {
	const struct aw__tui_source *source;
	bool ascii;
	int width, height;
	struct aw__list lists[AW__VIEWS];
	unsigned current;
	struct aw__sheet sheet;
	bool show_finished, paused, ended, quit;
	bool stale;	 /* rows are to be made anew even while it pauses */
	uint64_t now_ns; /* what durations refer to */
	struct aw__model_counts counts;
	struct aw__buffer pattern; /* what is searched for */
	bool typing;		   /* the pattern is being typed */
	size_t search_from;	   /* where that began */
	char message[256];
};

void aw__app_init(struct aw__app *app, const struct aw__tui_source *source, bool ascii);
void aw__app_finish(struct aw__app *app);
/** The model changed: take from it what is shown. */
void aw__app_refresh(struct aw__app *app, uint64_t now_ns);
/** A key was pressed. Returns whether anything may look different now. */
bool aw__app_key(struct aw__app *app, uint32_t key);
/** Draw it, in the size that the grid is to have. */
void aw__app_draw(struct aw__app *app, struct aw__grid *grid, int width, int height);
/** Nothing more comes; `message` (which may be NULL) says why. */
void aw__app_end(struct aw__app *app, const char *message);

/* ---- what the files of the viewer share ---- */

struct aw__row *aw__list_rows(const struct aw__list *list, size_t *ret_count);
/** Take the rows anew, keep what is chosen. */
void aw__list_refresh(struct aw__app *app, struct aw__list *list);
void aw__list_move(struct aw__list *list, enum aw__action action, int height);
void aw__list_draw(struct aw__app *app, struct aw__list *list, struct aw__grid *grid, int from_y,
		   int to_y);
/** Whether row `index` holds the pattern. */
bool aw__list_matches(const struct aw__app *app, const struct aw__list *list, size_t index);

void aw__sheet_open(struct aw__app *app, const struct aw__view *view, uint64_t key);
void aw__sheet_refresh(struct aw__app *app);
void aw__sheet_move(struct aw__sheet *sheet, enum aw__action action, int height);
void aw__sheet_draw(struct aw__app *app, struct aw__grid *grid, int from_y, int to_y);

/** The row or line from which a search goes on. */
size_t aw__search_start(const struct aw__app *app);
/** Go to the next match after `from` (or, with `stay`, at it), up or down by `step`. */
void aw__search_move(struct aw__app *app, size_t from, int step, bool stay);
/** Where the pattern is in a text; NULL if nowhere, or if there is no pattern. */
const char *aw__search_find(const struct aw__app *app, const char *text);
/** A key, while the pattern is being typed. */
void aw__search_type(struct aw__app *app, uint32_t key);

/** Append recorded text, escaped. Takes NULL. */
void aw__app_foreign(const struct aw__app *app, struct aw__buffer *out, const char *text);
/** Append the name of a task. */
void aw__app_task(const struct aw__app *app, struct aw__buffer *out, uint64_t id);
/** Append "bug at demo.c:3". */
void aw__app_frame(const struct aw__app *app, struct aw__buffer *out,
		   const struct aw__frame *frame);

/** The same, without the folder of the file. */
void aw__app_short_frame(const struct aw__app *app, struct aw__buffer *out,
			 const struct aw__frame *frame);

#endif
