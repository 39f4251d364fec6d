/* SPDX-License-Identifier: MIT */
/*
 * The detectors, for the agent's thread: it calls each again and again, as often as it likes, and each records what it finds, once. They read
 * what the recorder keeps (the task table, the table of loops, and some tables of its own); the recorder knows nothing of them.
 */
#ifndef AW__DETECTORS_H
#define AW__DETECTORS_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/record/record.h"
#include "proto/item.h"

/** Let the recorder clear what the detectors remember, in a forked child and when the next recording begins. Call it once. */
void aw__detectors_register(void);

/** A loop that has been busy since before some moment, and of which nobody was told. */
struct aw__blocked {
	uint32_t loop; /* index in the loop table */
	uint64_t tid;
	uint64_t since_ns;
	uint64_t lasted_ns; /* until now */
};

/** The next loop after index `after` (start with -1) that is blocked now. */
bool aw__watch_blocked_next(int64_t after, uint64_t longer_than_ns, struct aw__blocked *ret);

/** An iteration that lasts so long is looked at for the first time. */
#define AW__FIRST_LOOK_NS(threshold_ns) ((threshold_ns) / 8)

/**
 * Whether the program itself has blocked the loop for as long as the threshold. `waited_ns`: how long its thread waited for a processor since the
 * first look, which came when the iteration had lasted `first_look_ns`. Of the time before that it is not known: it is not held against the
 * program if that look came late, since the agent's thread had no processor either, or if the thread waited after it, too.
 */
bool aw__watch_blocked_is_due(const struct aw__blocked *blocked, uint64_t threshold_ns,
			      uint64_t first_look_ns, uint64_t waited_ns);

/**
 * Record the finding, if that iteration still lasts. `stack` may be empty. `waited_ns`: at least so long its thread had no
 * processor.
 */
void aw__watch_blocked_finding(const struct aw__blocked *blocked,
			       const struct aw__blocked_stack *stack, uint64_t waited_ns);

/**
 * Tell of loops of which there is such a finding, and that are still blocked: when it lasts twice as long as was told last.
 * From one thread.
 */
void aw__watch_still_blocked(void);

/** What makes a finding of something that lasts; see proto/finding.c. */
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

/* ---- all from one thread; the cost of a look is bounded ---- */

/** A task that ended with an error which nobody has retrieved. */
struct aw__held {
	uint64_t task, error;
	uint64_t since_ns; /* when it ended */
	uint32_t slot;
};

#define AW__HELD_A_LOOK 64u /* the rest is found the next time */

struct aw__held_list {
	bool early; /* the caller's: those that are not due yet are wanted, too */
	bool due; /* false: they are no findings yet, but their errors are to be kept until they are */
	unsigned count;
	struct aw__held items[AW__HELD_A_LOOK];
};

/**
 * Tasks that are orphans, leaked or starved. Looks at a part of the table, and goes on there the next time.
 *
 * @param held  NULL: not this time. Else filled with those whose errors are held: the caller tells the errors again, and if they are
 *              due calls aw__watch_held_finding()
 */
void aw__watch_tasks(const struct aw__thresholds *thresholds, struct aw__held_list *held);
/** The program ends: every task from slot `from` on whose error is held. Returns the slot to go on with; 0: that was all. */
uint32_t aw__watch_held_at_end(uint32_t from, struct aw__held_list *ret_held);
/**
 * Put a record that was read from a ring into one of this thread's: an error, its note or attribute, a task's creation, a request to
 * cancel; the latter two in the form in which they stand beside findings. `due`: into the ring of findings, as that of an error that
 * nobody took.
 */
void aw__watch_held_put_again(const struct aw__event *event, bool due);
/** Record the finding held-error, unless somebody retrieved the error meanwhile. */
void aw__watch_held_finding(const struct aw__held *held);
/** Tasks that become more and more. Counts a part of the table, and goes on there the next time. */
void aw__watch_growth(const struct aw__thresholds *thresholds);
/** Tasks that keep their loop busy. */
void aw__watch_busy(const struct aw__thresholds *thresholds);
/** Tasks that go on after a cancellation. */
void aw__watch_cancels(uint64_t longest_ns);
/** Tasks that wait for each other. */
void aw__watch_deadlocks(uint64_t longest_ns);

#endif
