/* SPDX-License-Identifier: MIT */
/*
 * A loop whose iterations take known times at least: SHORT of a millisecond, MIDDLE of 20, LONG of 150.
 *
 *	laggard [stay]
 *
 * It says "done", and ends; or waits to be killed. Each sleeps first: so each is an iteration of its own.
 */
#include <awry.h>

#include <stdio.h>
#include <string.h>

#define SHORT  40
#define MIDDLE 10
#define LONG   2

static aw_error *take(int times, aw_ns length_ns)
{
	for (int i = 0; i < times; i++) {
		aw_ns end_ns;

		AW_TRY(aw_sleep(AW_MS(1)));
		end_ns = aw_now() + length_ns;
		while (aw_now() < end_ns)
			;
	}
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	AW_TRY(take(SHORT, AW_MS(1)));
	AW_TRY(take(MIDDLE, AW_MS(20)));
	AW_TRY(take(LONG, AW_MS(150)));
	AW_TRY(aw_sleep(AW_MS(1)));
	printf("done\n");
	fflush(stdout);
	return arg != NULL ? aw_sleep(AW_SEC(600)) : NULL;
}

int main(int argc, char **argv)
{
	void *stay = argc > 1 && strcmp(argv[1], "stay") == 0 ? argv[1] : NULL;

	return aw_exit_status(aw_run_with(AW_RUN_OPTS(.label = "laggard"), amain, stay, NULL));
}
