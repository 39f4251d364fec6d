/* SPDX-License-Identifier: MIT */
/* Graceful shutdown: a signal sets an event, and the workers end when it is set. The twins send the signal to themselves. */
#include <awry.h>

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

struct worker {
	const char *name;
	aw_event *stop;
};

static aw_error *wait_for_stop(void *arg, void **ret)
{
	return aw_event_wait(arg);
}

static void press_ctrl_c(void *arg)
{
	kill(getpid(), SIGINT);
}

static aw_error *work(void *arg, void **ret)
{
	struct worker *worker = arg;
	int rounds = 0;

	while (!aw_event_is_set(worker->stop)) {
		aw_error *err;

		printf("Worker %s: working...\n", worker->name);
		if (worker->name[0] == 'B' && ++rounds == 3)
			aw_call_soon(press_ctrl_c, NULL);
		err = aw_wait_for(aw_call(wait_for_stop, worker->stop), aw_now() + AW_MS(100),
				  NULL);
		if (aw_error_is(err, aw_TimeoutError))
			err = aw_error_unref(err); /* continue working */
		AW_TRY(err);
	}
	printf("Worker %s: shutting down gracefully\n", worker->name);
	return NULL;
}

static void signal_handler(void *arg)
{
	printf("\nReceived shutdown signal\n");
	aw_event_set(arg);
}

static aw_error *run_workers(aw_event *stop)
{
	struct worker workers[] = { { "A", stop }, { "B", stop } };
	aw_group *group;

	AW_TRY(aw_loop_add_signal_handler(aw_loop_current(), SIGINT, signal_handler, stop));
	group = aw_group_open(NULL);
	aw_group_spawn(group, work, &workers[0]);
	aw_group_spawn(group, work, &workers[1]);
	return aw_group_close(&group, NULL);
}

static aw_error *amain(void *arg, void **ret)
{
	aw_event stop;
	aw_error *err;

	aw_event_init(&stop);
	err = run_workers(&stop);
	aw_event_finish(&stop);
	if (err == NULL)
		printf("All workers stopped\n");
	return err;
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
