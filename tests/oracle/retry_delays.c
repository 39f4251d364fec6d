/* SPDX-License-Identifier: MIT */
/* The delays of aw_retry(): factor, cap, rounding, and jitter from given seeds. */
#include "resilience_story.h"

static void timed(const struct aw_retry_options *options)
{
	struct script script = { "V", 0 };
	aw_error *err;

	story_ns = 0;
	err = aw_retry(options, scripted, &script, NULL);
	printf("%d of %d\n", (int)aw_error_int(err, "attempt", 0),
	       (int)aw_error_int(err, "attempts", 0));
	aw_error_unref(err);
}

#define TIMED(...) timed(AW_RETRY_OPTS(.clock = &story_clock, __VA_ARGS__))

static aw_error *amain(void *arg, void **ret)
{
	static const uint64_t seeds[] = { 1, 2, 12345678901234567890u };

	TIMED(.attempts = 8);
	TIMED(.attempts = 12, .base_ns = AW_SEC(1));
	TIMED(.attempts = 6, .base_ns = 7, .factor = 1);
	TIMED(.attempts = 6, .base_ns = 1000, .factor = 3, .cap_ns = 50000);
	TIMED(.attempts = 5, .base_ns = AW_MS(1), .factor = 1.5);
	TIMED(.attempts = 4, .base_ns = AW_NO_DELAY);
	for (int i = 0; i < 3; i++) {
		TIMED(.attempts = 6, .base_ns = AW_SEC(1), .jitter = 0.5, .seed = seeds[i]);
		TIMED(.attempts = 5, .base_ns = AW_SEC(1), .jitter = 1, .seed = seeds[i]);
	}
	TIMED(.attempts = 9, .deadline = AW_SEC(1));
	TIMED(.attempts = 9, .base_ns = AW_SEC(1), .deadline = AW_SEC(7));
	TIMED(.attempts = 9, .base_ns = AW_SEC(1), .deadline = AW_SEC(7) - 1);
	return NULL;
}

ORACLE_MAIN
