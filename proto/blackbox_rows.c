/* SPDX-License-Identifier: MIT */
/*
 * Makes the rows of a snapshot (threads, loops, tasks, resources with their owners) from a black box, for
 * blackbox_cursor.c, while the recorded process writes to it.
 */
#include "proto/blackbox_cursor.h"

#include <awry/agent.h>
#include <string.h>

#include "proto/finding.h"

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
		const uint64_t word = AW__BOX_LOAD(words[i]);

		memcpy(cursor->row_text + 8 * i, &word, 8);
	}
	return (uint32_t)strnlen(cursor->row_text, 8 * count);
}

static bool ring_row(struct aw__box_cursor *cursor, uint64_t row)
{
	const struct aw__box_ring *ring = &cursor->box->rings[row];

	if (row % 2 != 0 || AW__BOX_LOAD_ACQUIRE(ring->state) != AW__RING_OWNED)
		return false;
	row_start(cursor, AW__THREAD_STARTED, row / 2);
	cursor->item.event.thread = (uint32_t)row / 2;
	cursor->item.event.thread_started.tid = AW__BOX_LOAD(ring->tid);
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
	const uint64_t id = AW__BOX_LOAD_ACQUIRE(loop->id);
	struct aw__event *event = &cursor->item.event;

	if (id == 0)
		return false;
	row_start(cursor, AW__LOOP_STATE, id);
	event->thread = (uint32_t)AW__BOX_LOAD(loop->thread);
	event->loop_state.tid = AW__BOX_LOAD(loop->tid);
	event->loop_state.busy_since_ns = AW__BOX_LOAD(loop->busy_since_ns);
	event->loop_state.task = AW__BOX_LOAD(loop->task);
	event->loop_state.iterations = AW__BOX_LOAD(loop->iterations);
	event->text_length = row_text(cursor, loop->label, AW__LOOP_LABEL_WORDS);
	return true;
}

bool aw__rows_lags(struct aw__box_cursor *cursor, uint64_t row)
{
	const struct aw__box_loop *loop = loop_at(cursor, row);
	struct aw__sent_lags *sent = &cursor->sent_lags[row];
	const uint64_t id = AW__BOX_LOAD_ACQUIRE(loop->id);
	struct aw__event *event = &cursor->item.event;
	struct aw__lags lags = { 0 };
	uint64_t count;

	if (id == 0)
		return false;
	for (unsigned i = 0; i < AW__LAG_BUCKETS; i++)
		lags.counts[i] = AW__BOX_LOAD(loop->lags[i]);
	count = aw__lags_count(&lags);
	if (count == 0 || (sent->loop == id && sent->count == count))
		return false;
	*sent = (struct aw__sent_lags){ id, count };
	row_start(cursor, AW__LOOP_LAGS, id);
	event->thread = (uint32_t)AW__BOX_LOAD(loop->thread);
	event->loop_lags.longest_ns = AW__BOX_LOAD(loop->longest_ns);
	event->list_length = aw__lags_list(&lags, cursor->row_list);
	return true;
}

static bool hold_row(struct aw__box_cursor *cursor, uint64_t row)
{
	const struct aw__box_hold *hold =
		(const struct aw__box_hold *)(cursor->box->base + cursor->box->holds_offset) + row;
	const uint64_t task = AW__BOX_LOAD_ACQUIRE(hold->task);

	if (AW__BOX_LOAD(hold->resource) == 0 || task == 0)
		return false;
	row_start(cursor, AW__RESOURCE_HELD, AW__BOX_LOAD(hold->resource));
	cursor->item.event.held.task = task;
	return true;
}

