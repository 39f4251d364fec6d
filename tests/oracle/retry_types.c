/* SPDX-License-Identifier: MIT */
/* Which errors aw_retry() retries: by type, and by a classifier that also sets the delay. */
#include "resilience_story.h"

static enum aw_retry_verdict classify(const aw_error *err, unsigned int attempt, aw_ns *io_delay,
				      void *arg)
{
	printf("classify %s %u %" PRIu64 "\n", aw_error_name(err), attempt, *io_delay);
	if (aw_error_is(err, aw_RuntimeError))
		return AW_RETRY_STOP;
	*io_delay = aw_error_is(err, aw_KeyError) ? 5 : *io_delay * 2;
	return AW_RETRY_AGAIN;
}

#define OPTS(...) AW_RETRY_OPTS(.clock = &story_clock, __VA_ARGS__)

static aw_error *amain(void *arg, void **ret)
{
	retried(OPTS(.types = AW_TYPES(aw_OSError)), "OV");
	retried(OPTS(.types = AW_TYPES(aw_OSError, aw_KeyError)), "OTE.");
	retried(OPTS(.types = AW_TYPES(aw_LookupError)), "V");
	retried(OPTS(.types = AW_TYPES(aw_LookupError, aw_ValueError)), "KKV.");
	retried(OPTS(.classify = classify), "VKR.");
	retried(OPTS(.classify = classify, .attempts = 3), "VVV");
	retried(OPTS(.classify = classify, .types = AW_TYPES(aw_KeyError)), "VK.");
	return NULL;
}

ORACLE_MAIN
