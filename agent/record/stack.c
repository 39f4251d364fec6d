/* SPDX-License-Identifier: MIT */
/*
 * Captures native stacks, for the hooks.
 *
 * Most are walked by rules that were read before (walk.c). The others are left to the C library's backtrace(), which takes twenty
 * times as long. libunwind would be faster, but it tests whether memory can be read by writing it to a pipe: it keeps two low
 * descriptors, and if the program closes them, it writes into the program's own files and closes those.
 */
#include <dlfcn.h>
#include <execinfo.h>
#include <string.h>

#include "agent/record/atomics.h"
#include "agent/record/interned.h"
#include "agent/record/recorder.h"
#include "agent/record/resident.h"
#include "agent/record/stack_capture.h"
#include "agent/record/walk.h"

#define MOST_OWN_FRAMES 4u
#define MOST_LINKS	32u

_Static_assert(sizeof(void *) == sizeof(uint64_t), "frames are captured where numbers are kept");

/* Frames to capture beyond the depth: the agent's innermost ones, and one more, which shows that a stack is cut. */
static uint32_t own_frames = 3;

/* Sanitizers intercept backtrace(), which adds a frame. */
static bool is_under_sanitizer(void)
{
	return dlsym(RTLD_DEFAULT, "__tsan_init") != NULL ||
	       dlsym(RTLD_DEFAULT, "__lsan_do_leak_check") != NULL;
}

void aw__stack_load(void)
{
	aw__resident_load();
	if (is_under_sanitizer())
		own_frames = MOST_OWN_FRAMES;
}

/* The first call of backtrace() loads a library. */
void aw__stack_warm_up(void)
{
	void *frames[4];

	backtrace(frames, 4);
}

static const uint64_t *numbers_of(uint32_t id, uint32_t *ret_count)
{
	const struct aw__box_entry *entry;

	*ret_count = 0;
	if (id == 0 || (uint64_t)id * 8 >= AW__LOAD_ACQUIRE(aw__header()->arena_end))
		return NULL;
	entry = (const struct aw__box_entry *)(aw__arena() + (uint64_t)id * 8);
	if (entry->kind != AW__STACK)
		return NULL;
	*ret_count = entry->number_count;
	return (const uint64_t *)(entry + 1);
}

/*
 * Set the stack's link, where the stack continues. Tasks that each create their own successor would make a chain
 * without end: so a stack whose link has the same frames gets the link of that one, and is marked as repeating; and
 * a chain has at most MOST_LINKS links. Its depth is in the flags' upper bits.
 */
static void join(uint64_t *numbers, uint32_t frame_count, uint32_t link)
{
	uint32_t count;
	const uint64_t *other = numbers_of(link, &count);
	uint64_t depth;

	numbers[AW__STACK_LINK] = 0;
	if (other == NULL)
		return;
	depth = (other[AW__STACK_FLAGS] >> 8) + 1;
	if (frame_count > 0 && count == frame_count + AW__STACK_FRAMES &&
	    memcmp(other + AW__STACK_FRAMES, numbers + AW__STACK_FRAMES,
		   frame_count * sizeof(uint64_t)) == 0) {
		numbers[AW__STACK_LINK] = other[AW__STACK_LINK];
		numbers[AW__STACK_FLAGS] |= AW__STACK_REPEATS | (other[AW__STACK_FLAGS] >> 8 << 8) |
					    (other[AW__STACK_FLAGS] & AW__STACK_LINK_CUT);
	} else if (depth >= MOST_LINKS) {
		numbers[AW__STACK_FLAGS] |= AW__STACK_LINK_CUT;
	} else {
		numbers[AW__STACK_LINK] = link;
		numbers[AW__STACK_FLAGS] |= depth << 8;
	}
}

/* Most stacks are in the arena already, and so are their modules. */
uint32_t aw__stack_intern(uint64_t *numbers, uint32_t frame_count, uint32_t link, uint64_t flags)
{
	uint32_t id;

	numbers[AW__STACK_FLAGS] = flags;
	join(numbers, frame_count, link);
	id = aw__intern_find(AW__STACK, numbers, AW__STACK_FRAMES + frame_count);
	if (__builtin_expect(id != 0, 1))
		return id;
	aw__modules_know(numbers + AW__STACK_FRAMES, frame_count);
	return aw__intern(AW__STACK, numbers, AW__STACK_FRAMES + frame_count, NULL, 0);
}

