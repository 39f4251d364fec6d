/* SPDX-License-Identifier: MIT */
/* Clears the tables that are about one box, for box.c (the next recording) and writer.c (a forked child). */
#include "agent/record/reset.h"

#include <stddef.h>

static struct aw__reset *registered;

void aw__reset_register(struct aw__reset *reset)
{
	reset->next = registered;
	registered = reset;
}

static void clear(bool forked)
{
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