static void copy_task(struct aw__box_cursor *cursor, const struct aw__box_task *task)
{
	const uint64_t status = AW__BOX_LOAD(task->status);
	const uint64_t coroutine_stack = AW__BOX_LOAD(task->coroutine_stack);
	const uint64_t loop_steps = AW__BOX_LOAD(task->loop_steps);
	struct aw__event *event = &cursor->item.event;
	uint64_t *list = cursor->row_list;

	row_start(cursor, AW__TASK_STATE, AW__BOX_LOAD(task->id));
	event->state.creator = AW__BOX_LOAD(task->creator);
	event->state.coroutine = coroutine_stack >> 32;
	event->state.stack = coroutine_stack & UINT32_MAX;
	event->state.loop = loop_steps >> 32;
	event->state.state = status & 0xff;
	list[AW__STATE_CREATED_NS] = AW__BOX_LOAD(task->created_ns);
	list[AW__STATE_CHANGED_NS] = AW__BOX_LOAD(task->changed_ns);
	list[AW__STATE_RUN_NS] = AW__BOX_LOAD(task->run_ns);
	list[AW__STATE_STEPS] = loop_steps & UINT32_MAX;
	list[AW__STATE_WAIT_KIND] = status >> 8 & 0xff;
	list[AW__STATE_WAIT_TARGET] = AW__BOX_LOAD(task->wait_target);
	list[AW__STATE_SCOPE] = AW__BOX_LOAD(task->scope);
	list[AW__STATE_OUTCOME] = status >> 16 & 0xff;
	list[AW__STATE_WAIT_STACK] =
		aw__state_has_place(event->state.state, list[AW__STATE_WAIT_KIND])
			? AW__BOX_LOAD(task->wait_stack)
			: 0;
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

	/* A write takes nanoseconds, unless the writer was stopped or killed during it. */
	for (unsigned attempt = 0; attempt < 1000; attempt++) {
		const uint64_t before = AW__BOX_LOAD_ACQUIRE(task->sequence);

		if (AW__BOX_LOAD(task->id) == 0)
			return false;
		if (before % 2 != 0)
			continue;
		copy_task(cursor, task);
		atomic_thread_fence(memory_order_acquire);
		if (AW__BOX_LOAD(task->sequence) == before)
			return cursor->item.event.subject != 0;
	}
	copy_task(cursor, task);
	return cursor->item.event.subject != 0;
}

static uint64_t clamp(uint64_t value, uint64_t most)
{
	return value < most ? value : most;
}

static uint64_t task_rows(const struct aw__box_cursor *cursor)
{
	return clamp(AW__BOX_LOAD_ACQUIRE(cursor->box->header->task_used),
		     cursor->box->task_capacity);
}

/* `item` is the task's row: whether its error should be reported as held-error. */
static bool is_held(const struct aw__box_cursor *cursor, uint64_t looked_ns)
{
	const struct aw__event *task = &cursor->item.event;
	const uint64_t *list = cursor->row_list, error = list[AW__STATE_WAIT_TARGET];

	return aw__row_is_held(task->state.state, list[AW__STATE_OUTCOME], error,
			       list[AW__STATE_SCOPE]) &&
	       looked_ns > list[AW__STATE_CHANGED_NS] &&
	       aw__map_get(&cursor->held_told, error) == NULL &&
	       aw__map_get(&cursor->awaited, task->subject) == NULL;
}

/* Notes the tasks that other tasks await. */
static void find_awaited(struct aw__box_cursor *cursor)
{
	for (uint64_t row = 1; row < task_rows(cursor); row++) {
		const uint64_t *list = cursor->row_list;
		uint64_t awaited;

		if (!task_row(cursor, row))
			continue;
		awaited = aw__row_awaits(cursor->item.event.state.state, list[AW__STATE_WAIT_KIND],
					 list[AW__STATE_WAIT_TARGET]);
		if (awaited != 0)
			aw__map_put(&cursor->awaited, awaited, cursor);
	}
}

/* Turns `item` from the task's row into the finding held-error. */
static void make_held(struct aw__box_cursor *cursor, uint64_t looked_ns)
{
	const struct aw__event task = cursor->item.event;
	struct aw__event *event = &cursor->item.event;
	uint64_t *list = cursor->row_list;

	row_start(cursor, AW__FINDING,
		  AW__BOX_LOAD(cursor->box->header->findings) + ++cursor->held_count);
	event->time_ns = looked_ns;
	event->finding.kind = AW__HELD_ERROR;
	event->finding.task = task.subject;
	event->finding.error = list[AW__STATE_WAIT_TARGET];
	event->finding.stack = task.state.stack;
	event->finding.value = looked_ns - list[AW__STATE_CHANGED_NS];
	memset(list, 0, AW__FINDING_NUMBERS * sizeof(*list));
	list[AW__FINDING_COROUTINE] = task.state.coroutine;
	list[AW__FINDING_LOOP] = task.state.loop;
	list[AW__FINDING_CREATOR] = task.state.creator;
	event->list_length = AW__FINDING_NUMBERS;
}

