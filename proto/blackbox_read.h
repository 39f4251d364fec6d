/* SPDX-License-Identifier: MIT */
/*
 * A black box -> items. For the owner's stream thread, and for any other process, whether the owner
 * lives, is blocked, is stopped, or is dead. Everything in the box is hostile until checked.
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

/** A box that was checked: where its parts are, copied from a header that its owner may scribble on. */
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

/** Map a box file for reading: a regular file, not a link, this user's own (or anybody's, for root). */
bool aw__box_open(struct aw__box *box, const char *path, struct aw__problem *problem);
/** Look at a box that is in memory already. `name` is for `problem`. */
bool aw__box_view(struct aw__box *box, const void *base, size_t bytes, const char *name,
		  struct aw__problem *problem);
void aw__box_close(struct aw__box *box);
/** True if the file was cut short while it was read: what was gone was read as zeros. */
bool aw__box_was_cut(const struct aw__box *box);

void aw__box_hello(const struct aw__box *box, struct aw__hello *ret_hello);

/** True if the owner ended by saying so (otherwise it lives, or died at its work). */
bool aw__box_said_goodbye(const struct aw__box *box);

/**
 * Find one definition by its id, without a search. False if there is none, or none that can be. Its numbers and its text
 * stay in the box, where a hostile owner may change them at any time.
 */
bool aw__box_definition(const struct aw__box *box, uint64_t id, struct aw__definition *ret);
/** Copy a definition's numbers and text out of the box, each of them read once: from here on they are what they are. */
#define AW__BOX_DEFINITION_WORDS 768u
void aw__box_definition_copy(struct aw__definition *definition,
			     uint64_t words[AW__BOX_DEFINITION_WORDS]);

/**
 * Walk a box from its oldest surviving record to its newest.
 *
 *	cursor = aw__box_cursor_create(&box);
 *	do {
 *		aw__box_cursor_mark(cursor);                    // how far the owner is, now
 *		while (aw__box_cursor_next(cursor, &item))      // definitions, then events, up to the mark
 *			…
 *	} while (live);
 *
 * Records that were overwritten before they were read come as one EVENTS_LOST each time, counted. The
 * cursor gives no HELLO and no GOODBYE: those are the affair of whoever knows where the items go.
 */
struct aw__box_cursor;

/** NULL if there is no memory. `box` is borrowed. */
struct aw__box_cursor *aw__box_cursor_create(const struct aw__box *box);
void aw__box_cursor_destroy(struct aw__box_cursor *cursor);

/** Read nothing but definitions, and the rings of findings. */
void aw__box_cursor_important_only(struct aw__box_cursor *cursor);
/** At the next mark, put threads, loops and live tasks (SNAPSHOT_BEGIN … SNAPSHOT_END) before the events. */
void aw__box_cursor_snapshot(struct aw__box_cursor *cursor);

/** After the events up to the mark, tell the lags of each loop that changed since this cursor told them last. */
void aw__box_cursor_lags(struct aw__box_cursor *cursor, uint64_t now_ns);

/**
 * The owner is gone: after everything else, tell each error that nobody had retrieved (held-error), but for those of which a finding
 * came by. One that came after the last look at the tasks is none: somebody may have been about to retrieve it.
 */
void aw__box_cursor_held(struct aw__box_cursor *cursor);

void aw__box_cursor_mark(struct aw__box_cursor *cursor);
bool aw__box_cursor_next(struct aw__box_cursor *cursor, struct aw__item *ret_item);

/** Events lost to this cursor so far. */
uint64_t aw__box_cursor_lost(const struct aw__box_cursor *cursor);
/** How many rings there were at the last mark. */
uint32_t aw__box_cursor_rings(const struct aw__box_cursor *cursor);
/** Where it is in a ring, in units: the recorder may overwrite what lies before. */
uint64_t aw__box_cursor_position(const struct aw__box_cursor *cursor, uint32_t ring);

#endif
