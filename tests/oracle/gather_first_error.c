/* SPDX-License-Identifier: MIT */
/* gather() and a child that fails: the first error is passed on, the other children go on; and return_exceptions. */
#include "oracle.h"

static aw_error *work(void *arg, void **ret)
{
	const int n = (int)AW_INT(arg);
	aw_error *err = aw_sleep(AW_MS(20) * (aw_ns)n);

	if (err != NULL) {
		printf("%d cancelled\n", n);
		return err;
	}
	if (n == 2)
		return aw_raise(aw_ValueError, "Task %d failed!", n);
	printf("%d done\n", n);
	*ret = arg;
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	void *results[3];
	aw_outcome outcomes[3];

	end(aw_gather(results, aw_call(work, AW_PTR(1)), aw_call(work, AW_PTR(2)),
		      aw_call(work, AW_PTR(3))));
	AW_TRY(aw_sleep(AW_MS(50)));
	AW_TRY(aw_gather(results, aw_call(work, AW_PTR(1)), aw_call(work, AW_PTR(3))));
	printf("[%d, %d]\n", (int)AW_INT(results[0]), (int)AW_INT(results[1]));
	AW_TRY(aw_gather_all(outcomes, aw_call(work, AW_PTR(1)), aw_call(work, AW_PTR(2)),
			     aw_call(work, AW_PTR(3))));
	for (int i = 0; i < 3; i++) {
		if (outcomes[i].error != NULL)
			end(outcomes[i].error);
		else
			printf("%d\n", (int)AW_INT(outcomes[i].result));
	}
	return NULL;
}

ORACLE_MAIN
