/* SPDX-License-Identifier: MIT */
/* A plugin: a task that it makes fails, in a function that is called FAILS. Built twice, with names of one length. */
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
	aw_task_unref(aw_spawn(FAILS, NULL)); /* the modules of its stack are looked for */
	if (errno != EXDEV)
		exit(3); /* an error of it would be looked at when the plugin is gone */
	return aw_sleep(AW_MS(1));
}
