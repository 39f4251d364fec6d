/* SPDX-License-Identifier: MIT */
/*
 * A thread's rings, as the thread itself sees them: it alone writes to them, and publishes each record by one release store. The hot part is inline.
 */
#ifndef AW__RING_H
#define AW__RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "agent/record/atomics.h"
#include "proto/blackbox.h"
#include "proto/item.h"

struct aw__writer;

/* One of a thread's two rings, as its writer sees it. */
struct aw__ring {
	struct aw__box_ring *shared;
	_Atomic uint64_t *units;
	uint64_t mask;	/* capacity - 1, in units */
	uint64_t most;	/* up to which the capacity may grow, in units */
	uint64_t head;	/* units */
	uint64_t limit; /* head does not pass it without aw__ring_make_room() */
};

enum { AW__EVENTS, AW__FINDINGS, AW__RINGS };

/** Put a record with a list or a text. `event`: its thread and time are ignored, its lengths are bounded. */
void aw__ring_put(struct aw__writer *writer, unsigned which, struct aw__event *event);
/**
 * Called when `units` more units would pass the limit: let the ring grow, wake its readers, wait for a trace's writer (for a
 * bounded time), and set the next limit.
 */
void aw__ring_make_room(struct aw__writer *writer, struct aw__ring *ring, uint64_t units);
/** Count a record of a thread that has no rings. */
void aw__ring_refuse(void);
bool aw__ring_open(struct aw__ring *ring, struct aw__box_ring *shared, unsigned char *units,
		   uint64_t bytes);

static inline _Atomic uint64_t *aw__ring_unit(const struct aw__ring *ring, uint64_t unit)
{
	return ring->units + (unit & ring->mask) * AW__UNIT_WORDS;
}

static inline void aw__ring_reserve(struct aw__writer *writer, struct aw__ring *ring,
				    uint64_t units)
{
	if (__builtin_expect(ring->head + units > ring->limit, 0))
		aw__ring_make_room(writer, ring, units);
	AW__STORE(ring->shared->reserved, ring->head + units);
	/* A reader that sees any word that is written after this sees `reserved`, too. */
	atomic_thread_fence(memory_order_release);
}

static inline void aw__ring_publish(struct aw__ring *ring, uint64_t units)
{
	ring->head += units;
	AW__STORE_RELEASE(ring->shared->head, ring->head);
}

/** `shape`: word 0, without the unit's mark. */
static inline void aw__ring_put_first(struct aw__ring *ring, uint64_t time_ns, uint64_t subject,
				      uint64_t shape, const uint64_t args[AW__EVENT_ARGS])
{
	_Atomic uint64_t *unit = aw__ring_unit(ring, ring->head);

	AW__STORE(unit[0], shape | (uint64_t)AW__UNIT_FIRST << 8);
	AW__STORE(unit[1], time_ns);
	AW__STORE(unit[2], subject);
	for (unsigned i = 0; i < AW__EVENT_ARGS; i++)
		AW__STORE(unit[3 + i], args[i]);
}

#endif
