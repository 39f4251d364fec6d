/* SPDX-License-Identifier: MIT */
/*
 * A program that makes one mistake, or does something correct that looks similar.
 *
 *	flow-findings CASE
 *
 * The cases are in the table at the end; those whose name begins with "fine" must have no finding.
 */
#include "findings.h"

#include <string.h>

aw_lock first, second;
aw_queue queue;
aw_future *never;
aw_task *kept;
aw_stream *open_stream;

aw_error *sleep_long(void *arg, void **ret)
{
	return aw_sleep(NOT_FOR_LONG);
}

static const struct {
	const char *name;
	aw_error *(*run)(void);
} cases[] = {
	{ "swallowed", case_swallowed },
	{ "goes-on", case_goes_on },
	{ "fine-clean-up", case_fine_clean_up },
	{ "fine-take-back", case_fine_take_back },
	{ "fine-raise", case_fine_raise },
	{ "fine-timeout", case_fine_timeout },
	{ "fine-group", case_fine_group },
	{ "fine-wait-for", case_fine_wait_for },
	{ "unhandled", case_unhandled },
	{ "fine-handled", case_fine_handled },
	{ "deadlock", case_deadlock },
	{ "short-deadlock", case_short_deadlock },
	{ "fine-ends-early", case_fine_ends_early },
	{ "for-ever", case_for_ever },
	{ "fine-same-order", case_fine_same_order },
	{ "fine-in-time", case_fine_in_time },
	{ "fine-slow-holder", case_fine_slow_holder },
	{ "holder-ended", case_holder_ended },
	{ "group-deadlock", case_group_deadlock },
	{ "all-wait", case_all_wait },
	{ "fine-thread-wakes", case_fine_thread_wakes },
	{ "fine-thread-fails", case_fine_thread_fails },
	{ "orphan", case_orphan },
	{ "leaked", case_leaked },
	{ "fine-kept", case_fine_kept },
	{ "fine-left", case_fine_left },
	{ "fine-told", case_fine_told },
	{ "fine-creator-lives", case_fine_creator_lives },
	{ "fine-member", case_fine_member },
	{ "growing", case_growing },
	{ "fine-pool", case_fine_pool },
	{ "kept", case_kept },
	{ "fine-list", case_fine_list },
	{ "unclosed", case_unclosed },
	{ "fine-closed", case_fine_closed },
	{ "held", case_held },
	{ "held-until-the-end", case_held_until_the_end },
	{ "held-late", case_held_late },
	{ "held-and-lost", case_held_and_lost },
	{ "held-for-ever", case_held_for_ever },
	{ "held-but-awaited", case_held_but_awaited },
	{ "fine-looked-at", case_fine_looked_at },
	{ "fine-held-by-gather", case_fine_held_by_gather },
	{ "left-timeout", case_left_timeout },
	{ "left-group", case_left_group },
	{ "left-all", case_left_all },
	{ "left-lock", case_left_lock },
	{ "fine-handed-over", case_fine_handed_over },
	{ "fine-blocks", case_fine_blocks },
	{ "fine-by-hand", case_fine_by_hand },
	{ "fine-still-open", case_fine_still_open },
	{ "busy", case_busy },
	{ "swallowed-group", case_swallowed_group },
	{ "fine-timed-out", case_fine_timed_out },
	{ "fine-some-work", case_fine_some_work },
	{ "fine-two-work", case_fine_two_work },
	{ "starved", case_starved },
	{ "blocked", case_blocked },
};

static aw_error *amain(void *arg, void **ret)
{
	aw_error *err;

	aw_lock_init(&first);
	aw_lock_init(&second);
	aw_queue_init(&queue, 0);
	never = aw_future_create();
	err = ((aw_error * (*)(void)) arg)();
	aw_future_unref(never);
	aw_queue_finish(&queue);
	aw_lock_finish(&second);
	aw_lock_finish(&first);
	return err;
}

int main(int argc, char **argv)
{
	int status = 2;

	for (size_t i = 0; argc == 2 && i < sizeof(cases) / sizeof(cases[0]); i++)
		if (strcmp(cases[i].name, argv[1]) == 0)
			status = aw_exit_status(aw_run(amain, (void *)cases[i].run, NULL));
	aw_stream_unref(open_stream);
	return status;
}
