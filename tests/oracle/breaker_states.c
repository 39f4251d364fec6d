/* SPDX-License-Identifier: MIT */
/*
 * A circuit breaker's states over a scripted series of calls: when it opens, refuses, tries again and closes, and
 * the attributes of its refusal.
 */
#include "resilience_story.h"

static void on_change(aw_breaker *breaker, enum aw_breaker_state state, void *arg)
{
	printf("breaker %s %u\n", aw_breaker_state_name(state), aw_breaker_failures(breaker));
}

static void through(aw_breaker *breaker, struct script *script)
{
	void *result = NULL;
	aw_error *err = aw_breaker_call(breaker, scripted, script, &result);

	if (aw_error_is(err, aw_CircuitBreakerOpenError))
		printf("%" PRId64 " %" PRId64 "\n", aw_error_int(err, "since", -1),
		       aw_error_int(err, "until", -1));
	print_outcome(err, result);
	printf("%s %u %d\n", aw_breaker_state_name(aw_breaker_state(breaker)),
	       aw_breaker_failures(breaker), (int)aw_breaker_since(breaker));
}

#define BREAKER(...)                                                                               \
	aw_breaker_create(                                                                         \
		AW_BREAKER_OPTS(.clock = &story_clock, .on_change = on_change, __VA_ARGS__))

static aw_error *amain(void *arg, void **ret)
{
	static const int steps[] = {
		1, 1, 1, 1, 1, 1, 30, 1, 0, 5, 31, 0, 0, 31, 1, 1, 1, 1, 1, 40
	};
	struct script script = { "V.VVV.VV..VVV", 0 };
	aw_breaker *breaker = BREAKER(.threshold = 3, .recovery_ns = 30);

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		story_ns += (aw_ns)steps[i];
		through(breaker, &script);
	}
	aw_breaker_destroy(breaker);
	story_ns = 0;
	breaker = BREAKER(.threshold = 2, .recovery_ns = 10, .expected = aw_OSError);
	script = (struct script){ "OVKOCOVCO.", 0 };
	for (int i = 0; i < 14; i++) {
		story_ns += 4;
		through(breaker, &script);
	}
	aw_breaker_destroy(breaker);
	breaker = BREAKER(.name = NULL);
	script = (struct script){ "R", 0 };
	for (int i = 0; i < 7; i++)
		through(breaker, &script);
	aw_breaker_destroy(breaker);
	return NULL;
}

ORACLE_MAIN
