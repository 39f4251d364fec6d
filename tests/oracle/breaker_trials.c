/* SPDX-License-Identifier: MIT */
/*
 * How many concurrent calls a half-open circuit breaker lets through (`trials`), and how their outcomes close or
 * reopen it.
 */
#include "resilience_story.h"

struct story {
	aw_breaker *breaker;
	struct script script;
	aw_event gate;
};

struct call {
	struct story *story;
	int number;
};

static void on_change(aw_breaker *breaker, enum aw_breaker_state state, void *arg)
{
	printf("breaker %s %u\n", aw_breaker_state_name(state), aw_breaker_failures(breaker));
}

static aw_error *slow(void *arg, void **ret)
{
	struct story *story = arg;

	AW_TRY(aw_event_wait(&story->gate));
	return scripted(&story->script, ret);
}

static aw_error *one(void *arg, void **ret)
{
	struct call *call = arg;
	void *result = NULL;
	aw_error *err = aw_breaker_call(call->story->breaker, slow, call->story, &result);

	if (err == NULL)
		printf("%d %d\n", call->number, (int)AW_INT(result));
	else
		printf("%d %s %s\n", call->number, aw_error_name(err), aw_error_message(err));
	puts(aw_breaker_state_name(aw_breaker_state(call->story->breaker)));
	return err;
}

static void alone(struct story *story, int number)
{
	struct call call = { story, number };

	aw_error_unref(one(&call, NULL));
}

static aw_error *tell(unsigned int trials, const char *calls)
{
	struct story story = { .script = { calls, 0 } };
	struct call call[6];
	aw_task *tasks[6];

	story.breaker = aw_breaker_create(AW_BREAKER_OPTS(.clock = &story_clock, .threshold = 1,
							  .recovery_ns = 10, .trials = trials,
							  .on_change = on_change));
	aw_event_init(&story.gate);
	aw_event_set(&story.gate);
	alone(&story, 0);
	aw_event_clear(&story.gate);
	story_ns += 11;
	for (int i = 1; i < 6; i++) {
		call[i] = (struct call){ &story, i };
		tasks[i] = aw_spawn(one, &call[i]);
	}
	AW_TRY(aw_yield());
	aw_task_cancel(tasks[1], NULL);
	AW_TRY(aw_yield());
	aw_event_set(&story.gate);
	for (int i = 1; i < 6; i++) {
		aw_error_unref(aw_await(tasks[i], NULL));
		aw_task_unref(tasks[i]);
	}
	alone(&story, 6);
	aw_event_finish(&story.gate);
	aw_breaker_destroy(story.breaker);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	AW_TRY(tell(1, "V."));
	AW_TRY(tell(2, "V."));
	AW_TRY(tell(3, "V.V."));
	AW_TRY(tell(3, "V..."));
	return NULL;
}

ORACLE_MAIN
