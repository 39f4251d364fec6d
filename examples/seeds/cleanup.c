/* SPDX-License-Identifier: MIT */
/* `finally`: the resource is released whether the work failed or not. */
#include <awry.h>

#include <stdio.h>

static aw_error *acquire(void)
{
	printf("Resource: Acquiring...\n");
	AW_TRY(aw_sleep(AW_MS(50)));
	printf("Resource: Acquired\n");
	return NULL;
}

static aw_error *release(void)
{
	printf("Resource: Releasing...\n");
	AW_TRY(aw_sleep(AW_MS(50)));
	printf("Resource: Released\n");
	return NULL;
}

static aw_error *do_work(void)
{
	printf("Resource: Working...\n");
	AW_TRY(aw_sleep(AW_MS(100)));
	return aw_raise(aw_RuntimeError, "Work failed!");
}

static aw_error *amain(void *arg, void **ret)
{
	aw_error *err = acquire();

	if (err == NULL)
		err = do_work();
	if (aw_error_is(err, aw_RuntimeError)) {
		printf("Error: %s\n", aw_error_message(err));
		err = aw_error_unref(err);
	}
	return aw_raise_in(err, release()); /* either may be NULL */
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
