/* SPDX-License-Identifier: MIT */
/* Writes records into a thread's rings, for the hooks. A ring that has filled up to its limit grows, wakes its readers, or waits for them. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "agent/record/atomics.h"
#include "agent/record/box.h"
#include "agent/record/recorder.h"
#include "agent/record/ring.h"
#include "agent/record/writer.h"

/* How long a record waits for a trace's writer before it overwrites records that were not read. */
#define LONGEST_WAIT_NS 200000000u
#define ONE_WAIT_NS	100000u
#define FIRST_BYTES	16384u /* of a ring: it grows from there */

bool aw__ring_open(struct aw__ring *ring, struct aw__box_ring *shared, unsigned char *units,
		   uint64_t bytes)
{
	const uint64_t first = FIRST_BYTES / AW__UNIT_BYTES;

	if (!aw__box_back(units, FIRST_BYTES))
		return false;
	ring->shared = shared;
	ring->units = (_Atomic uint64_t *)units;
	ring->mask = first - 1;
	ring->most = bytes / AW__UNIT_BYTES;
	ring->head = 0;
	ring->limit = first;
	shared->offset = (uint64_t)(units - aw__recorder.base);
	AW__STORE(shared->capacity, first);
	return true;
}

/* Only while nothing was overwritten yet, so that every unit stays where it is. If there is no memory, the ring keeps its size for good. */
static bool grow(struct aw__ring *ring)
{
	const uint64_t capacity = ring->mask + 1;
	const uint64_t bytes = capacity * AW__UNIT_BYTES;

	if (capacity == ring->most)
		return false;
	if (!aw__box_back((unsigned char *)ring->units + bytes, bytes)) {
		ring->most = capacity;
		return false;
	}
	ring->mask = 2 * capacity - 1;
	AW__STORE(ring->shared->capacity, 2 * capacity);
	/* before `reserved` and `head` show units there */
	atomic_thread_fence(memory_order_release);
	return true;
}

static uint64_t consumed_limit(const struct aw__ring *ring)
{
	return AW__LOAD_ACQUIRE(ring->shared->consumed) + ring->mask + 1;
}

/* False: there was no room in time. */
static bool wait_for_room(const struct aw__ring *ring, uint64_t units)
{
	const struct timespec nap = { .tv_nsec = ONE_WAIT_NS };

	for (uint64_t waited = 0; waited < LONGEST_WAIT_NS; waited += ONE_WAIT_NS) {
		if (!AW__LOAD(aw__recorder.lossless) || ring->head + units <= consumed_limit(ring))
			return true;
		nanosleep(&nap, NULL);
	}
	return false;
}

/* The time of the wait does not count for the watchdog: it is not the program that blocks the loop. */
static bool wait(struct aw__writer *writer, const struct aw__ring *ring, uint64_t units)
{
	struct aw__box_loop *loop = writer->loop;
	const uint64_t since = loop != NULL ? AW__LOAD(loop->busy_since_ns) : 0;
	const uint64_t start = aw__now_ns();
	bool room;

	if (since != 0)
		AW__STORE(loop->busy_since_ns, 0);
	room = wait_for_room(ring, units);
	if (since != 0)
		AW__STORE_RELEASE(loop->busy_since_ns, since + (aw__now_ns() - start));
	writer->waited = true;
	return room;
}

/* The next limit: where the ring has to grow or, at its full size, a quarter further, where its readers must be woken. */
static uint64_t next_limit(const struct aw__ring *ring, uint64_t units)
{
	const uint64_t capacity = ring->mask + 1, quarter = capacity / 4;

	if (capacity < ring->most)
		return capacity;
	return (ring->head + units + quarter) / quarter * quarter;
}

void aw__ring_make_room(struct aw__writer *writer, struct aw__ring *ring, uint64_t units)
{
	void (*pressed)(void) = AW__LOAD_ACQUIRE(aw__recorder.pressed);
	const int saved = errno;
	uint64_t limit;

	/* a ring of an earlier recording: it is no longer read, and its memory was replaced */
	if (!AW__LOAD(writer->open)) {
		ring->limit = UINT64_MAX;
		return;
	}
	while (ring->head + units > ring->mask + 1 && grow(ring))
		;
	if (pressed != NULL)
		pressed();
	limit = next_limit(ring, units);
	if (AW__LOAD(aw__recorder.lossless)) {
		if (ring->head + units > consumed_limit(ring) && !wait(writer, ring, units))
			/* The reader counts the records that it misses. Do not wait for each of the next ones, too. */
			limit = ring->head + units + (ring->mask + 1) / 4;
		else if (consumed_limit(ring) < limit && consumed_limit(ring) >= ring->head + units)
			limit = consumed_limit(ring);
	}
	ring->limit = limit;
	errno = saved;
}

void aw__ring_refuse(void)
{
	atomic_fetch_add_explicit(&aw__header()->ring_refused, 1, memory_order_relaxed);
}

/* The i-th word of a record's list and text. */
static uint64_t payload_word(const struct aw__event *event, uint64_t i)
{
	uint64_t word = 0;
	size_t at, length;

	if (i < event->list_length)
		return event->list[i];
	at = (i - event->list_length) * 8;
	if (at >= event->text_length)
		return 0;
	length = event->text_length - at < 8 ? event->text_length - at : 8;
	memcpy(&word, event->text + at, length);
	return word;
}

static void put_more(struct aw__ring *ring, const struct aw__event *event, uint64_t more)
{
	uint64_t i = 0;

	for (uint64_t n = 1; n <= more; n++) {
		_Atomic uint64_t *unit = aw__ring_unit(ring, ring->head + n);

		AW__STORE(unit[0], (uint64_t)AW__UNIT_MORE << 8);
		for (unsigned word = 1; word < AW__UNIT_WORDS; word++)
			AW__STORE(unit[word], payload_word(event, i++));
	}
}

void aw__ring_put(struct aw__writer *writer, unsigned which, struct aw__event *event)
{
	struct aw__ring *ring = &writer->rings[which];
	uint64_t words, more;

	if (!writer->has_rings) {
		aw__ring_refuse();
		return;
	}
	if (event->list_length > AW__RECORD_LIST_WORDS)
		event->list_length = AW__RECORD_LIST_WORDS;
	if (event->text_length > AW__RECORD_TEXT_BYTES)
		event->text_length = AW__RECORD_TEXT_BYTES;
	words = event->list_length + (event->text_length + 7u) / 8u;
	more = (words + AW__UNIT_PAYLOAD_WORDS - 1) / AW__UNIT_PAYLOAD_WORDS;
	aw__ring_reserve(writer, ring, 1 + more);
	aw__ring_put_first(ring, writer->now_ns, event->subject,
			   (uint64_t)event->kind | more << 16 | (uint64_t)event->list_length << 32 |
				   (uint64_t)event->text_length << 48,
			   event->args);
	put_more(ring, event, more);
	aw__ring_publish(ring, 1 + more);
}

void aw__record_steps(bool steps)
{
	AW__STORE(aw__recorder.steps, steps);
}

void aw__record_consumed(uint32_t index, uint64_t position)
{
	if (index < aw__header()->ring_capacity)
		AW__STORE_RELEASE(AW__LOAD_ACQUIRE(aw__recorder.rings)[index].consumed, position);
}

void aw__record_lossy(void)
{
	AW__STORE(aw__recorder.lossless, 0);
}

void aw__record_on_pressure(void (*call)(void))
{
	AW__STORE_RELEASE(aw__recorder.pressed, call);
}
