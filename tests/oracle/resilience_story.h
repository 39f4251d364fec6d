/* SPDX-License-Identifier: MIT */
/* Shared by the pairs about resilience: see resilience_twin.py. */
#ifndef ORACLE_RESILIENCE_STORY_H
#define ORACLE_RESILIENCE_STORY_H

#include "error_story.h"

#include <inttypes.h>

/* The time of a clock that jumps instead of waiting. */
static aw_ns story_ns;

static inline aw_ns story_now(void *arg)
{
	return story_ns;
}

static inline aw_error *story_sleep(aw_ns duration, void *arg)
{
	printf("sleep %" PRIu64 "\n", duration);
	story_ns += duration;
	return aw_yield();
}

static const aw_clock story_clock = { .now = story_now, .sleep = story_sleep };

/* Which calls fail; the last letter stands for all further calls. */
struct script {
	const char *calls;
	int count;
};

static inline aw_error *scripted(void *arg, void **ret)
{
	struct script *script = arg;
	size_t last = strlen(script->calls) - 1;
	char letter = script->calls[(size_t)script->count < last ? (size_t)script->count : last];
	char text[32];

	printf("call %d\n", ++script->count);
	snprintf(text, sizeof(text), "call %d", script->count);
	switch (letter) {
	case 'V':
		return aw_raise(aw_ValueError, "%s", text);
	case 'O':
		return aw_raise(aw_OSError, "%s", text);
	case 'T':
		return aw_raise(aw_TimeoutError, "%s", text);
	case 'K':
		return aw_raise_key(text);
	case 'C':
		return aw_raise(aw_CancelledError, "%s", text);
	case 'R':
		return aw_raise(aw_RuntimeError, "%s", text);
	case 'E':
		return aw_raise(aw_ConnectionRefusedError, "%s", text);
	default:
		*ret = AW_PTR(script->count);
		return NULL;
	}
}

static inline void print_outcome(aw_error *err, void *result)
{
	if (err == NULL)
		printf("result %d\n", (int)AW_INT(result));
	else
		tree(err, 0);
	aw_error_unref(err);
}

/* Retry, and print the result or the error with its attributes. */
static inline void retried(const struct aw_retry_options *options, const char *calls)
{
	struct script script = { calls, 0 };
	void *result = NULL;
	aw_error *err = aw_retry(options, scripted, &script, &result);
	int64_t attempt = aw_error_int(err, "attempt", 0);

	if (attempt != 0)
		printf("%d of %d\n", (int)attempt, (int)aw_error_int(err, "attempts", 0));
	print_outcome(err, result);
}

#endif
