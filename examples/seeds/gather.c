/* SPDX-License-Identifier: MIT */
/*
 * gather() with the first error only, and with all outcomes.
 *
 * The document says that the first error cancels the others. It does not, neither in CPython nor here: task 3 goes
 * on, and its result is dropped. A task group cancels.
 */
#include <awry.h>

#include <stdio.h>

static aw_error *task(void *arg, void **ret)
{
	int n = (int)AW_INT(arg);

	AW_TRY(aw_sleep(AW_MS(20) * (aw_ns)n));
	if (n == 2)
		return aw_raise(aw_ValueError, "Task %d failed!", n);
	if (n == 3)
		printf("task(3) was not cancelled\n");
	*ret = arg;
	return NULL;
}

static aw_error *first_error(void)
{
	void *results[3];
	aw_error *err = aw_gather(results, aw_call(task, AW_PTR(1)), aw_call(task, AW_PTR(2)),
				  aw_call(task, AW_PTR(3)));

	if (aw_error_is(err, aw_ValueError)) {
		printf("Error: %s\n", aw_error_message(err));
		err = aw_error_unref(err);
	}
	return err;
}

static aw_error *all_outcomes(void)
{
	aw_outcome outcomes[3];

	AW_TRY(aw_gather_all(outcomes, aw_call(task, AW_PTR(1)), aw_call(task, AW_PTR(2)),
			     aw_call(task, AW_PTR(3))));
	for (int i = 0; i < 3; i++) {
		if (aw_error_is(outcomes[i].error, aw_Exception))
			printf("Task %d: Error - %s\n", i + 1, aw_error_message(outcomes[i].error));
		else
			printf("Task %d: Success - %d\n", i + 1, (int)AW_INT(outcomes[i].result));
		aw_error_unref(outcomes[i].error);
	}
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	AW_TRY(first_error());
	return all_outcomes();
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
