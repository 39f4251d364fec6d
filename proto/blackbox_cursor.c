/* SPDX-License-Identifier: MIT */
/*
 * How a box becomes a sequence.
 *
 * A mark takes the rings' heads first and the arena's end second: whatever a record below the heads names
 * was interned before the record was published, so it lies below that end. Between two marks come the new
 * definitions, then (if asked for) the snapshot, then the records of all rings, merged by their time.
 *
 * A snapshot's rows are read later than the mark, and may name what was interned since. So each row
 * is held back until the definitions up to the arena's end, as it is after the row was read, are given.
 */
#include "proto/blackbox_read.h"

#include <string.h>

#include "base/alloc.h"
#include "proto/blackbox.h"

#define LOAD(field)	    atomic_load_explicit(&(field), memory_order_relaxed)
#define LOAD_ACQUIRE(field) atomic_load_explicit(&(field), memory_order_acquire)

struct ring_cursor {
	const _Atomic uint64_t *units;
	uint64_t capacity;
	uint64_t at;	  /* units: the next one to read */
	uint64_t mark;	  /* … and where to stop for now */
	uint64_t lost;	  /* units, not yet told */
	uint64_t history; /* … that were overwritten before this cursor began */
	bool peeked;	  /* `event` is the record at `at`, of `size` units */
	uint64_t size;
	struct aw__event event;
	uint64_t list[AW__RECORD_LIST_WORDS];
	char text[AW__RECORD_TEXT_BYTES];
};

enum snapshot_phase {
	NO_SNAPSHOT,
	SNAPSHOT_BEGINS,
	SNAPSHOT_RINGS,
	SNAPSHOT_LOOPS,
	SNAPSHOT_LAGS,
	SNAPSHOT_HOLDS,
	SNAPSHOT_TASKS
};

/* Of whose iterations how many were told. */
struct told_lags {
	uint64_t loop, count;
};

struct aw__box_cursor {
	const struct aw__box *box;
	uint64_t arena_at; /* bytes */
	uint64_t arena_mark;
	uint64_t lost;
	uint64_t told[AW__LOST_KINDS]; /* of the header's counters */
	bool begun;		       /* it was marked once */
	bool important_only;
	bool snapshot_wanted;
	enum snapshot_phase phase;
	uint64_t row;
	bool held; /* `item` waits for its definitions */
	struct aw__item item;
	uint64_t row_list[AW__LAG_LIST_WORDS];
	char row_text[AW__LOOP_LABEL_WORDS * 8];
	uint64_t lags_ns; /* the moment of those that are to be told after the events; 0: none */
	uint64_t lags_row;
	struct told_lags *told_lags; /* loop_capacity of them */
	uint32_t ring_count;
	struct ring_cursor *rings[]; /* ring_capacity of them, made when first seen */
};

struct aw__box_cursor *aw__box_cursor_create(const struct aw__box *box)
{
	struct aw__box_cursor *cursor = aw__alloc_zeroed(
		1, sizeof(*cursor) + box->ring_capacity * sizeof(cursor->rings[0]));

