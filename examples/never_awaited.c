/* SPDX-License-Identifier: MIT */
/*
 * A coroutine that is never awaited: the order is not stored, and there is no error.
 *
 *	awry run -- ./never_awaited
 */
#include <awry.h>

#include <stdio.h>

static aw_error *store(void *arg, void **ret)
{
	AW_TRY(aw_sleep(AW_MS(1)));
	printf("stored order %d\n", (int)AW_INT(arg));
	return NULL;
}

static aw_error *handle(void *arg, void **ret)
{
	if (AW_INT(arg) == 2)
		aw_call(store, arg); /* forgot to await it */
	else
		AW_TRY(aw_await(aw_call(store, arg), NULL));
	printf("handled order %d\n", (int)AW_INT(arg));
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	return aw_gather(NULL, aw_call(handle, AW_PTR(1)), aw_call(handle, AW_PTR(2)));
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
