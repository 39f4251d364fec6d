/* SPDX-License-Identifier: MIT */
/* An error is passed on to the awaiting coroutine, and is caught there: `except ValueError`. */
#include <awry.h>

#include <stdio.h>

static aw_error *might_fail(void *arg, void **ret)
{
	int n = (int)AW_INT(arg);

	AW_TRY(aw_sleep(AW_MS(50)));
	if (n == 2)
		return aw_raise(aw_ValueError, "Task %d failed!", n);
	*ret = "Task succeeded";
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	void *result;
	aw_error *err = aw_await(aw_call(might_fail, AW_PTR(2)), &result);

	if (aw_error_is(err, aw_ValueError)) {
		printf("Caught: %s\n", aw_error_message(err));
		err = aw_error_unref(err);
	}
	return err;
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
