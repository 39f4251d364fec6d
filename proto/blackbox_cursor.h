/* SPDX-License-Identifier: MIT */
/* Private declarations of the files that read a box as a sequence of items: blackbox_cursor.c, _ring.c, _rows.c. */
#ifndef AW__BLACKBOX_CURSOR_H
#define AW__BLACKBOX_CURSOR_H

#include "base/map.h"
#include "proto/blackbox.h"
#include "proto/blackbox_read.h"

#define AW__BOX_LOAD(field)	    atomic_load_explicit(&(field), memory_order_relaxed)
#define AW__BOX_LOAD_ACQUIRE(field) atomic_load_explicit(&(field), memory_order_acquire)

struct aw__ring_cursor {
	const _Atomic uint64_t *units;
	uint64_t capacity;
	uint64_t most;	  /* the largest capacity to which the ring may grow */
	uint64_t at;	  /* the next unit to read */
	uint64_t mark;	  /* the unit before which to stop for now */
	uint64_t lost;	  /* lost units that were not reported yet */
	uint64_t history; /* likewise, those overwritten before this cursor began */
	bool overtaken;	  /* by the writer, since the last mark */
	bool peeked;	  /* `event` is the record at `at`, of `size` units */
	uint64_t size;
	struct aw__event event;
	uint64_t list[AW__RECORD_LIST_WORDS];
	char text[AW__RECORD_TEXT_BYTES];
};

_Static_assert(AW__BOX_DEFINITION_WORDS == AW__ENTRY_NUMBERS + AW__ENTRY_TEXT_BYTES / 8,
	       "every definition has room");

enum aw__snapshot_phase {
	AW__ROWS_NONE,
	AW__ROWS_BEGIN,
	AW__ROWS_RINGS,
	AW__ROWS_LOOPS,
	AW__ROWS_LAGS,
	AW__ROWS_HOLDS,
	AW__ROWS_TASKS
};

/* How many iterations of which loop were sent. */
struct aw__sent_lags {
	uint64_t loop, count;
};

struct aw__box_cursor {
	const struct aw__box *box;
	uint64_t arena_at; /* bytes */
	uint64_t arena_mark;
	uint64_t lost;
	uint64_t told[AW__LOST_KINDS]; /* what was reported of the header's counters */
	bool begun;		       /* there was a first mark */
	bool important_only;
	bool unwritten_only;
	bool snapshot_wanted;
	enum aw__snapshot_phase phase;
	uint64_t row;
	bool held; /* `item` waits for its definitions */
	struct aw__item item;
	uint64_t row_list[AW__LAG_LIST_WORDS];
	char row_text[AW__LOOP_LABEL_WORDS * 8];
	uint64_t definition[AW__BOX_DEFINITION_WORDS]; /* numbers and text of the last one given */
	uint64_t lags_ns; /* the time of the lags to report after the events; 0: none */
	uint64_t lags_row;
	struct aw__sent_lags *sent_lags; /* loop_capacity of them */
	uint64_t held_row;   /* the next task to check for a held error; 0: do not report them */
	unsigned held_part;  /* the next part of that task's report */
	uint64_t held_count; /* held-error findings made here */
	struct aw__map held_told; /* errors that a finding in the rings reported */
	struct aw__map awaited;	  /* tasks that other tasks await */
	uint32_t ring_count;
	struct aw__ring_cursor *rings[]; /* ring_capacity of them, made when first seen */
};

/* ---- blackbox_ring.c: one ring ---- */

/** Move the ring's mark to its current head; count the units that were overwritten meanwhile. */
void aw__ring_cursor_mark(struct aw__box_cursor *cursor, uint32_t index);
/** Set the ring's `event` to the next record below the mark. False if there is none. */
bool aw__ring_cursor_peek(const struct aw__box *box, struct aw__ring_cursor *ring, uint32_t index);

/* ---- blackbox_rows.c: the current state ---- */

/** Set `item` to the next row of the snapshot. False if there are no more. */
bool aw__rows_next(struct aw__box_cursor *cursor);
/** Set `item` to the durations of a loop's iterations. False if there are none, or they were reported already. */
bool aw__rows_lags(struct aw__box_cursor *cursor, uint64_t row);

/**
 * Set `item` to the next part of a held-error finding, made after the owner has ended: the row of the task's creator, the task's row,
 * then the finding. False if there are no more.
 */
bool aw__rows_held(struct aw__box_cursor *cursor);

#endif
