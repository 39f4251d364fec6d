/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "agent/record/recorder.h"

/* How long a record may wait for a trace's writer before it overwrites what that has not read. */
#define LONGEST_WAIT_NS 200000000u
#define ONE_WAIT_NS	100000u

bool aw__ring_open(struct aw__ring *ring, struct aw__box_ring *shared, unsigned char *units,
		   uint64_t bytes)
{
	if (!aw__box_back(units, bytes))
		return false;
	ring->shared = shared;
	ring->units = (_Atomic uint64_t *)units;
	ring->mask = bytes / AW__UNIT_BYTES - 1;
	ring->head = 0;
	ring->limit = AW__LOAD(aw__recorder.lossless) ? ring->mask + 1 : UINT64_MAX;
	shared->offset = (uint64_t)(units - aw__recorder.base);
	shared->capacity = bytes / AW__UNIT_BYTES;
	return true;
}

static void wait_for_room(struct aw__ring *ring, uint64_t units)
{
	const struct timespec nap = { .tv_nsec = ONE_WAIT_NS };
	const uint64_t capacity = ring->mask + 1;

	for (uint64_t waited = 0; waited < LONGEST_WAIT_NS; waited += ONE_WAIT_NS) {
		if (!AW__LOAD(aw__recorder.lossless)) {
			ring->limit = UINT64_MAX;
			return;
		}
		ring->limit = AW__LOAD_ACQUIRE(ring->shared->consumed) + capacity;
		if (ring->head + units <= ring->limit)
			return;
		nanosleep(&nap, NULL);
	}
	/* The reader counts what it misses. Do not wait for each record that comes now. */
	ring->limit = ring->head + units + capacity / 4;
}

/* Meanwhile it is not the program that blocks the loop: the watchdog is not to say so. */
void aw__ring_wait(struct aw__writer *writer, struct aw__ring *ring, uint64_t units)
{
	struct aw__box_loop *loop = writer->loop;
	const uint64_t since = loop != NULL ? AW__LOAD(loop->busy_since_ns) : 0;
	const uint64_t start = aw__now_ns();
	const int saved = errno;

	if (since != 0)
		AW__STORE(loop->busy_since_ns, 0);
	wait_for_room(ring, units);
	if (since != 0)
		AW__STORE_RELEASE(loop->busy_since_ns, since + (aw__now_ns() - start));
	writer->waited = true;
	errno = saved;
}

void aw__ring_refuse(void)
{
	atomic_fetch_add_explicit(&aw__recorder.header->ring_refused, 1, memory_order_relaxed);
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
	if (index < aw__recorder.header->ring_capacity)
		AW__STORE_RELEASE(aw__recorder.rings[index].consumed, position);
}

void aw__record_lossy(void)
{
	AW__STORE(aw__recorder.lossless, 0);
}