uint32_t aw__stack_before_recording(uint32_t known)
{
	uint64_t numbers[AW__ENTRY_NUMBERS] = { 0 };
	uint32_t count, id;
	const uint64_t *stack = numbers_of(known, &count);

	if (stack != NULL)
		memcpy(numbers, stack, count * sizeof(uint64_t));
	else
		count = AW__STACK_FRAMES;
	numbers[AW__STACK_FLAGS] |= AW__STACK_BEFORE_RECORDING;
	id = aw__intern_find(AW__STACK, numbers, count);
	return id != 0 ? id : aw__intern(AW__STACK, numbers, count, NULL, 0);
}

uint32_t aw__stack_capture(uint32_t link, const void *from)
{
	const uint32_t depth = AW__OPTION(stack_depth);
	uint64_t numbers[AW__STACK_FRAMES + AW__STACK_MOST_FRAMES + MOST_OWN_FRAMES];
	uint64_t *frames = numbers + AW__STACK_FRAMES;
	uint32_t found, first = 0, count;
	bool by_rules;

	if (depth == 0)
		return 0;
	found = aw__walk(__builtin_frame_address(0), frames, depth + own_frames);
	/* There are rules only for code that is never unloaded: its addresses need no marks. */
	by_rules = found > 0;
	if (__builtin_expect(!by_rules, 0))
		found = (uint32_t)backtrace((void **)(void *)frames, (int)(depth + own_frames));
	while (first < found && first < own_frames && frames[first] != (uintptr_t)from)
		first++;
	if (first == found || first == own_frames)
		first = 0;
	count = found - first < depth ? found - first : depth;
	if (__builtin_expect(!by_rules, 0))
		aw__modules_mark(frames + first, count);
	/* The numbers before the first frame overwrite the agent's own frames. */
	return aw__stack_intern(numbers + first, count, link,
				first + count < found ? AW__STACK_CUT : 0);
}

/* The index of `address` among the frames, from `at` on; `count`: it is not there. */
static uint32_t find_frame(const uint64_t *frames, uint32_t at, uint32_t count, const void *address)
{
	while (at < count && frames[at] != (uintptr_t)address)
		at++;
	return at;
}

/* frames[i] is where the callee of frame i returns to: so the function that returns to frames[i] has frame i - 1. */
uint32_t aw__stack_between(uint32_t link, const struct aw__stack_bounds *bounds)
{
	const uint32_t depth = AW__OPTION(stack_depth);
	uint64_t numbers[AW__STACK_FRAMES + AW__STACK_MOST_FRAMES + MOST_OWN_FRAMES];
	uint64_t *frames = numbers + AW__STACK_FRAMES;
	uint32_t found, first, end, from;
	bool by_rules, is_cut;

	if (depth == 0)
		return 0;
	found = aw__walk(__builtin_frame_address(0), frames, AW__STACK_MOST_FRAMES + own_frames);
	by_rules = found > 0;
	if (!by_rules)
		found = (uint32_t)backtrace((void **)(void *)frames,
					    (int)(AW__STACK_MOST_FRAMES + own_frames));
	first = find_frame(frames, 0, found < own_frames ? found : own_frames, bounds->caller);
	if (first == found || first == own_frames)
		first = 0;
	from = find_frame(frames, first, found, bounds->from);
	if (from < found)
		first = from;
	end = find_frame(frames, first, found, bounds->until);
	is_cut = end == found && found == AW__STACK_MOST_FRAMES + own_frames;
	if (end < found)
		end = end > first ? end - 1 : first;
	if (end == first)
		return link != AW_NONE ? link : AW_STACK_NONE;
	if (end - first > depth) {
		end = first + depth;
		is_cut = true;
	}
	if (!by_rules)
		aw__modules_mark(frames + first, end - first);
	return aw__stack_intern(numbers + first, end - first, link, is_cut ? AW__STACK_CUT : 0);
}

uint32_t aw__stack_suspended(uint32_t link, const struct aw_agent_registers *registers)
{
	const uint32_t depth = AW__OPTION(stack_depth);
	uint64_t numbers[AW__STACK_FRAMES + AW__STACK_MOST_FRAMES + 1];
	uint32_t found, count;
	bool whole;

	if (depth == 0)
		return 0;
	found = aw__walk_from(
		(uint64_t)(uintptr_t)registers->pc, (uint64_t)(uintptr_t)registers->sp,
		(uint64_t)(uintptr_t)registers->fp, numbers + AW__STACK_FRAMES, depth + 1, &whole);
	if (found == 0)
		return 0;
	count = found < depth ? found : depth;
	return aw__stack_intern(numbers, count, link,
				(count < found ? AW__STACK_CUT : 0) |
					(whole ? 0 : AW__STACK_UNWALKED));
}
