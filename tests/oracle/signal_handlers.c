/* SPDX-License-Identifier: MIT */
/*
 * Signal handlers of a loop: replacing and removing them, signals that cannot be handled, and a graceful end on
 * SIGTERM.
 */
#include "tell.h"

#include <signal.h>
#include <unistd.h>

static void on_signal(void *name)
{
	say("signal %s", (const char *)name);
}

CORO(worker)
{
	aw_error *err = aw_sleep(AW_SEC(10));

	say("worker cleans up %s", aw_error_message(err));
	return aw_raise_in(err, aw_yield());
}

static void terminate(void *task)
{
	say("terminating");
	aw_task_cancel(task, "SIGTERM");
}

static aw_error *replace_and_remove(aw_loop *loop)
{
	struct sigaction now;
	bool first;

	AW_TRY(aw_loop_add_signal_handler(loop, SIGUSR1, on_signal, "first"));
	AW_TRY(aw_loop_add_signal_handler(loop, SIGUSR1, on_signal, "second"));
	kill(getpid(), SIGUSR1);
	say("not at once");
	AW_TRY(aw_sleep(AW_MS(50)));
	first = aw_loop_remove_signal_handler(loop, SIGUSR1);
	say("%s %s", truth(first), truth(aw_loop_remove_signal_handler(loop, SIGUSR1)));
	sigaction(SIGUSR1, NULL, &now);
	say("%s", truth(now.sa_handler == SIG_DFL));
	return NULL;
}

CORO(amain)
{
	static const int refused[] = { 0, 65, SIGKILL };
	aw_loop *loop = aw_loop_current();
	aw_task *task;

	AW_TRY(replace_and_remove(loop));
	for (int i = 0; i < 3; i++)
		tell("refused", aw_loop_add_signal_handler(loop, refused[i], on_signal, "never"));
	task = aw_spawn(worker, NULL);
	AW_TRY(aw_loop_add_signal_handler(loop, SIGTERM, terminate, task));
	AW_TRY(aw_yield());
	kill(getpid(), SIGTERM);
	outcome("worker", task);
	AW_TRY(aw_loop_add_signal_handler(loop, SIGINT, on_signal, "interrupt"));
	kill(getpid(), SIGINT);
	AW_TRY(aw_sleep(AW_MS(50)));
	say("not interrupted %u", aw_task_cancelling(aw_task_current()));
	return NULL;
}

int main(void)
{
	aw_error *err = aw_run(amain, NULL, NULL);

	say("end");
	return aw_exit_status(err);
}
