/* SPDX-License-Identifier: MIT */
/*
 * A loop with iterations of known minimum duration: SHORT of them 1 ms, MIDDLE 20 ms, LONG 150 ms.
 *
 *	laggard [stay | spin]
 *
 * It says "done", and ends; with stay, it waits to be killed. A sleep before each piece of work makes it an iteration of its own. The long
 * iterations are in a call that sleeps, which needs no processor, or (spin) compute like the others.
 */
#include <awry.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

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

static aw_error *block(int times, long length_ns)
{
	const struct timespec length = { .tv_nsec = length_ns };

	for (int i = 0; i < times; i++) {
		AW_TRY(aw_sleep(AW_MS(1)));
		nanosleep(&length, NULL);
	}
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	const bool stays = arg != NULL && strcmp(arg, "stay") == 0;
	const bool spins = arg != NULL && strcmp(arg, "spin") == 0;

	AW_TRY(take(SHORT, AW_MS(1)));
	AW_TRY(take(MIDDLE, AW_MS(20)));
	AW_TRY(spins ? take(LONG, AW_MS(150)) : block(LONG, 150000000));
	AW_TRY(aw_sleep(AW_MS(1)));
	printf("done\n");
	fflush(stdout);
	return stays ? aw_sleep(AW_SEC(600)) : NULL;
}

int main(int argc, char **argv)
{
	char *how = argc > 1 ? argv[1] : NULL;

	return aw_exit_status(aw_run_with(AW_RUN_OPTS(.label = "laggard"), amain, how, NULL));
}
