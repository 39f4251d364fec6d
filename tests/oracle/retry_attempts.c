/* SPDX-License-Identifier: MIT */
/* aw_retry() with scripted results: how many attempts are made, and how the last error lists the earlier ones. */
#include "resilience_story.h"

#define OPTS(...) AW_RETRY_OPTS(.clock = &story_clock, __VA_ARGS__)

static aw_error *amain(void *arg, void **ret)
{
	retried(OPTS(.attempts = 0), ".");
	retried(OPTS(.attempts = 0), "VO.");
	retried(OPTS(.attempts = 3), "VOT");
	retried(OPTS(.attempts = 1), "V");
	retried(OPTS(.attempts = 12), "VOTRVOTRVOTRV");
	retried(OPTS(.attempts = 5), "VVVV.");
	retried(OPTS(.attempts = 2), "K");
	retried(OPTS(.attempts = 0), "OC");
	retried(OPTS(.attempts = 0), "C");
	return NULL;
}

ORACLE_MAIN
