/* SPDX-License-Identifier: MIT */
/*
 * Reads the records of one ring of a black box while its thread writes to it: a record counts if it was not being
 * overwritten while it was copied.
 */
#include "proto/blackbox_cursor.h"

#include <string.h>

#include "base/alloc.h"

/* The ring may have grown. An impossible capacity is ignored. */
static void ring_load_capacity(const struct aw__box_ring *shared, struct aw__ring_cursor *ring)
{
	const uint64_t capacity = AW__BOX_LOAD(shared->capacity);

	if ((capacity & (capacity - 1)) == 0 && capacity > ring->capacity && capacity <= ring->most)
		ring->capacity = capacity;
}

static struct aw__ring_cursor *ring_open(const struct aw__box_cursor *cursor, uint32_t index)
{
	const struct aw__box *box = cursor->box;
	const struct aw__box_ring *shared = &box->rings[index];
	struct aw__ring_cursor *ring;
	uint64_t offset;

	if (AW__BOX_LOAD_ACQUIRE(shared->state) == AW__RING_FREE)
		return NULL;
	offset = *(const volatile uint64_t *)&shared->offset;
	if (offset % 64 != 0 || offset > box->bytes)
		return NULL;
	ring = aw__alloc_zeroed(1, sizeof(*ring));
	if (ring == NULL)
		return NULL;
	ring->units = (const _Atomic uint64_t *)(box->base + offset);
	ring->most = (box->bytes - offset) / AW__UNIT_BYTES;
	ring_load_capacity(shared, ring);
	if (ring->capacity == 0) {
		aw__alloc_free(ring);
		return NULL;
	}
	if (cursor->unwritten_only) {
		const uint64_t head = AW__BOX_LOAD_ACQUIRE(shared->head);

		ring->at = AW__BOX_LOAD(shared->consumed);
		if (ring->at > head)
			ring->at = head;
	}
	return ring;
}

/* Word `word` of unit `unit`. */
static uint64_t ring_word(const struct aw__ring_cursor *ring, uint64_t unit, unsigned word)
{
	return AW__BOX_LOAD(ring->units[(unit & (ring->capacity - 1)) * AW__UNIT_WORDS + word]);
}

/* The oldest unit that was not being overwritten when `reserved` was loaded. */
static uint64_t ring_oldest(const struct aw__box_ring *shared, struct aw__ring_cursor *ring)
{
	uint64_t reserved;

	atomic_thread_fence(memory_order_acquire);
	reserved = AW__BOX_LOAD_ACQUIRE(shared->reserved);
	ring_load_capacity(shared, ring);
	return reserved > ring->capacity ? reserved - ring->capacity : 0;
}

/* Copy the list and text of the record at `at`; `head` is its word 0. */
static void ring_copy_payload(struct aw__ring_cursor *ring, uint64_t head)
{
	const uint32_t list_length = (uint32_t)(head >> 32 & 0xffff);
	const uint32_t text_length = (uint32_t)(head >> 48);
	const uint64_t words = list_length + (text_length + 7) / 8;
	char *text = ring->text;

	for (uint64_t i = 0; i < words; i++) {
		const uint64_t word = ring_word(ring, ring->at + 1 + i / AW__UNIT_PAYLOAD_WORDS,
						1 + (unsigned)(i % AW__UNIT_PAYLOAD_WORDS));

		if (i < list_length) {
			ring->list[i] = word;
		} else {
			memcpy(text, &word, 8);
			text += 8;
		}
	}
	ring->event.list = ring->list;
	ring->event.list_length = list_length;
	ring->event.text = ring->text;
	ring->event.text_length = text_length;
}

/* Copy the record at `at`. False if no valid record begins here: the reader was overtaken, or the data is corrupt. */
static bool ring_copy(struct aw__ring_cursor *ring, uint32_t thread)
{
	const uint64_t head = ring_word(ring, ring->at, 0);
	const uint64_t kind = head & 0xff;
	const uint64_t list_length = head >> 32 & 0xffff;
	const uint64_t text_length = head >> 48;

	ring->size = 1 + (head >> 16 & 0xffff);
	if ((head >> 8 & 0xff) != AW__UNIT_FIRST || kind == 0 || kind >= AW__EVENT_KINDS ||
	    list_length > AW__RECORD_LIST_WORDS || text_length > AW__RECORD_TEXT_BYTES ||
	    list_length + (text_length + 7) / 8 > (ring->size - 1) * AW__UNIT_PAYLOAD_WORDS ||
	    ring->size > ring->mark - ring->at)
		return false;
	ring->event.kind = (enum aw__event_kind)kind;
	ring->event.thread = thread;
	ring->event.time_ns = ring_word(ring, ring->at, 1);
	ring->event.subject = ring_word(ring, ring->at, 2);
	for (unsigned i = 0; i < AW__EVENT_ARGS; i++)
		ring->event.args[i] = ring_word(ring, ring->at, 3 + i);
	ring_copy_payload(ring, head);
	return true;
}

/* Counts the overwritten units as lost: how many records they were is unknown. */
static void ring_skip_to(struct aw__ring_cursor *ring, uint64_t oldest)
{
	ring->lost += oldest - ring->at;
	ring->at = oldest;
	while (ring->at < ring->mark &&
	       (ring_word(ring, ring->at, 0) >> 8 & 0xff) != AW__UNIT_FIRST)
		ring->at++;
}

/*
 * A reader that was overtaken continues half a ring later, so that it is not overtaken again at once. Exception: the first
 * time it may have met the record that the writer was writing when it was killed, and all records behind it are intact.
 */
static void ring_overtaken(struct aw__ring_cursor *ring, uint64_t oldest)
{
	if (ring->overtaken || oldest - ring->at > AW__RECORD_MAX_UNITS)
		oldest += ring->capacity / 2;
	ring->overtaken = true;
	ring_skip_to(ring, oldest < ring->mark ? oldest : ring->mark);
}

bool aw__ring_cursor_peek(const struct aw__box *box, struct aw__ring_cursor *ring, uint32_t index)
{
	const struct aw__box_ring *shared = &box->rings[index];

	while (!ring->peeked && ring->at < ring->mark) {
		const bool whole = ring_copy(ring, index / 2);
		const uint64_t oldest = ring_oldest(shared, ring);

		if (ring->at < oldest)
			ring_overtaken(ring, oldest);
		else if (whole)
			ring->peeked = true;
		else
			ring_skip_to(ring, ring->at + 1);
	}
	return ring->peeked;
}

void aw__ring_cursor_mark(struct aw__box_cursor *cursor, uint32_t index)
{
	const struct aw__box_ring *shared = &cursor->box->rings[index];
	struct aw__ring_cursor *ring = cursor->rings[index];
	uint64_t head;

	if (ring == NULL)
		ring = cursor->rings[index] = ring_open(cursor, index);
	if (ring == NULL || (index % 2 == 0 && cursor->important_only))
		return;
	head = AW__BOX_LOAD_ACQUIRE(shared->head);
	ring_load_capacity(shared, ring);
	ring->overtaken = false;
	/* A head that moves back is corrupt, and ignored. */
	if (head > ring->mark)
		ring->mark = head;
	if (ring->mark - ring->at > ring->capacity)
		ring_skip_to(ring, ring->mark - ring->capacity);
	if (!cursor->begun && index % 2 == 0 && !cursor->unwritten_only) {
		ring->history = ring->lost;
		ring->lost = 0;
	}
}
