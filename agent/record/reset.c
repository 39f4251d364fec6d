/* SPDX-License-Identifier: MIT */
/* Clears the tables that are about one box, for box.c (the next recording) and writer.c (a forked child). */
#include "agent/record/reset.h"

#include <stddef.h>

#include "agent/record/hook_tables.h"

/* Tables that hooks write to. */
static void (*const own[])(void) = { aw__cancels_reset, aw__kept_reset, aw__shares_reset };

static struct aw__reset *registered;

void aw__reset_register(struct aw__reset *reset)
{
	reset->next = registered;
	registered = reset;
}

static void clear(bool forked)
{
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		own[i]();
	for (const struct aw__reset *reset = registered; reset != NULL; reset = reset->next)
		if (forked || !reset->only_after_fork)
			reset->clear();
}

void aw__reset_after_fork(void)
{
	clear(true);
}

void aw__reset_for_next_recording(void)
{
	clear(false);
}