/* Make `item` the row of the task that created the one in `row`. False if the creator is no longer listed. */
static bool creator_row(struct aw__box_cursor *cursor, uint64_t row)
{
	const struct aw__box_task *task =
		(const struct aw__box_task *)(cursor->box->base + cursor->box->tasks_offset) + row;
	const uint64_t at = AW__BOX_LOAD(task->status) >> 40, id = AW__BOX_LOAD(task->creator);

	return at != 0 && at < task_rows(cursor) && task_row(cursor, at) &&
	       cursor->item.event.subject == id;
}

bool aw__rows_held(struct aw__box_cursor *cursor)
{
	const uint64_t looked_ns = AW__BOX_LOAD(cursor->box->header->looked_ns);

	if (cursor->held_row == 1 && cursor->held_part == 0)
		find_awaited(cursor);
	for (; cursor->held_row < task_rows(cursor); cursor->held_row++, cursor->held_part = 0) {
		if (!task_row(cursor, cursor->held_row) || !is_held(cursor, looked_ns))
			continue;
		if (cursor->held_part == 2) {
			make_held(cursor, looked_ns);
			cursor->held_row++;
			cursor->held_part = 0;
			return true;
		}
		if (cursor->held_part++ == 0) {
			if (creator_row(cursor, cursor->held_row))
				break;
			cursor->held_part++;
			(void)task_row(cursor, cursor->held_row);
		}
		break;
	}
	cursor->item.event.time_ns = looked_ns;
	return cursor->held_row < task_rows(cursor);
}

static void snapshot_edge(struct aw__box_cursor *cursor, enum aw__event_kind kind)
{
	const struct aw__box_header *header = cursor->box->header;

	row_start(cursor, kind, 0);
	if (kind == AW__SNAPSHOT_BEGIN) {
		cursor->item.event.snapshot.tasks = AW__BOX_LOAD(header->task_used);
		cursor->item.event.snapshot.unlisted = AW__BOX_LOAD(header->task_refused);
	} else {
		cursor->item.event.time_ns = AW__BOX_LOAD(header->looked_ns);
	}
}

bool aw__rows_next(struct aw__box_cursor *cursor)
{
	const struct aw__box *box = cursor->box;
	bool found = false;

	while (!found && cursor->phase != AW__ROWS_NONE) {
		const uint64_t row = cursor->row++;

		switch (cursor->phase) {
		case AW__ROWS_NONE:
			break;
		case AW__ROWS_BEGIN:
			snapshot_edge(cursor, AW__SNAPSHOT_BEGIN);
			cursor->phase = AW__ROWS_RINGS;
			cursor->row = 0;
			return true;
		case AW__ROWS_RINGS:
			if (row < cursor->ring_count) {
				found = ring_row(cursor, row);
				break;
			}
			cursor->phase = AW__ROWS_LOOPS;
			cursor->row = 0;
			break;
		case AW__ROWS_LOOPS:
			if (row < box->loop_capacity) {
				found = loop_row(cursor, row);
				break;
			}
			cursor->phase = AW__ROWS_LAGS;
			cursor->row = 0;
			break;
		case AW__ROWS_LAGS:
			if (row < box->loop_capacity) {
				found = aw__rows_lags(cursor, row);
				break;
			}
			cursor->phase = AW__ROWS_HOLDS;
			cursor->row = 0;
			break;
		case AW__ROWS_HOLDS:
			if (row < box->hold_capacity) {
				found = hold_row(cursor, row);
				break;
			}
			cursor->phase = AW__ROWS_TASKS;
			cursor->row = 1; /* slot 0 is never used, and not backed */
			break;
		case AW__ROWS_TASKS:
			if (row < task_rows(cursor)) {
				found = task_row(cursor, row);
				break;
			}
			cursor->phase = AW__ROWS_NONE;
			snapshot_edge(cursor, AW__SNAPSHOT_END);
			return true;
		}
	}
	return found;
}
