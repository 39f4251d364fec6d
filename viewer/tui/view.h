/* SPDX-License-Identifier: MIT */
/* Views: rows in columns, trees among them, or a text. One file a view, one struct aw__view each. */
#ifndef AW__TUI_VIEW_H
#define AW__TUI_VIEW_H

#include "base/map.h"
#include "viewer/tui/grid.h"
#include "viewer/tui/keys.h"
#include "viewer/tui/scroll.h"
#include "viewer/tui/subject.h"

struct aw__app;

/* One row. The fields of the first part mean the same in all views; the others depend on the view. */
struct aw__row {
	uint64_t key; /* identifies the row, together with its process */
	uint64_t id;  /* what it shows: a task, an error, a finding group's index + 1, … */
	uint64_t sort, sort2;
	uint64_t merge_key; /* rows of equal merge_key can be merged */
	uint64_t count;	    /* number of merged rows; findings: number of occurrences */
	uint64_t lines;	    /* a tree: bit d is set if a sibling follows its ancestor at depth d */
	uint16_t process;
	uint8_t depth;
	uint8_t kind;
	bool branch;	    /* a tree: something is below it */
	bool open;	    /* whether the branch is unfolded; the view sets the default */
	uint32_t part;	    /* which note, and so on */
	const void *source; /* the view's own object, only while the view is filled */

	uint64_t time_ns, changed_ns, wait_target;
	uint8_t state, outcome, wait_kind;
	bool known, live, vanished, cancel, finding;
};

struct aw__column {
	const char *title;
	int width; /* 0: the rest */
	int from;  /* shown on screens that are as wide as this */
	bool tree; /* the branches are drawn here */
	int grows; /* grows by this with each 100 columns of the screen beyond 80 */
};

struct aw__view {
	const char *name;
	const char *brief;		  /* its name where there is little room */
	const char *nothing;		  /* shown instead of rows */
	const struct aw__column *columns; /* ends with a NULL title; NULL: it is a text */
	int first_sort;			  /* the column by which it is sorted at first */

	bool of_all; /* the rows are of no process: fill() is called once */

	/* Append every row (of a tree: the roots) of the process that was entered, unsorted. */
	void (*fill)(struct aw__app *app, struct aw__buffer *rows);
	/* Append the rows below one, in order. NULL: it is no tree. */
	void (*children)(struct aw__app *app, const struct aw__row *row, struct aw__buffer *rows);
	/* All rows were made: free what was kept for them. May be NULL. */
	void (*forget)(struct aw__app *app);
	/* Set `sort` and `sort2`. NULL, or returns false: by the text of the cell. */
	bool (*order)(struct aw__app *app, struct aw__row *row, int column);
	/* Append column `column` of a row, escaped. Returns its look. */
	uint8_t (*cell)(const struct aw__app *app, const struct aw__row *row, int column,
			struct aw__buffer *out);
	/* Fill in the subject of a row. */
	void (*subject)(const struct aw__app *app, const struct aw__row *row,
			struct aw__subject *ret_subject);
	/* The page that Enter opens. NULL: none. */
	const struct aw__page *page;

	/* A text: append it, as a page's. */
	void (*text)(struct aw__app *app, struct aw__buffer *out);

	/* For a view without rows or text: draw it, and handle a key (returns whether it was used). */
	void (*draw)(struct aw__app *app, struct aw__grid *grid, int from_y, int to_y);
	bool (*act)(struct aw__app *app, enum aw__action action);
};

enum aw__views {
	AW__VIEW_FINDINGS,
	AW__VIEW_TASKS,
	AW__VIEW_TREE,
	AW__VIEW_WAITS,
	AW__VIEW_ERRORS,
	AW__VIEW_LOOPS,
	AW__VIEW_TIME,
	AW__VIEW_RESOURCES,
	AW__VIEW_STATS,
	AW__VIEW_PROCESSES, /* only if the host lists them */
	AW__VIEWS
};

extern const struct aw__view aw__view_findings;
extern const struct aw__view aw__view_tasks;
extern const struct aw__view aw__view_tree;
extern const struct aw__view aw__view_waits;
extern const struct aw__view aw__view_errors;
extern const struct aw__view aw__view_loops;
extern const struct aw__view aw__view_time;
extern const struct aw__view aw__view_resources;
extern const struct aw__view aw__view_stats;
extern const struct aw__view aw__view_processes;
extern const struct aw__view *const aw__views[AW__VIEWS];

/* A view that is shown: its rows or text, and the position in it. */
struct aw__list {
	const struct aw__view *view;
	struct aw__buffer rows;	 /* of struct aw__row */
	struct aw__buffer spare; /* memory for the next ones */
	size_t top, chosen;
	int sort; /* a column */
	bool backwards;
	struct aw__map folded; /* rows that the user folded or unfolded */
	struct aw__map seen;   /* of a tree: the view's, while it is filled */
	struct aw__scroll text;
};

void aw__list_finish(struct aw__list *list);
struct aw__row *aw__list_rows(const struct aw__list *list, size_t *ret_count);
/** The row that is chosen; NULL if there is none. Its process is entered. */
const struct aw__row *aw__list_chosen(struct aw__app *app, const struct aw__list *list);
/** Refill the rows, and keep the chosen one. */
void aw__list_refresh(struct aw__app *app, struct aw__list *list);
void aw__list_move(struct aw__list *list, enum aw__action action, int height);
void aw__list_draw(struct aw__app *app, struct aw__list *list, struct aw__grid *grid, int from_y,
		   int to_y);
/** Append what the columns of a row say. */
void aw__list_print(struct aw__app *app, const struct aw__list *list, size_t index,
		    struct aw__buffer *out);
/** Sort by a column; by the same one again: the other way round. */
void aw__list_sort(struct aw__app *app, struct aw__list *list, int column);
/** The column of the list that is drawn at `x`; -1: none. */
int aw__list_column_at(const struct aw__app *app, const struct aw__list *list, int x);

/**
 * Leave of rows of the same merge_key (which is not 0) that have nothing below them only the first, and
 * count them in it.
 *
 * @param from  index of the first that is looked at
 */
void aw__merged_tasks_merge(struct aw__buffer *rows, size_t from);

/** Insert the unfolded rows below each root. */
void aw__branches_grow(struct aw__app *app, struct aw__list *list);
/** Fold what is chosen, or unfold it; what cannot be folded chooses its parent. */
void aw__branches_fold(struct aw__app *app, struct aw__list *list, bool open);
/** Fold every root, or unfold all if they are. */
void aw__branches_fold_all(struct aw__app *app, struct aw__list *list);
/** Append the lines that lead to a row. */
void aw__branches_draw(const struct aw__app *app, const struct aw__row *row,
		       struct aw__buffer *out);

#endif
