/* SPDX-License-Identifier: MIT */
/*
 * Reads a black box as a sequence of items, while its process writes to it. For the agent's stream thread (one
 * cursor for each viewer and for the trace) and for viewers that map the file.
 *
 * A mark loads the rings' heads first and the arena's end second: definitions that a record below the heads refers to
 * were interned before the record was published, so they lie below that end. Between two marks come the new
 * definitions, then (if requested) the snapshot, then the records of all rings, merged by time.
 *
 * A snapshot's rows are read later than the mark, and may refer to newer definitions. So each row is held back until
 * the definitions up to the arena's end, loaded after the row was read, were given.
 */
#include "proto/blackbox_cursor.h"

#include <string.h>

#include "base/alloc.h"
#include "proto/finding.h"

struct aw__box_cursor *aw__box_cursor_create(const struct aw__box *box)
{
	struct aw__box_cursor *cursor = aw__alloc_zeroed(
		1, sizeof(*cursor) + box->ring_capacity * sizeof(cursor->rings[0]));

	if (cursor == NULL)
		return NULL;
	cursor->sent_lags = aw__alloc_zeroed(box->loop_capacity + 1, sizeof(*cursor->sent_lags));
	if (cursor->sent_lags == NULL) {
		aw__alloc_free(cursor);
		return NULL;
	}
	cursor->box = box;
	cursor->arena_at = 8;
	return cursor;
}

void aw__box_cursor_destroy(struct aw__box_cursor *cursor)
{
	if (cursor == NULL)
		return;
	for (uint32_t i = 0; i < cursor->box->ring_capacity; i++)
		aw__alloc_free(cursor->rings[i]);
	aw__alloc_free(cursor->sent_lags);
	aw__map_finish(&cursor->held_told);
	aw__map_finish(&cursor->awaited);
	aw__alloc_free(cursor);
}

void aw__box_cursor_held(struct aw__box_cursor *cursor)
{
	cursor->held_row = 1; /* slot 0 is never used, and not backed */
}

void aw__box_cursor_unwritten(struct aw__box_cursor *cursor)
{
	cursor->unwritten_only = true;
}

void aw__box_cursor_important_only(struct aw__box_cursor *cursor)
{
	cursor->important_only = true;
}

void aw__box_cursor_snapshot(struct aw__box_cursor *cursor)
{
	cursor->snapshot_wanted = true;
}

void aw__box_cursor_lags(struct aw__box_cursor *cursor, uint64_t now_ns)
{
	cursor->lags_ns = now_ns;
	cursor->lags_row = 0;
}

uint64_t aw__box_cursor_lost(const struct aw__box_cursor *cursor)
{
	return cursor->lost;
}

uint32_t aw__box_cursor_rings(const struct aw__box_cursor *cursor)
{
	return cursor->ring_count;
}

uint64_t aw__box_cursor_position(const struct aw__box_cursor *cursor, uint32_t ring)
{
	return ring < cursor->ring_count && cursor->rings[ring] != NULL ? cursor->rings[ring]->at
									: 0;
}

void aw__box_cursor_mark(struct aw__box_cursor *cursor)
{
	const struct aw__box_header *header = cursor->box->header;
	uint64_t used = AW__BOX_LOAD_ACQUIRE(header->ring_used);

	if (used > cursor->box->ring_capacity)
		used = cursor->box->ring_capacity;
	cursor->ring_count = (uint32_t)used;
	for (uint32_t i = 0; i < cursor->ring_count; i++)
		aw__ring_cursor_mark(cursor, i);
	cursor->begun = true;
	cursor->arena_mark = AW__BOX_LOAD_ACQUIRE(header->arena_end);
	if (cursor->snapshot_wanted && cursor->phase == AW__ROWS_NONE) {
		cursor->snapshot_wanted = false;
		cursor->phase = AW__ROWS_BEGIN;
		cursor->row = 0;
	}
}

/* ---- definitions ---- */

static bool next_definition(struct aw__box_cursor *cursor, struct aw__definition *ret)
{
	while (cursor->arena_at + sizeof(struct aw__box_entry) <= cursor->arena_mark) {
		uint64_t bytes;

		if (!aw__box_definition(cursor->box, cursor->arena_at / 8, ret)) {
			/* Entries behind a corrupt one cannot be found. */
			cursor->arena_at = UINT64_MAX - sizeof(struct aw__box_entry);
			return false;
		}
		bytes = sizeof(struct aw__box_entry) + (uint64_t)ret->number_count * 8 +
			ret->text_length;
		cursor->arena_at += (bytes + 7) & ~UINT64_C(7);
		aw__box_definition_copy(ret, cursor->definition);
		return true;
	}
	return false;
}

/* ---- the whole ---- */

