/* SPDX-License-Identifier: MIT */
/*
 * The data of the time view for a session that was read without an index: a timeline of counts in buckets, whose width
 * doubles as the recording grows, and a bounded ring of the newest events.
 */
#include "viewer/cli/history.h"

#include <string.h>

#include "base/alloc.h"

#define FIRST_WIDTH_NS 1000000u /* width of a bucket; doubled when the buckets do not suffice */

struct aw__history {
	struct aw__tui_timeline timeline;
	struct aw__tui_event *events; /* a ring, once it is full */
	size_t count, capacity, oldest;
};

struct aw__history *aw__history_create(void)
{
	struct aw__history *history = aw__alloc_must_zeroed(1, sizeof(*history));

	history->timeline.bucket_ns = FIRST_WIDTH_NS;
	return history;
}

void aw__history_destroy(struct aw__history *history)
{
	if (history != NULL)
		aw__alloc_free(history->events);
	aw__alloc_free(history);
}

void aw__history_copy(struct aw__tui_event *ret_event, const struct aw__event *event)
{
	ret_event->kind = event->kind;
	ret_event->thread = event->thread;
	ret_event->time_ns = event->time_ns;
	ret_event->subject = event->subject;
	memcpy(ret_event->args, event->args, sizeof(ret_event->args));
}

void aw__history_count(struct aw__tui_bucket *bucket, enum aw__event_kind kind, uint64_t count)
{
	bucket->events += count;
	if (kind == AW__FINDING)
		bucket->findings += count;
	else if (kind == AW__ERROR)
		bucket->errors += count;
	else if (kind == AW__EVENTS_LOST)
		bucket->losses += count;
}

bool aw__history_is_row(enum aw__event_kind kind)
{
	return kind == AW__TASK_STATE || kind == AW__LOOP_STATE || kind == AW__LOOP_LAGS ||
	       kind == AW__SNAPSHOT_BEGIN || kind == AW__SNAPSHOT_END;
}

static void merge(struct aw__tui_bucket *into, const struct aw__tui_bucket *other)
{
	into->events += other->events;
	into->findings += other->findings;
	into->errors += other->errors;
	into->losses += other->losses;
	into->live = other->live > 0 ? other->live : into->live;
	into->lag_ns = other->lag_ns > into->lag_ns ? other->lag_ns : into->lag_ns;
}

static void widen(struct aw__tui_timeline *timeline)
{
	struct aw__tui_bucket *buckets = timeline->buckets;

	for (size_t i = 0; i < AW__TUI_BUCKETS / 2; i++) {
		buckets[i] = buckets[2 * i];
		merge(&buckets[i], &buckets[2 * i + 1]);
	}
	memset(buckets + AW__TUI_BUCKETS / 2, 0, AW__TUI_BUCKETS / 2 * sizeof(*buckets));
	timeline->bucket_ns *= 2;
}

/* Events that are older than the first one are counted in the first bucket. */
static struct aw__tui_bucket *bucket_at(struct aw__tui_timeline *timeline, uint64_t time_ns)
{
	uint64_t past;

	if (timeline->first_ns == 0)
		timeline->first_ns = timeline->last_ns = time_ns;
	if (time_ns > timeline->last_ns)
		timeline->last_ns = time_ns;
	past = time_ns > timeline->first_ns ? time_ns - timeline->first_ns : 0;
	while (past / timeline->bucket_ns >= AW__TUI_BUCKETS &&
	       timeline->bucket_ns < UINT64_MAX / 2)
		widen(timeline);
	return &timeline->buckets[past / timeline->bucket_ns % AW__TUI_BUCKETS];
}

static void keep(struct aw__history *history, const struct aw__event *event)
{
	if (history->count == AW__HISTORY_EVENTS) {
		aw__history_copy(&history->events[history->oldest], event);
		history->oldest = (history->oldest + 1) % AW__HISTORY_EVENTS;
		return;
	}
	if (history->count == history->capacity) {
		history->capacity = history->capacity > 0 ? 2 * history->capacity : 256;
		history->events = aw__alloc_must_resize(
			history->events, history->capacity * sizeof(*history->events));
	}
	aw__history_copy(&history->events[history->count++], event);
}

void aw__history_add(struct aw__history *history, const struct aw__event *event, uint64_t live)
{
	struct aw__tui_bucket *bucket;

	if (aw__history_is_row(event->kind) || event->time_ns == 0)
		return;
	bucket = bucket_at(&history->timeline, event->time_ns);
	aw__history_count(bucket, event->kind, 1);
	bucket->live = live;
	if (aw__event_blocked_ns(event) > bucket->lag_ns)
		bucket->lag_ns = aw__event_blocked_ns(event);
	keep(history, event);
}

void aw__history_timeline(const struct aw__history *history, struct aw__tui_timeline *ret_timeline)
{
	*ret_timeline = history->timeline;
}

size_t aw__history_events(const struct aw__history *history, uint64_t from_ns, uint64_t to_ns,
			  struct aw__tui_event *ret_events, size_t most)
{
	size_t found = 0;

	for (size_t i = 0; i < history->count && found < most; i++) {
		const struct aw__tui_event *event =
			&history->events[(history->oldest + i) % history->count];

		if (event->time_ns >= from_ns && event->time_ns <= to_ns)
			ret_events[found++] = *event;
	}
	return found;
}
