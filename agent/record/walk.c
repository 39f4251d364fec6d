/* SPDX-License-Identifier: MIT */
/*
 * Walks native stacks by rules, for stack.c.
 *
 * A table keeps the rule of each return address that was met. It never grows and nothing is removed from it, so it needs no lock:
 * a thread that misses a rule reads it from the module's own tables (cfi.c), and adds it. Addresses in modules that may be
 * unloaded have no rules: other code may be there by now.
 *
 * The cost of a rule is not its arithmetic, but latency: the next rule is found by the next return address, which is found by
 * this rule. So each place remembers the place of the caller that was met last; if that is right, the processor runs ahead
 * along these places, and reads the stack in parallel.
 *
 *	 63        48 47             32 31                        3 2   1   0
 *	+------------+-----------------+---------------------------+--+-----+
 *	| next place | fp, in words    | the CFA, in words         |s | how |     s: fp is saved
 *	+------------+-----------------+---------------------------+--+-----+
 */
#include "agent/record/walk.h"

#include "agent/record/cfi.h"
#include "agent/record/resident.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#if defined(__x86_64__) && defined(__GLIBC__) && __GLIBC_PREREQ(2, 35)

#define PLACES 16384u
#define WINDOW 8u
/* A longer frame is an error, or is left to the C library. */
#define LONGEST_BYTES (1u << 20)

struct place {
	_Atomic uint64_t address; /* 0: free */
	_Atomic uint64_t rule;	  /* 0: unknown, or still read by the thread that took the place */
};

static struct place places[PLACES];

_Static_assert(PLACES <= 1u << 16, "a place's number has 16 bits");

#define HOW(rule)	((rule)&3)
#define FP_SAVED(rule)	(((rule)&4) != 0)
#define CFA_BYTES(rule) ((int64_t)(int32_t)((uint32_t)(rule) & ~7u))
#define FP_BYTES(rule)	((int64_t)(int16_t)((rule) >> 32) * 8)
#define NEXT(rule)	((uint32_t)((rule) >> 48))
#define RULE_BITS	UINT64_C(0x0000ffffffffffff)

static uint64_t pack(const struct aw__frame_rule *rule)
{
	if (rule->fp_offset / 8 < INT16_MIN)
		return AW__FRAME_UNKNOWN;
	return (uint64_t)rule->how | (uint64_t)rule->fp_saved << 2 |
	       (uint64_t)(uint32_t)rule->cfa_offset |
	       (uint64_t)(uint16_t)(rule->fp_offset / 8) << 32;
}

static uint64_t read_rule(uint64_t address)
{
	struct aw__frame_rule rule = { .how = AW__FRAME_UNKNOWN };
	struct aw__cfi_image image;
	struct dl_find_object found;

	if (_dl_find_object((void *)(uintptr_t)(address - 1), &found) == 0 &&
	    found.dlfo_eh_frame != NULL && aw__resident(found.dlfo_map_start)) {
		image.start = found.dlfo_map_start;
		image.end = found.dlfo_map_end;
		image.header = found.dlfo_eh_frame;
		rule = aw__cfi_rule(&image, address);
	}
	return pack(&rule);
}

/* NULL: there is no room for it. */
static struct place *find(uint64_t address)
{
	const uint64_t hash = address * UINT64_C(0x9e3779b97f4a7c15) >> 50;

	for (uint32_t i = 0; i < WINDOW; i++) {
		struct place *place = &places[(hash + i) % PLACES];
		uint64_t is = atomic_load_explicit(&place->address, memory_order_acquire);

		if (is == address)
			return place;
		if (is != 0)
			continue;
		if (atomic_compare_exchange_strong(&place->address, &is, address)) {
			atomic_store_explicit(&place->rule, read_rule(address),
					      memory_order_release);
			return place;
		}
		if (is == address)
			return place;
	}
	return NULL;
}

static inline uint64_t word_at(uint64_t address)
{
	return *(const uint64_t *)(uintptr_t)address;
}

/* Apply a rule: the frame's registers become its caller's. False: the rule cannot be applied. */
static inline bool step(uint64_t rule, uint64_t *sp, uint64_t *fp)
{
	const uint64_t base = HOW(rule) == AW__FRAME_BY_FP ? *fp : *sp;
	const uint64_t cfa = base + (uint64_t)CFA_BYTES(rule);

	if (__builtin_expect(HOW(rule) < AW__FRAME_BY_SP || cfa - *sp - 1 >= LONGEST_BYTES, 0))
		return false;
	if (FP_SAVED(rule))
		*fp = word_at(cfa + (uint64_t)FP_BYTES(rule));
	*sp = cfa;
	return true;
}

/* The place of the caller at `address`; `place` remembers it, if it remembered another one. */
static struct place *follow(struct place *place, uint64_t rule, uint64_t address)
{
	struct place *next = &places[NEXT(rule) % PLACES];

	if (__builtin_expect(atomic_load_explicit(&next->address, memory_order_relaxed) == address,
			     1))
		return next;
	next = find(address);
	if (next != NULL)
		atomic_store_explicit(&place->rule,
				      (rule & RULE_BITS) | (uint64_t)(next - places) << 48,
				      memory_order_relaxed);
	return next;
}

static inline uint32_t walk(uint64_t address, uint64_t sp, uint64_t fp, uint64_t *frames,
			    uint32_t most, bool *ret_whole)
{
	struct place *place = find(address);
	uint32_t count = 0;
	uint64_t rule;

	*ret_whole = true;
	while (place != NULL && count < most) {
		frames[count++] = address;
		if (count == most)
			return count;
		rule = atomic_load_explicit(&place->rule, memory_order_acquire);
		if (HOW(rule) == AW__FRAME_END)
			return count;
		if (!step(rule, &sp, &fp))
			break;
		address = word_at(sp - 8);
		if (address == 0)
			return count;
		place = follow(place, rule, address);
	}
	*ret_whole = false;
	return count;
}

uint32_t aw__walk(const void *frame, uint64_t *frames, uint32_t most)
{
	const uint64_t *own = frame;
	bool whole;
	const uint32_t count =
		walk(own[1], (uint64_t)(uintptr_t)(own + 2), own[0], frames, most, &whole);

	return whole ? count : 0;
}

uint32_t aw__walk_from(uint64_t address, uint64_t sp, uint64_t fp, uint64_t *frames, uint32_t most,
		       bool *ret_whole)
{
	return walk(address, sp, fp, frames, most, ret_whole);
}

#else

uint32_t aw__walk(const void *frame, uint64_t *frames, uint32_t most)
{
	(void)frame;
	(void)frames;
	(void)most;
	return 0;
}

uint32_t aw__walk_from(uint64_t address, uint64_t sp, uint64_t fp, uint64_t *frames, uint32_t most,
		       bool *ret_whole)
{
	(void)address;
	(void)sp;
	(void)fp;
	(void)frames;
	(void)most;
	*ret_whole = false;
	return 0;
}

#endif