	if (cursor == NULL)
		return NULL;
	cursor->told_lags = aw__alloc_zeroed(box->loop_capacity + 1, sizeof(*cursor->told_lags));
	if (cursor->told_lags == NULL) {
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
	aw__alloc_free(cursor->told_lags);
	aw__alloc_free(cursor);
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

/* ---- rings ---- */

static bool ring_is_sound(const struct aw__box *box, const struct aw__box_ring *ring)
{
	const uint64_t capacity = ring->capacity;

	return capacity > 0 && (capacity & (capacity - 1)) == 0 && ring->offset % 64 == 0 &&
	       ring->offset <= box->bytes &&
	       capacity <= (box->bytes - ring->offset) / AW__UNIT_BYTES;
}

static struct ring_cursor *ring_open(const struct aw__box_cursor *cursor, uint32_t index)
{
	const struct aw__box_ring *ring = &cursor->box->rings[index];
	struct ring_cursor *new_ring;

	if (LOAD_ACQUIRE(ring->state) == AW__RING_FREE || !ring_is_sound(cursor->box, ring))
		return NULL;
	new_ring = aw__alloc_zeroed(1, sizeof(*new_ring));
	if (new_ring == NULL)
		return NULL;
	new_ring->capacity = ring->capacity;
	new_ring->units = (const _Atomic uint64_t *)(cursor->box->base + ring->offset);
	return new_ring;
}

/* Word `word` of unit `unit`. */
static uint64_t ring_word(const struct ring_cursor *ring, uint64_t unit, unsigned word)
{
	return LOAD(ring->units[(unit & (ring->capacity - 1)) * AW__UNIT_WORDS + word]);
}

/* The oldest unit that was not yet being overwritten a moment ago. */
static uint64_t ring_oldest(const struct aw__box_ring *shared, const struct ring_cursor *ring)
{
	uint64_t reserved;

	atomic_thread_fence(memory_order_acquire);
	reserved = LOAD(shared->reserved);
	return reserved > ring->capacity ? reserved - ring->capacity : 0;
}

/* Copy the list and text of the record at `at`; `head` is its word 0. */
static void ring_copy_payload(struct ring_cursor *ring, uint64_t head)
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

/* Copy the record at `at`. False if there is none that begins here: a lapped reader, or nonsense. */
static bool ring_copy(struct ring_cursor *ring, uint32_t thread)
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

/* What was overwritten is counted in records as far as can be known: a unit is at least a record's part. */
static void ring_skip_to(struct ring_cursor *ring, uint64_t oldest)
{
	ring->lost += oldest - ring->at;
	ring->at = oldest;
	while (ring->at < ring->mark &&
	       (ring_word(ring, ring->at, 0) >> 8 & 0xff) != AW__UNIT_FIRST)
		ring->at++;
}

/* Make `event` the next record below the mark. False if there is none. */
static bool ring_peek(const struct aw__box *box, struct ring_cursor *ring, uint32_t index)
{
	const struct aw__box_ring *shared = &box->rings[index];

	while (!ring->peeked && ring->at < ring->mark) {
		const bool whole = ring_copy(ring, index / 2);
		const uint64_t oldest = ring_oldest(shared, ring);

		if (ring->at < oldest)
			ring_skip_to(ring, oldest < ring->mark ? oldest : ring->mark);
		else if (whole)
			ring->peeked = true;
		else
			ring_skip_to(ring, ring->at + 1);
	}
	return ring->peeked;
}

static void ring_mark(struct aw__box_cursor *cursor, uint32_t index)
{
	const struct aw__box_ring *shared = &cursor->box->rings[index];
	struct ring_cursor *ring = cursor->rings[index];
	uint64_t head;

	if (ring == NULL)
		ring = cursor->rings[index] = ring_open(cursor, index);
	if (ring == NULL || (index % 2 == 0 && cursor->important_only))
		return;
	head = LOAD_ACQUIRE(shared->head);
	/* A head that goes back, or is out of all proportion, is a broken box. */
	if (head > ring->mark)
		ring->mark = head;
	if (ring->mark - ring->at > ring->capacity)
		ring_skip_to(ring, ring->mark - ring->capacity);
	if (!cursor->begun && index % 2 == 0) {
		ring->history = ring->lost;
		ring->lost = 0;
	}
}

void aw__box_cursor_mark(struct aw__box_cursor *cursor)
{
	const struct aw__box_header *header = cursor->box->header;
	uint64_t used = LOAD_ACQUIRE(header->ring_used);

	if (used > cursor->box->ring_capacity)
		used = cursor->box->ring_capacity;
	cursor->ring_count = (uint32_t)used;
	for (uint32_t i = 0; i < cursor->ring_count; i++)
		ring_mark(cursor, i);
	cursor->begun = true;
	cursor->arena_mark = LOAD_ACQUIRE(header->arena_end);
	if (cursor->snapshot_wanted && cursor->phase == NO_SNAPSHOT) {
		cursor->snapshot_wanted = false;
		cursor->phase = SNAPSHOT_BEGINS;
		cursor->row = 0;
	}
}

/* ---- definitions ---- */

static bool next_definition(struct aw__box_cursor *cursor, struct aw__definition *ret)
{
	while (cursor->arena_at + sizeof(struct aw__box_entry) <= cursor->arena_mark) {
		uint64_t bytes;

		if (!aw__box_definition(cursor->box, cursor->arena_at / 8, ret)) {
			/* Nothing behind a broken entry can be found. */
			cursor->arena_at = UINT64_MAX - sizeof(struct aw__box_entry);
			return false;
		}
		bytes = sizeof(struct aw__box_entry) + (uint64_t)ret->number_count * 8 +
			ret->text_length;
		cursor->arena_at += (bytes + 7) & ~UINT64_C(7);
		return true;
	}
	return false;
}

/* ---- the snapshot ---- */

static void row_start(struct aw__box_cursor *cursor, enum aw__event_kind kind, uint64_t subject)
{
	struct aw__event *event = &cursor->item.event;

	memset(event, 0, sizeof(*event));
	cursor->item.kind = AW__ITEM_EVENT;
	event->kind = kind;
	event->subject = subject;
	event->list = cursor->row_list;
	event->text = cursor->row_text;
}

static uint32_t row_text(struct aw__box_cursor *cursor, const _Atomic uint64_t *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const uint64_t word = LOAD(words[i]);

		memcpy(cursor->row_text + 8 * i, &word, 8);
	}
	return (uint32_t)strnlen(cursor->row_text, 8 * count);
}

static bool ring_row(struct aw__box_cursor *cursor, uint64_t row)
{
	const struct aw__box_ring *ring = &cursor->box->rings[row];

	if (row % 2 != 0 || LOAD_ACQUIRE(ring->state) != AW__RING_OWNED)
		return false;
	row_start(cursor, AW__THREAD_STARTED, row / 2);
	cursor->item.event.thread = (uint32_t)row / 2;
	cursor->item.event.thread_started.tid = LOAD(ring->tid);
	cursor->item.event.text_length = row_text(cursor, ring->name, AW__THREAD_NAME_WORDS);
	return true;
}

static const struct aw__box_loop *loop_at(const struct aw__box_cursor *cursor, uint64_t row)
{
	return (const struct aw__box_loop *)(cursor->box->base + cursor->box->loops_offset) + row;
}

static bool loop_row(struct aw__box_cursor *cursor, uint64_t row)
{
	const struct aw__box_loop *loop = loop_at(cursor, row);
	const uint64_t id = LOAD_ACQUIRE(loop->id);
	struct aw__event *event = &cursor->item.event;

	if (id == 0)
		return false;
	row_start(cursor, AW__LOOP_STATE, id);
	event->thread = (uint32_t)LOAD(loop->thread);
	event->loop_state.tid = LOAD(loop->tid);
	event->loop_state.busy_since_ns = LOAD(loop->busy_since_ns);
	event->loop_state.task = LOAD(loop->task);
	event->loop_state.iterations = LOAD(loop->iterations);
	event->text_length = row_text(cursor, loop->label, AW__LOOP_LABEL_WORDS);
	return true;
}

/* What was told is not told again, unless it changed. */
static bool lags_row(struct aw__box_cursor *cursor, uint64_t row)
{
	const struct aw__box_loop *loop = loop_at(cursor, row);
	struct told_lags *told = &cursor->told_lags[row];
	const uint64_t id = LOAD_ACQUIRE(loop->id);
	struct aw__event *event = &cursor->item.event;
	struct aw__lags lags = { 0 };
	uint64_t count;

	if (id == 0)
		return false;
	for (unsigned i = 0; i < AW__LAG_BUCKETS; i++)
		lags.counts[i] = LOAD(loop->lags[i]);
	count = aw__lags_count(&lags);
	if (count == 0 || (told->loop == id && told->count == count))
		return false;
	*told = (struct told_lags){ id, count };
	row_start(cursor, AW__LOOP_LAGS, id);
	event->thread = (uint32_t)LOAD(loop->thread);
	event->loop_lags.longest_ns = LOAD(loop->longest_ns);
	event->list_length = aw__lags_list(&lags, cursor->row_list);
	return true;
}

static bool hold_row(struct aw__box_cursor *cursor, uint64_t row)
{
	const struct aw__box_hold *hold =
		(const struct aw__box_hold *)(cursor->box->base + cursor->box->holds_offset) + row;
	const uint64_t task = LOAD_ACQUIRE(hold->task);

	if (LOAD(hold->resource) == 0 || task == 0)
		return false;
	row_start(cursor, AW__RESOURCE_HELD, LOAD(hold->resource));
	cursor->item.event.held.task = task;
	return true;
}

static void copy_task(struct aw__box_cursor *cursor, const struct aw__box_task *task)
{
	const uint64_t status = LOAD(task->status);
	const uint64_t coroutine_stack = LOAD(task->coroutine_stack);
	const uint64_t loop_steps = LOAD(task->loop_steps);
	struct aw__event *event = &cursor->item.event;
	uint64_t *list = cursor->row_list;

	row_start(cursor, AW__TASK_STATE, LOAD(task->id));
	event->state.creator = LOAD(task->creator);
	event->state.coroutine = coroutine_stack >> 32;
	event->state.stack = coroutine_stack & UINT32_MAX;
	event->state.loop = loop_steps >> 32;
	event->state.state = status & 0xff;
	list[AW__STATE_CREATED_NS] = LOAD(task->created_ns);
	list[AW__STATE_CHANGED_NS] = LOAD(task->changed_ns);
	list[AW__STATE_RUN_NS] = LOAD(task->run_ns);
	list[AW__STATE_STEPS] = loop_steps & UINT32_MAX;
	list[AW__STATE_WAIT_KIND] = status >> 8 & 0xff;
	list[AW__STATE_WAIT_TARGET] = LOAD(task->wait_target);
	list[AW__STATE_SCOPE] = LOAD(task->scope);
	list[AW__STATE_OUTCOME] = status >> 16 & 0xff;
	event->list_length = AW__STATE_NUMBERS;
	row_text(cursor, task->name, AW__TASK_NAME_BYTES / 8);
	event->text_length = status >> 24 & 0xff;
	if (event->text_length > AW__TASK_NAME_BYTES)
		event->text_length = AW__TASK_NAME_BYTES;
}

static bool task_row(struct aw__box_cursor *cursor, uint64_t row)
{
	const struct aw__box_task *task =
		(const struct aw__box_task *)(cursor->box->base + cursor->box->tasks_offset) + row;

	/* A writer is done with a slot within nanoseconds, unless it was stopped or killed in the middle. */
	for (unsigned attempt = 0; attempt < 1000; attempt++) {
		const uint64_t before = LOAD_ACQUIRE(task->sequence);

		if (LOAD(task->id) == 0)
			return false;
		if (before % 2 != 0)
			continue;
		copy_task(cursor, task);
		atomic_thread_fence(memory_order_acquire);
		if (LOAD(task->sequence) == before)
			return cursor->item.event.subject != 0;
	}
	copy_task(cursor, task);
	return cursor->item.event.subject != 0;
}

static uint64_t clamp(uint64_t value, uint64_t most)
{
	return value < most ? value : most;
}

static void snapshot_edge(struct aw__box_cursor *cursor, enum aw__event_kind kind)
{
	const struct aw__box_header *header = cursor->box->header;

	row_start(cursor, kind, 0);
	if (kind == AW__SNAPSHOT_BEGIN) {
		cursor->item.event.snapshot.tasks = LOAD(header->task_used);
		cursor->item.event.snapshot.unlisted = LOAD(header->task_refused);
	}
}

/* Make `item` the next row. False when there is none any more. */
static bool next_row(struct aw__box_cursor *cursor)
{
	const struct aw__box *box = cursor->box;
	bool found = false;

	while (!found && cursor->phase != NO_SNAPSHOT) {
		const uint64_t row = cursor->row++;

		switch (cursor->phase) {
		case NO_SNAPSHOT:
			break;
		case SNAPSHOT_BEGINS:
			snapshot_edge(cursor, AW__SNAPSHOT_BEGIN);
			cursor->phase = SNAPSHOT_RINGS;
			cursor->row = 0;
			return true;
		case SNAPSHOT_RINGS:
			if (row < cursor->ring_count) {
				found = ring_row(cursor, row);
				break;
			}
			cursor->phase = SNAPSHOT_LOOPS;
			cursor->row = 0;
			break;
		case SNAPSHOT_LOOPS:
			if (row < box->loop_capacity) {
				found = loop_row(cursor, row);
				break;
			}
			cursor->phase = SNAPSHOT_LAGS;
			cursor->row = 0;
			break;
		case SNAPSHOT_LAGS:
			if (row < box->loop_capacity) {
				found = lags_row(cursor, row);
				break;
			}
			cursor->phase = SNAPSHOT_HOLDS;
			cursor->row = 0;
			break;
		case SNAPSHOT_HOLDS:
			if (row < box->hold_capacity) {
				found = hold_row(cursor, row);
				break;
			}
			cursor->phase = SNAPSHOT_TASKS;
			cursor->row = 0;
			break;
		case SNAPSHOT_TASKS:
			if (row < clamp(LOAD_ACQUIRE(box->header->task_used), box->task_capacity)) {
				found = task_row(cursor, row);
				break;
			}
			cursor->phase = NO_SNAPSHOT;
			snapshot_edge(cursor, AW__SNAPSHOT_END);
			return true;
		}
	}
	return found;
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

/* The ring whose next record is the oldest, or whose loss must be told first. */
static struct ring_cursor *oldest_ring(struct aw__box_cursor *cursor, uint32_t *ret_index)
{
	struct ring_cursor *best = NULL;

	for (uint32_t i = 0; i < cursor->ring_count; i++) {
		struct ring_cursor *ring = cursor->rings[i];
		bool peeked;

		if (ring == NULL)
			continue;
		peeked = ring_peek(cursor->box, ring, i);
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
	struct ring_cursor *ring = oldest_ring(cursor, &index);
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
	return true;
}

/* What the recorder itself had to leave out, and counted. */
static bool next_refusal(struct aw__box_cursor *cursor, struct aw__item *ret_item)
{
	const struct aw__box_header *header = cursor->box->header;
	const uint64_t now[AW__LOST_KINDS] = {
		[AW__LOST_DEFINITIONS] = LOAD(header->arena_refused),
		[AW__LOST_THREADS] = LOAD(header->ring_refused),
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

/* They name nothing that would have to be defined first. */
static bool next_lags(struct aw__box_cursor *cursor, struct aw__item *ret_item)
{
	while (cursor->lags_ns != 0 && cursor->lags_row < cursor->box->loop_capacity) {
		if (!lags_row(cursor, cursor->lags_row++))
			continue;
		*ret_item = cursor->item;
		ret_item->event.time_ns = cursor->lags_ns;
		return true;
	}
	cursor->lags_ns = 0;
	return false;
}

bool aw__box_cursor_next(struct aw__box_cursor *cursor, struct aw__item *ret_item)
{
	if (next_definition(cursor, &ret_item->definition)) {
		ret_item->kind = AW__ITEM_DEFINITION;
		return true;
	}
	if (!cursor->held && cursor->phase != NO_SNAPSHOT && next_row(cursor)) {
		cursor->held = true;
		cursor->arena_mark = LOAD_ACQUIRE(cursor->box->header->arena_end);
		return aw__box_cursor_next(cursor, ret_item);
	}
	if (cursor->held) {
		cursor->held = false;
		*ret_item = cursor->item;
		return true;
	}
	return next_record(cursor, ret_item) || next_refusal(cursor, ret_item) ||
	       next_lags(cursor, ret_item);
}
