/* SPDX-License-Identifier: MIT */
/*
 * Reads a black box as items: for the owner's stream thread, and for any other process, whether the owner
 * runs, is blocked, is stopped or has ended. All data in the box is untrusted until it is checked.
 */
#ifndef AW__BLACKBOX_READ_H
#define AW__BLACKBOX_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/problem.h"
#include "proto/item.h"

struct aw__box_header;
struct aw__box_ring;

/** A box whose header was checked: the offsets are copies, since the owner may change the header at any time. */
struct aw__box {
	const unsigned char *base;
	size_t bytes;
	const struct aw__box_header *header;
	const struct aw__box_ring *rings;
	uint32_t ring_capacity;
	uint32_t loop_capacity;
	uint64_t loops_offset;
	uint64_t holds_offset;
	uint64_t hold_capacity;
	uint64_t arena_offset;
	uint64_t arena_capacity;
	uint64_t tasks_offset;
	uint64_t task_capacity;
	bool mapped; /* aw__box_close() unmaps it */
};

/** Map a box file for reading: a regular file, not a link, owned by this user (or by any user, for root). */
bool aw__box_open(struct aw__box *box, const char *path, struct aw__problem *problem);
/** Use a box that is in memory already. `name` is its name in `problem`. */
bool aw__box_view(struct aw__box *box, const void *base, size_t bytes, const char *name,
		  struct aw__problem *problem);
void aw__box_close(struct aw__box *box);
/** True if the file was truncated while it was read: missing parts were read as zeros. */
bool aw__box_was_cut(const struct aw__box *box);

void aw__box_hello(const struct aw__box *box, struct aw__hello *ret_hello);

/** True if the owner has closed the box. False: it still records, or it ended without closing (crash, kill, exec). */
bool aw__box_said_goodbye(const struct aw__box *box);

/**
 * Find a definition by its id, without a search. False if there is none, or it is invalid. Its numbers and text stay in the
 * box, where the untrusted owner may change them at any time.
 */
bool aw__box_definition(const struct aw__box *box, uint64_t id, struct aw__definition *ret);
/** Copy a definition's numbers and text out of the box, reading each word once: the copy no longer changes. */
#define AW__BOX_DEFINITION_WORDS 768u
void aw__box_definition_copy(struct aw__definition *definition,
			     uint64_t words[AW__BOX_DEFINITION_WORDS]);

/**
 * Reads a box from its oldest remaining record to its newest.
 *
 *	cursor = aw__box_cursor_create(&box);
 *	do {
 *		aw__box_cursor_mark(cursor);                    // how far the owner has written
 *		while (aw__box_cursor_next(cursor, &item))      // definitions, then events, up to the mark
 *			…
 *	} while (live);
 *
 * Records that were overwritten before they were read are counted, and reported as one EVENTS_LOST each time. The
 * cursor gives no HELLO and no GOODBYE: the caller adds them.
 */
struct aw__box_cursor;

/** NULL if there is no memory. `box` is borrowed. */
struct aw__box_cursor *aw__box_cursor_create(const struct aw__box *box);
void aw__box_cursor_destroy(struct aw__box_cursor *cursor);

/**
 * Read only the records that the process had not written to its trace file (AWRY_TRACE). Call it before the first mark. Without such
 * a file they are all records; after the file could not be written any more, those since then.
 */
void aw__box_cursor_unwritten(struct aw__box_cursor *cursor);
/** Read nothing but definitions, and the rings of findings. */
void aw__box_cursor_important_only(struct aw__box_cursor *cursor);
/** After the next mark, give threads, loops and live tasks (SNAPSHOT_BEGIN … SNAPSHOT_END) before the events. */
void aw__box_cursor_snapshot(struct aw__box_cursor *cursor);

/** After the events up to the mark, give the lags of each loop that changed since this cursor last gave them. */
void aw__box_cursor_lags(struct aw__box_cursor *cursor, uint64_t now_ns);

/**
 * For an owner that has ended: after everything else, give a finding held-error for each error that was not retrieved, unless the
 * rings have one. Errors newer than the agent's last look at the tasks are left out: a task may have been about to retrieve them.
 */
void aw__box_cursor_held(struct aw__box_cursor *cursor);

void aw__box_cursor_mark(struct aw__box_cursor *cursor);
bool aw__box_cursor_next(struct aw__box_cursor *cursor, struct aw__item *ret_item);

/** Events lost to this cursor so far. */
uint64_t aw__box_cursor_lost(const struct aw__box_cursor *cursor);
/** Number of rings at the last mark. */
uint32_t aw__box_cursor_rings(const struct aw__box_cursor *cursor);
/** Position in a ring, in units: the recorder may overwrite the units before it. */
uint64_t aw__box_cursor_position(const struct aw__box_cursor *cursor, uint32_t ring);

#endif
