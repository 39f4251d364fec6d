/* SPDX-License-Identifier: MIT */
/*
 * A program of libawry that starts and stops recording twice during its run.
 *
 *	again FOLDER           its tasks are created before the first recording
 *	again FOLDER early     its tasks are created during the first recording
 *	again FOLDER loop      a loop is opened after the first recording, which must not start another one
 *
 * It records FOLDER/0.awry and FOLDER/1.awry, and writes the epochs.
 */
#include <awry.h>
#include <awry/agent.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *folder;
static aw_future *never;
static aw_future *second; /* has a result when the second recording has begun */

static bool start(unsigned n)
{
	char trace[4096];

	snprintf(trace, sizeof(trace), "%s/%u.awry", folder, n);
	return aw_agent_start_with(AW_AGENT_OPTS(.runtime = "again", .trace = trace,
						 .no_stderr = true, .steps = true, .orphan_ms = 1,
						 .starved_ms = 50, .held_s = 1));
}

static aw_task *tasks[16]; /* referenced, so that no task is an orphan */
static unsigned task_count;

static aw_task *named(const char *name, aw_task *task)
{
	aw_task_set_name(task, name);
	tasks[task_count++] = task;
	return task;
}

static void let_go(void)
{
	while (task_count > 0)
		aw_task_unref(tasks[--task_count]);
	aw_future_unref(never);
	aw_future_unref(second);
}

static aw_error *reader(void *arg, void **ret)
{
	return aw_await_future(never, ret);
}

static aw_error *sleeper(void *arg, void **ret)
{
	return aw_sleep(AW_SEC(3600));
}

static aw_error *failing(void *arg, void **ret)
{
	AW_TRY(aw_await_future(second, NULL));
	AW_TRY(aw_sleep(AW_MS(300)));
	return aw_raise(aw_ValueError, "of the group");
}

/* A member fails while its group waits for the others, which end late: only the group holds the error. */
static aw_error *stubborn(void *arg, void **ret)
{
	aw_error *err = aw_sleep(AW_SEC(3600));

	aw_error_unref(err);
	return aw_sleep(AW_MS(1500));
}

static aw_error *long_one(void *arg, void **ret)
{
	return aw_sleep(AW_SEC(3600));
}

static aw_error *group(void *arg, void **ret)
{
	AW_WITH_GROUP(members, NULL) {
		aw_group_spawn(members, failing, NULL);
		aw_group_spawn(members, stubborn, NULL);
		AW_TRY(aw_sleep(AW_SEC(3600)));
	}
	return NULL;
}

/* The same with a gather that returns errors when all its members have ended. */
static aw_error *gather(void *arg, void **ret)
{
	struct aw_outcome outcomes[2];
	aw_error *err = aw_gather_all(outcomes, aw_call(failing, NULL), aw_call(long_one, NULL));

	for (unsigned i = 0; i < 2 && err == NULL; i++)
		aw_error_unref(outcomes[i].error);
	return err;
}

static aw_error *ended(void *arg, void **ret)
{
	return NULL;
}

static aw_error *child(void *arg, void **ret)
{
	return aw_sleep(AW_SEC(3600));
}

static aw_error *parent(void *arg, void **ret)
{
	AW_TRY(aw_await_future(second, NULL));
	AW_TRY(aw_sleep(AW_MS(250)));
	named("child", aw_spawn(child, NULL));
	return aw_sleep(AW_SEC(3600));
}

static aw_error *spinner(void *arg, void **ret)
{
	for (;;)
		AW_TRY(aw_sleep(AW_MS(1)));
}

static aw_error *amain(void *arg, void **ret)
{
	const bool early = arg != NULL;
	aw_task *grouped;
	void *result;

	if (early && !start(0))
		return aw_raise(aw_RuntimeError, "not recorded");
	never = aw_future_create();
	second = aw_future_create();
	named("reader", aw_spawn(reader, NULL));
	named("sleeper", aw_spawn(sleeper, NULL));
	named("parent", aw_spawn(parent, NULL));
	named("spinner", aw_spawn(spinner, NULL));
	named("gather", aw_spawn(gather, NULL));
	named("ended", aw_spawn(ended, NULL));
	grouped = named("group", aw_spawn(group, NULL));
	AW_TRY(aw_sleep(AW_MS(50)));
	if (!early && !start(0))
		return aw_raise(aw_RuntimeError, "not recorded");
	printf("%u ", aw_agent_epoch());
	AW_TRY(aw_sleep(AW_MS(100)));
	aw_agent_stop();
	AW_TRY(aw_sleep(AW_MS(20)));
	if (!start(1))
		return aw_raise(aw_RuntimeError, "not recorded");
	printf("%u\n", aw_agent_epoch());
	named("soon", aw_spawn(child, NULL)); /* before the loop wakes up */
	AW_TRY(aw_future_set_result(second, NULL));
	aw_error_unref(aw_await_task(grouped, &result));
	AW_TRY(aw_sleep(AW_MS(1200))); /* the gather holds the failed member's error */
	aw_agent_stop();
	let_go();
	return NULL;
}

static aw_error *nothing(void *arg, void **ret)
{
	return aw_sleep(AW_MS(1));
}

int main(int argc, char **argv)
{
	int status;

	if (argc < 2)
		return 2;
	folder = argv[1];
	if (argc > 2 && strcmp(argv[2], "loop") == 0) {
		aw_agent_start("again");
		aw_agent_stop();
		status = aw_exit_status(aw_run(nothing, NULL, NULL));
		printf("%u %d\n", aw_agent_epoch(), aw_agent_on());
		return status;
	}
	return aw_exit_status(aw_run(amain, argc > 2 ? argv[2] : NULL, NULL));
}
