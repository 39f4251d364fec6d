/* SPDX-License-Identifier: MIT */
/*
 * The exercise: five tasks in a group, some fail in several ways; all errors are logged, and a summary is printed.
 *
 * The document uses random numbers; its twins use fixed ones, so that they can be compared. Its TimeoutError hides the
 * built-in one: here it is a separate type, too. A task that is cancelled because a sibling failed is in no list, as
 * CancelledError is not an Exception.
 */
#include <awry.h>

#include <stdio.h>

enum { TASKS = 5 };

static AW_ERROR_TYPE(APIError, aw_Exception);
static AW_ERROR_TYPE(TimeoutError, aw_Exception);

struct run {
	int id;
	double lot;
	aw_error *error;
	bool success;
};

static aw_error *unreliable_task(struct run *run)
{
	printf("INFO Task %d: starting\n", run->id);
	AW_TRY(aw_yield()); /* so that all end in the same iteration, even on a busy machine */
	if (run->lot < 0.2)
		return aw_raise(APIError, "Task %d: API error", run->id);
	if (run->lot < 0.4)
		return aw_raise(TimeoutError, "Task %d: Timeout", run->id);
	printf("INFO Task %d: success\n", run->id);
	return NULL;
}

static aw_error *run_with_tracking(void *arg, void **ret)
{
	struct run *run = arg;
	aw_error *err = unreliable_task(run);

	run->success = err == NULL;
	if (aw_error_is(err, aw_Exception))
		run->error = aw_error_ref(err);
	return err;
}

static aw_error *log_errors(aw_error *err, const aw_error_type *type, const char *title)
{
	aw_error *matched, *rest;

	aw_error_split(err, type, &matched, &rest);
	if (matched != NULL)
		printf("ERROR %s: %zu\n", title, aw_error_child_count(matched));
	for (size_t i = 0; i < aw_error_child_count(matched); i++)
		printf("ERROR   - %s\n", aw_error_message(aw_error_child(matched, i)));
	aw_error_unref(matched);
	return rest;
}

static void summarize(struct run *runs)
{
	int successes = 0, failures = 0;

	for (int i = 0; i < TASKS; i++) {
		successes += runs[i].success;
		failures += runs[i].error != NULL;
	}
	printf("\n=== Summary ===\nTotal: %d\nSuccess: %d\nFailed: %d\n", successes + failures,
	       successes, failures);
	if (failures > 0)
		printf("\nFailed tasks:\n");
	for (int i = 0; i < TASKS; i++) {
		if (runs[i].error != NULL)
			printf("  Task %d: %s - %s\n", i, aw_error_name(runs[i].error),
			       aw_error_message(runs[i].error));
		aw_error_unref(runs[i].error);
	}
}

static aw_error *amain(void *arg, void **ret)
{
	static const double lots[TASKS] = { 0.9, 0.1, 0.3, 0.5, 0.15 };
	struct run runs[TASKS] = { 0 };
	aw_group *group = aw_group_open(NULL);
	aw_error *err;

	for (int i = 0; i < TASKS; i++) {
		runs[i].id = i;
		runs[i].lot = lots[i];
		aw_group_spawn(group, run_with_tracking, &runs[i]);
	}
	err = aw_group_close(&group, NULL);
	err = log_errors(err, APIError, "API Errors");
	err = log_errors(err, TimeoutError, "Timeout Errors");
	err = log_errors(err, aw_Exception, "Other Errors");
	summarize(runs);
	return err;
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
