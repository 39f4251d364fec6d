/* SPDX-License-Identifier: MIT */
/*
 * aw_retry() around a circuit breaker: attempts that fail and attempts that it refuses, the delays between them,
 * and the breaker's states.
 */
#include "resilience_story.h"

static void on_change(aw_breaker *breaker, enum aw_breaker_state state, void *arg)
{
	printf("breaker %s %u\n", aw_breaker_state_name(state), aw_breaker_failures(breaker));
}

static void story(const char *calls, unsigned int threshold, aw_ns recovery, unsigned int attempts,
		  const aw_error_type *const *types)
{
	struct script script = { calls, 0 };
	aw_breaker *breaker;

	story_ns = 0;
	breaker =
		aw_breaker_create(AW_BREAKER_OPTS(.clock = &story_clock, .threshold = threshold,
						  .recovery_ns = recovery, .on_change = on_change));
	for (int i = 0; i < 2; i++) {
		void *result = NULL;
		aw_error *err = aw_retry(AW_RETRY_OPTS(.clock = &story_clock, .breaker = breaker,
						       .attempts = attempts, .types = types),
					 scripted, &script, &result);

		if (err != NULL)
			printf("%d of %d\n", (int)aw_error_int(err, "attempt", 0),
			       (int)aw_error_int(err, "attempts", 0));
		print_outcome(err, result);
		printf("%s %u\n", aw_breaker_state_name(aw_breaker_state(breaker)),
		       aw_breaker_failures(breaker));
	}
	aw_breaker_destroy(breaker);
}

static aw_error *amain(void *arg, void **ret)
{
	story("V", 2, AW_SEC(1), 6, NULL);
	story("VV.", 2, AW_MS(100), 6, NULL);
	story("VVOV.", 2, AW_MS(250), 4, NULL);
	story("O", 3, AW_SEC(1), 9, AW_TYPES(aw_OSError));
	return NULL;
}

ORACLE_MAIN