static bool give_lost(struct aw__box_cursor *cursor, uint32_t thread, enum aw__lost what,
		      uint64_t count, struct aw__item *ret_item)
{
	struct aw__event *event = &ret_item->event;

	memset(ret_item, 0, sizeof(*ret_item));
	ret_item->kind = AW__ITEM_EVENT;
	event->kind = AW__EVENTS_LOST;
	event->thread = thread;
	event->subject = thread;
	event->lost.count = count;
	event->lost.what = what;
	if (what != AW__LOST_HISTORY)
		cursor->lost += count;
	return true;
}

/* The ring with the oldest next record, or one with losses, which are reported first. */
static struct aw__ring_cursor *oldest_ring(struct aw__box_cursor *cursor, uint32_t *ret_index)
{
	struct aw__ring_cursor *best = NULL;

	for (uint32_t i = 0; i < cursor->ring_count; i++) {
		struct aw__ring_cursor *ring = cursor->rings[i];
		bool peeked;

		if (ring == NULL)
			continue;
		peeked = ring->peeked || aw__ring_cursor_peek(cursor->box, ring, i);
		if (ring->lost + ring->history == 0 &&
		    (!peeked || (best != NULL && best->event.time_ns <= ring->event.time_ns)))
			continue;
		best = ring;
		*ret_index = i;
		if (ring->lost + ring->history > 0)
			break;
	}
	return best;
}

static bool take(uint64_t *count, uint64_t *ret)
{
	*ret = *count;
	*count = 0;
	return *ret > 0;
}

static bool next_record(struct aw__box_cursor *cursor, struct aw__item *ret_item)
{
	uint32_t index = 0;
	struct aw__ring_cursor *ring = oldest_ring(cursor, &index);
	const enum aw__lost what = index % 2 != 0 ? AW__LOST_FINDINGS : AW__LOST_RECORDS;
	uint64_t count;

	if (ring == NULL)
		return false;
	if (take(&ring->history, &count))
		return give_lost(cursor, index / 2, AW__LOST_HISTORY, count, ret_item);
	if (take(&ring->lost, &count))
		return give_lost(cursor, index / 2, what, count, ret_item);
	ret_item->kind = AW__ITEM_EVENT;
	ret_item->event = ring->event;
	ring->peeked = false;
	ring->at += ring->size;
	if (cursor->held_row != 0 && ret_item->event.kind == AW__FINDING &&
	    ret_item->event.finding.kind == AW__HELD_ERROR)
		aw__map_put(&cursor->held_told, ret_item->event.finding.error, cursor);
	return true;
}

/* Reports what the recorder itself could not record, and counted. */
static bool next_refusal(struct aw__box_cursor *cursor, struct aw__item *ret_item)
{
	const struct aw__box_header *header = cursor->box->header;
	const uint64_t now[AW__LOST_KINDS] = {
		[AW__LOST_DEFINITIONS] = AW__BOX_LOAD(header->arena_refused),
		[AW__LOST_THREADS] = AW__BOX_LOAD(header->ring_refused),
	};

	for (unsigned what = 0; what < AW__LOST_KINDS; what++) {
		const uint64_t count = now[what] - cursor->told[what];

		if (now[what] <= cursor->told[what])
			continue;
		cursor->told[what] = now[what];
		return give_lost(cursor, 0, what, count, ret_item);
	}
	return false;
}

/* Lags refer to no definitions, so they need not be held back. */
static bool next_lags(struct aw__box_cursor *cursor, struct aw__item *ret_item)
{
	while (cursor->lags_ns != 0 && cursor->lags_row < cursor->box->loop_capacity) {
		if (!aw__rows_lags(cursor, cursor->lags_row++))
			continue;
		*ret_item = cursor->item;
		ret_item->event.time_ns = cursor->lags_ns;
		return true;
	}
	cursor->lags_ns = 0;
	return false;
}

static bool next_held(struct aw__box_cursor *cursor, struct aw__item *ret_item)
{
	if (cursor->held_row == 0 || !aw__rows_held(cursor))
		return false;
	*ret_item = cursor->item;
	return true;
}

bool aw__box_cursor_next(struct aw__box_cursor *cursor, struct aw__item *ret_item)
{
	if (next_definition(cursor, &ret_item->definition)) {
		ret_item->kind = AW__ITEM_DEFINITION;
		return true;
	}
	if (!cursor->held && cursor->phase != AW__ROWS_NONE && aw__rows_next(cursor)) {
		cursor->held = true;
		cursor->arena_mark = AW__BOX_LOAD_ACQUIRE(cursor->box->header->arena_end);
		return aw__box_cursor_next(cursor, ret_item);
	}
	if (cursor->held) {
		cursor->held = false;
		*ret_item = cursor->item;
		return true;
	}
	return next_record(cursor, ret_item) || next_refusal(cursor, ret_item) ||
	       next_lags(cursor, ret_item) || next_held(cursor, ret_item);
}
