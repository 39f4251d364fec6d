/* SPDX-License-Identifier: MIT */
/*
 * Return codes of subprocesses: exits, signals, several waiters, terminate() and kill(), and a wait that is
 * cancelled.
 */
#include "net.h"

#include <awry/compose.h>

#include <signal.h>

static const char *const SLEEP[] = { "sleep", "100", NULL };

static aw_error *wait(void *arg, void **ret)
{
	int code = 0;

	AW_TRY(aw_process_wait(arg, &code));
	*ret = AW_PTR(code);
	return NULL;
}

static aw_error *run(const char *command)
{
	aw_process *process = NULL;
	void *codes[2];
	int code = 99, again = 99;

	AW_TRY(aw_process_shell(NULL, command, &process));
	AW_TRY(aw_gather(codes, aw_call(wait, process), aw_call(wait, process)));
	aw_process_returncode(process, &code);
	AW_TRY(aw_process_wait(process, &again));
	printf("%s [%d, %d] %d %d %s\n", command, (int)AW_INT(codes[0]), (int)AW_INT(codes[1]),
	       code, again, truth(aw_process_pid(process) > 0));
	aw_process_unref(process);
	return NULL;
}

static aw_error *send_and_wait(int signal)
{
	aw_process *process = NULL;
	int code = 99;

	AW_TRY(aw_process_exec(NULL, SLEEP, &process));
	puts(aw_process_returncode(process, &code) ? "ended" : "None");
	if (signal == SIGTERM)
		end(aw_process_terminate(process));
	else if (signal == SIGKILL)
		end(aw_process_kill(process));
	else
		end(aw_process_send_signal(process, signal));
	AW_TRY(aw_process_wait(process, &code));
	printf("%d\n", code);
	end(aw_process_terminate(process));
	end(aw_process_kill(process));
	end(aw_process_send_signal(process, SIGUSR2));
	aw_process_unref(process);
	return NULL;
}

static aw_error *cancel(void)
{
	aw_process *process = NULL;
	aw_task *task;
	aw_error *err;
	int code = 99;

	AW_TRY(aw_process_exec(NULL, SLEEP, &process));
	task = aw_spawn(wait, process);
	AW_TRY(aw_sleep(AW_MS(10)));
	aw_task_cancel(task, "not so long");
	err = aw_await(task, NULL);
	aw_task_unref(task);
	if (aw_error_is(err, aw_CancelledError))
		printf("cancelled %s %s\n", aw_error_message(err),
		       aw_process_returncode(process, NULL) ? "ended" : "None");
	aw_error_unref(err);
	AW_TRY(aw_process_kill(process));
	AW_TRY(aw_process_wait(process, &code));
	printf("%d\n", code);
	aw_process_unref(process);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	AW_TRY(run("exit 0"));
	AW_TRY(run("exit 3"));
	AW_TRY(run("exit 255"));
	AW_TRY(run("kill -TERM $$"));
	AW_TRY(run("kill -9 $$"));
	AW_TRY(run("kill -SEGV $$"));
	AW_TRY(send_and_wait(SIGTERM));
	AW_TRY(send_and_wait(SIGKILL));
	AW_TRY(send_and_wait(SIGUSR1));
	AW_TRY(send_and_wait(SIGHUP));
	return cancel();
}

ORACLE_MAIN
