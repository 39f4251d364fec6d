/* SPDX-License-Identifier: MIT */
/*
 * The public functions on a running subprocess: its id, streams and return code, waiting for it, and sending
 * signals.
 */
#include "agent/runtime/process/process.h"

#include <signal.h>

int aw_process_pid(const aw_process *process)
{
	return process->pid;
}

aw_stream *aw_process_stdin(aw_process *process)
{
	return process->streams[0];
}

aw_stream *aw_process_stdout(aw_process *process)
{
	return process->streams[1];
}

aw_stream *aw_process_stderr(aw_process *process)
{
	return process->streams[2];
}

bool aw_process_returncode(const aw_process *process, int *ret_code)
{
	if (process->exited && ret_code != NULL)
		*ret_code = process->code;
	return process->exited;
}

aw_error *aw_process_wait(aw_process *process, int *ret_code)
{
	if (!process->exited)
		AW_TRY(aw__waiter_wait(&process->waiters, AW_WAIT_PROCESS, process->id));
	if (ret_code != NULL)
		*ret_code = process->code;
	return NULL;
}

aw_error *aw_process_send_signal(aw_process *process, int signal)
{
	int status;

	/* libuv has not reaped the process before on_exit(): until then the pid is not reused */
	if (process->exited || process->loop == NULL)
		return aw_raise(aw_ProcessLookupError, NULL);
	status = uv_process_kill(&process->uv, signal);
	return status < 0 ? aw_error_from_uv(status, NULL) : NULL;
}

aw_error *aw_process_terminate(aw_process *process)
{
	return aw_process_send_signal(process, SIGTERM);
}

aw_error *aw_process_kill(aw_process *process)
{
	return aw_process_send_signal(process, SIGKILL);
}
