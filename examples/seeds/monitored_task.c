/* SPDX-License-Identifier: MIT */
/*
 * A task that logs its progress.
 *
 * The document's logger writes "INFO:__main__:…" to stderr, and asyncio's own "Using selector: …"; both twins write
 * only the tasks' lines, to stdout.
 */
#include <awry.h>

#include <stdio.h>

static void log_line(const char *level, const char *name, const char *what)
{
	printf("%s:__main__:Task %s: %s\n", level, name, what);
}

static aw_error *monitored_task(void *arg, void **ret)
{
	const char *name = arg;
	aw_error *err;

	log_line("INFO", name, "starting");
	err = aw_sleep(AW_MS(100));
	if (err == NULL)
		log_line("INFO", name, "completed");
	else if (aw_error_is(err, aw_CancelledError))
		log_line("WARNING", name, "cancelled");
	else
		log_line("ERROR", name, aw_error_message(err));
	return err;
}

static aw_error *amain(void *arg, void **ret)
{
	aw_group *group;

	printf("INFO:__main__:Starting main\n");
	group = aw_group_open(NULL);
	aw_group_spawn(group, monitored_task, "A");
	aw_group_spawn(group, monitored_task, "B");
	AW_TRY(aw_group_close(&group, NULL));
	printf("INFO:__main__:All tasks complete\n");
	return NULL;
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
