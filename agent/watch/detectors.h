/* SPDX-License-Identifier: MIT */
/*
 * The detectors, for the agent's thread: it calls each again and again, as often as it likes, and each records what it finds, once. They read
 * the recorder's tables (of tasks, of loops, and those of hook_tables.h); the recorder does not depend on them.
 */
#ifndef AW__DETECTORS_H
#define AW__DETECTORS_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/record/record.h"
#include "proto/item.h"

/** Let the recorder clear what the detectors remember, in a forked child and when the next recording begins. Call it once. */
void aw__detectors_register(void);

/** A loop that has been busy for some time, and has no finding yet. */
struct aw__blocked {
	uint32_t loop; /* index in the loop table */
	uint64_t tid;
	uint64_t since_ns;
	uint64_t lasted_ns; /* until now */
};

/** The next loop after index `after` (start with -1) that has been busy for `longer_than_ns`, and has no finding yet. False: there is none. */
bool aw__watch_blocked_next(int64_t after, uint64_t longer_than_ns, struct aw__blocked *ret);

/** How long an iteration has lasted when it is looked at for the first time. */
#define AW__FIRST_LOOK_NS(threshold_ns) ((threshold_ns) / 8)

/**
 * Whether the program itself has blocked the loop for as long as the threshold. `waited_ns`: how long the loop's thread waited for a processor since
 * the first look, which came when the iteration had lasted `first_look_ns`. How long it waited before that look is not known: the time before
 * does not count if the look came late, since the agent's thread had no processor either, or if the loop's thread waited after it, too.
 */
bool aw__watch_blocked_is_due(const struct aw__blocked *blocked, uint64_t threshold_ns,
			      uint64_t first_look_ns, uint64_t waited_ns);

/**
 * Record the finding, if that iteration still lasts. `stack` may be empty. `waited_ns`: how long, at least, the loop's thread
 * waited for a processor.
 */
void aw__watch_blocked_finding(const struct aw__blocked *blocked,
			       const struct aw__blocked_stack *stack, uint64_t waited_ns);

/**
 * Record of each loop that has such a finding, and is still blocked, how long it has been: whenever that is twice as long as
 * was recorded last. Called from one thread only.
 */
void aw__watch_still_blocked(void);

/** How long something must last to be a finding; see proto/finding.c. */
struct aw__thresholds {
	uint64_t blocked_ns;
	uint64_t cancel_ns;
	uint64_t deadlock_ns;
	uint64_t orphan_ns;
	uint64_t leaked_ns;
	uint64_t held_ns;
	uint64_t starved_ns;
	uint64_t busy_ns;
	uint64_t busy_percent;
};

/* ---- called from one thread only; the cost of a look is bounded ---- */

/** A task that ended with an error which nobody has retrieved. */
struct aw__held {
	uint64_t task, error;
	uint64_t since_ns; /* when it ended */
	uint32_t slot;
};

#define AW__HELD_A_LOOK 64u /* the rest is found the next time */

struct aw__held_list {
	bool early; /* set by the caller: list those that are not due yet, too */
	bool due;   /* false: no findings yet, but their errors must be kept until they are */
	unsigned count;
	struct aw__held items[AW__HELD_A_LOOK];
};

/**
 * Find tasks that are orphaned, leaked or starved. Looks at a part of the table, and continues from there the next time.
 *
 * @param held  NULL: do not look for held errors. Else filled with tasks whose errors are held: the caller records the errors again and, if
 *              they are due, calls aw__watch_held_finding()
 */
void aw__watch_tasks(const struct aw__thresholds *thresholds, struct aw__held_list *held);
/** When the program ends: list the tasks from slot `from` on whose errors are held. Returns the slot to continue with; 0: that was all. */
uint32_t aw__watch_held_at_end(uint32_t from, struct aw__held_list *ret_held);
/**
 * Put a record that was read from a ring into a ring of this thread: an error, its note or attribute, a task's creation, a request to
 * cancel; the latter two in the form that they have beside findings. `due`: into the ring of findings, and an error is marked as one
 * that nobody retrieved.
 */
void aw__watch_held_put_again(const struct aw__event *event, bool due);
/** Record the finding held-error, unless somebody retrieved the error meanwhile. */
void aw__watch_held_finding(const struct aw__held *held);
/** Find tasks whose number keeps growing. Counts a part of the table, and continues from there the next time. */
void aw__watch_growth(const struct aw__thresholds *thresholds);
/** Find tasks that keep their loop busy. */
void aw__watch_busy(const struct aw__thresholds *thresholds);
/** Find tasks that go on after a cancellation. */
void aw__watch_cancels(uint64_t longest_ns);
/** Find tasks that wait for each other, and loops that nothing can wake. */
void aw__watch_deadlocks(uint64_t longest_ns);

#endif
