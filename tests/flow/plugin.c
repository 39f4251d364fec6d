/* SPDX-License-Identifier: MIT */
/* A plugin: a task that it makes fails, in a function that is called FAILS. Built twice, with names of one length. */
#include <awry.h>

__attribute__((visibility("default"))) aw_error *start(void);

static aw_error *FAILS(void *arg, void **ret)
{
	return aw_raise(aw_ValueError, "from the plugin");
}

aw_error *start(void)
{
	aw_task_unref(aw_spawn(FAILS, NULL));
	return aw_sleep(AW_MS(1));
}
