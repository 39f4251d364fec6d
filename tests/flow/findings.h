/* SPDX-License-Identifier: MIT */
/* The cases of flow-findings, and their shared objects. */
#ifndef AW__TEST_FINDINGS_H
#define AW__TEST_FINDINGS_H

#include <awry.h>

#include <awry/sync.h>

#define NOT_FOR_LONG AW_MS(1500) /* several times the thresholds that the test sets */

/* Initialised for each case; the case sets `kept` and `open_stream`. */
extern aw_lock first, second;
extern aw_queue queue;
extern aw_future *never;
extern aw_task *kept;
extern aw_stream *open_stream;

static inline void drop(aw_error *err)
{
	aw_error_unref(err);
}

aw_error *sleep_long(void *arg, void **ret);

/* findings_cancel.c */
aw_error *case_swallowed(void);
aw_error *case_goes_on(void);
aw_error *case_fine_clean_up(void);
aw_error *case_fine_take_back(void);
aw_error *case_fine_raise(void);
aw_error *case_fine_timeout(void);
aw_error *case_fine_group(void);
aw_error *case_fine_wait_for(void);
aw_error *case_swallowed_group(void);
aw_error *case_fine_timed_out(void);
aw_error *case_unhandled(void);
aw_error *case_fine_handled(void);

/* findings_waits.c */
aw_error *case_deadlock(void);
aw_error *case_fine_same_order(void);
aw_error *case_for_ever(void);
aw_error *case_fine_in_time(void);
aw_error *case_short_deadlock(void);
aw_error *case_fine_ends_early(void);
aw_error *case_fine_slow_holder(void);
aw_error *case_holder_ended(void);
aw_error *case_group_deadlock(void);
aw_error *case_all_wait(void);
aw_error *case_fine_thread_wakes(void);
aw_error *case_fine_thread_fails(void);

/* findings_left.c */
aw_error *case_orphan(void);
aw_error *case_leaked(void);
aw_error *case_fine_kept(void);
aw_error *case_fine_left(void);
aw_error *case_fine_told(void);
aw_error *case_fine_creator_lives(void);
aw_error *case_fine_member(void);
aw_error *case_growing(void);
aw_error *case_fine_pool(void);
aw_error *case_kept(void);
aw_error *case_fine_list(void);
aw_error *case_unclosed(void);
aw_error *case_fine_closed(void);

/* findings_held.c */
aw_error *case_held(void);
aw_error *case_held_until_the_end(void);
aw_error *case_held_late(void);
aw_error *case_held_and_lost(void);
aw_error *case_held_for_ever(void);
aw_error *case_held_but_awaited(void);
aw_error *case_fine_looked_at(void);
aw_error *case_fine_held_by_gather(void);

/* findings_scopes.c */
aw_error *case_left_timeout(void);
aw_error *case_left_group(void);
aw_error *case_left_all(void);
aw_error *case_left_lock(void);
aw_error *case_fine_handed_over(void);
aw_error *case_fine_blocks(void);
aw_error *case_fine_by_hand(void);
aw_error *case_fine_still_open(void);

/* findings_processor.c */
aw_error *case_busy(void);
aw_error *case_fine_some_work(void);
aw_error *case_fine_two_work(void);
aw_error *case_starved(void);
aw_error *case_blocked(void);

#endif
