/* SPDX-License-Identifier: MIT */
/* Views: rows in columns (lists and trees), or a text. Each view has a file with its struct aw__view. */
#ifndef AW__TUI_VIEW_H
#define AW__TUI_VIEW_H

#include "base/map.h"
#include "viewer/tui/grid.h"
#include "viewer/tui/keys.h"
#include "viewer/tui/scroll.h"
#include "viewer/tui/subject.h"

struct aw__app;

/* One row. The first fields have the same meaning in all views; the meaning of the others depends on the view. */
struct aw__row {
	uint64_t key; /* identifies the row, together with its process */
	uint64_t id;  /* of its object: a task, an error, a finding group's index + 1, … */
	uint64_t sort, sort2;
	uint64_t merge_key; /* rows of equal merge_key can be merged */
	uint64_t count;	    /* number of merged rows; findings: number of occurrences */
	uint64_t lines;	    /* trees: bit d is set if a sibling follows the ancestor at depth d */
	uint16_t process;
	uint8_t depth;
	uint8_t kind;
	bool branch;	    /* trees: it has children */
	bool open;	    /* whether the branch is unfolded; the view sets the default */
	uint32_t part;	    /* the number of the note, for example */
	const void *source; /* the view's own object, only while the view is filled */

	uint64_t time_ns, changed_ns, wait_target;
	uint8_t state, outcome, wait_kind;
	bool known, live, vanished, cancel, finding;
};

struct aw__column {
	const char *title;
	int width;  /* 0: the rest of the line */
	int from;   /* the least width of a screen that shows it */
	bool tree;  /* has the branches of the tree */
	int grows;  /* columns that it gains for each 100 columns of the screen beyond 80 */
	bool right; /* numbers and durations: aligned to the right */
};

struct aw__view {
	const char *name;
	const char *brief;		  /* a shorter name, for narrow screens */
	const char *nothing;		  /* the text if there are no rows */
	const struct aw__column *columns; /* ends with a NULL title; NULL: the view is a text */
	int first_sort;			  /* the initial sort column */

	bool of_all; /* rows belong to no process: fill() is called once */

	/* Append all rows (in a tree: the roots) of the entered process, unsorted. */
	void (*fill)(struct aw__app *app, struct aw__buffer *rows);
	/* Append the children of a row, in order. NULL: the view is not a tree. */
	void (*children)(struct aw__app *app, const struct aw__row *row, struct aw__buffer *rows);
	/* After the rows were filled: free the data for filling them. May be NULL. */
	void (*forget)(struct aw__app *app);
	/* Set `sort` and `sort2`. If NULL, or if it returns false, rows are sorted by the cell's text. */
	bool (*order)(struct aw__app *app, struct aw__row *row, int column);
	/* Append a row's cell, escaped. Returns its ink. */
	uint8_t (*cell)(const struct aw__app *app, const struct aw__row *row, int column,
			struct aw__buffer *out);
	/* Set the subject of a row. */
	void (*subject)(const struct aw__app *app, const struct aw__row *row,
			struct aw__subject *ret_subject);
	/* The page that Enter opens. NULL: none. */
	const struct aw__page *page;

	/* For a view that is a text: append it, in the form of a page. */
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

/* The rows or text of a view, and the position in them. */
struct aw__list {
	const struct aw__view *view;
	struct aw__buffer rows;	 /* of struct aw__row */
	struct aw__buffer spare; /* memory for the next rows */
	size_t top, chosen;
	int sort; /* the sort column */
	bool backwards;
	struct aw__map folded; /* rows that the user folded or unfolded */
	struct aw__map seen;   /* trees: for the view, while it is filled */
	struct aw__scroll text;
};

void aw__list_finish(struct aw__list *list);
struct aw__row *aw__list_rows(const struct aw__list *list, size_t *ret_count);
/** The chosen row; NULL if there is none. Enters its process. */
const struct aw__row *aw__list_chosen(struct aw__app *app, const struct aw__list *list);
/** Refill the rows, and keep the chosen one. */
void aw__list_refresh(struct aw__app *app, struct aw__list *list);
void aw__list_move(struct aw__list *list, enum aw__action action, int height);
void aw__list_draw(struct aw__app *app, struct aw__list *list, struct aw__grid *grid, int from_y,
		   int to_y);
/** Append the text of a row's columns. */
void aw__list_print(struct aw__app *app, const struct aw__list *list, size_t index,
		    struct aw__buffer *out);
/** Sort by a column; if it is the sort column already, reverse the order. */
void aw__list_sort(struct aw__app *app, struct aw__list *list, int column);
/** The column at screen column `x`; -1: none. */
int aw__list_column_at(const struct aw__app *app, const struct aw__list *list, int x);

/**
 * Merge rows without children that have the same merge_key (not 0): the first one stays, with the sum of their counts.
 *
 * @param from  index of the first row to merge
 */
void aw__merged_tasks_merge(struct aw__buffer *rows, size_t from);

/** Insert the children of unfolded rows. */
void aw__branches_grow(struct aw__app *app, struct aw__list *list);
/** Fold or unfold the chosen row. To fold a row without an open branch chooses its parent. */
void aw__branches_fold(struct aw__app *app, struct aw__list *list, bool open);
/** Fold every root, or unfold them if all are folded. */
void aw__branches_fold_all(struct aw__app *app, struct aw__list *list);
/** Append the branches of the tree that lead to a row. */
void aw__branches_draw(const struct aw__app *app, const struct aw__row *row,
		       struct aw__buffer *out);

#endif
