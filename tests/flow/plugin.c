/* SPDX-License-Identifier: MIT */
/* A plugin that creates a task, which fails in the function FAILS. Built twice, with names of the same length. */
#include <awry.h>
#include <errno.h>
#include <stdlib.h>

__attribute__((visibility("default"))) aw_error *start(void);

static aw_error *FAILS(void *arg, void **ret)
{
	return aw_raise(aw_ValueError, "from the plugin");
}

aw_error *start(void)
{
	errno = EXDEV;
	aw_task_unref(aw_spawn(FAILS, NULL)); /* the agent looks up the modules of its stack */
	if (errno != EXDEV)
		exit(3); /* not an error: its type would be used after the plugin is unloaded */
	return aw_sleep(AW_MS(1));
}
