/* SPDX-License-Identifier: MIT */
/*
 * Implements `awry run`, which starts the command, reads from the processes that connect until the last one has ended,
 * prints findings as they arrive, and exits as the command did, or with 66 for --fail-on.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "viewer/cli/run.h"
#include "viewer/cli/viewer_host.h"

/* How long other processes of the run may still send events after the command has ended. */
#define GRACE_NS 500000000u

static size_t poll_all(struct aw__run *run, int timeout_ms)
{
	struct pollfd fds[AW__RUN_MAX_PROCESSES + AW__RUN_OWN_FDS];
	size_t count = aw__run_fds(run, fds, AW__RUN_OWN_FDS);

	for (size_t i = 0; i < run->count; i++)
		if (run->processes[i]->connected)
			fds[count++] = (struct pollfd){ .fd = aw__source_fd(
								run->processes[i]->session.source),
							.events = POLLIN };
	return poll(fds, count, timeout_ms) > 0 ? count : 0;
}

static size_t serve(struct aw__run *run)
{
	size_t connected = 0;

	aw__child_forward(&run->child);
	aw__run_accept(run);
	aw__run_output_read(&run->output, true);
	for (size_t i = 0; i < run->count; i++) {
		if (run->processes[i]->connected)
			aw__run_hear(run, run->processes[i]);
		connected += run->processes[i]->connected;
	}
	return connected;
}

static void watch(struct aw__run *run)
{
	uint64_t ended_ns = 0;

	aw__child_forward_interrupts(&run->child);
	for (;;) {
		size_t connected;

		poll_all(run, run->child.pid_fd < 0 || run->child.ended ? 20 : -1);
		aw__child_check(&run->child);
		connected = serve(run);
		if (!run->child.ended)
			continue;
		if (ended_ns == 0) {
			ended_ns = aw__clock_monotonic_ns();
			aw__run_find_left(run);
		}
		/* what was written to a terminal may come out of it a moment later */
		if ((connected == 0 && run->output.fd < 0 && run->left_count == 0) ||
		    aw__clock_monotonic_ns() - ended_ns > GRACE_NS)
			return;
	}
}

static int end(const struct aw__run *run)
{
	const struct aw__session *sessions[AW__RUN_MAX_PROCESSES];
	struct aw__run_end result = {
		.gating = &run->arguments->gating,
		.sourcing = &run->arguments->sourcing,
		.reports = run->arguments->reports,
		.report_count = run->arguments->report_count,
		.force = run->arguments->force,
		.at_the_end = run->arguments->at_the_end,
		.command = run->arguments->command,
		.left = run->left_count,
		.succeeded = WIFEXITED(run->child.status) && WEXITSTATUS(run->child.status) == 0,
		.sessions = sessions,
		.count = run->count,
	};

	for (size_t i = 0; i < run->count; i++)
		sessions[i] = run->processes[i]->complete != NULL ? run->processes[i]->complete
								  : &run->processes[i]->session;
	if (run->ignored > 0)
		aw__cli_warn("%" PRIu64 " more processes were not recorded: at most %d are",
			     run->ignored, AW__RUN_MAX_PROCESSES);
	return aw__run_end(&result);
}

/*
 * Print what the exit status cannot tell: the signal that ended the command, or its own status if --fail-on replaces
 * it.
 */
static void tell_end(const struct aw__run *run, int status)
{
	const int ended = run->child.status;
	const char *command = run->arguments->command[0];
	char instead[48] = "", name[AW__SIGNAL_NAME_BYTES];

	if (status != -1)
		snprintf(instead, sizeof(instead), "; the exit status is %d instead", status);
	if (WIFSIGNALED(ended))
		aw__cli_warn("%s: killed by %s (%s)%s%s", command,
			     aw__cli_signal_name(WTERMSIG(ended), name), strsignal(WTERMSIG(ended)),
			     WCOREDUMP(ended) ? ", core dumped" : "", instead);
	else if (status != -1 && WEXITSTATUS(ended) != 0 && WEXITSTATUS(ended) != status)
		aw__cli_warn("%s: exited with %d%s", command, WEXITSTATUS(ended), instead);
}

static int start_and_watch(struct aw__run *run)
{
	const char *trace = run->arguments->trace != NULL ? run->arguments->trace_path : NULL;
	struct aw__problem problem;
	int status = AW__EXIT_FAILED;

	if (trace != NULL)
		aw__run_trace_begin(trace);
	run->output = (struct aw__run_output){ .fd = -1, .terminal = -1 };
	if (!run->arguments->tui || aw__run_output_open(&run->output, &problem))
		status = aw__child_start(&run->child, run->arguments->command, run->listener.path,
					 trace, run->output.terminal, &problem);
	aw__run_output_started(&run->output);
	if (status != 0) {
		aw__listener_close(&run->listener);
		aw__run_output_close(&run->output);
		aw__cli_fail("%s", problem.text);
		return status;
	}
	if (run->arguments->tui)
		aw__run_show(run);
	watch(run);
	aw__run_output_close(&run->output);
	aw__listener_close(&run->listener);
	aw__run_look_for_silent(run);
	if (trace != NULL)
		aw__run_finish_traces(run);
	aw__run_look_for_held(run);
	aw__run_tell_left(run);
	status = end(run);
	tell_end(run, status);
	for (size_t i = 0; i < run->count; i++) {
		if (run->processes[i]->complete != NULL)
			aw__session_close(run->processes[i]->complete);
		aw__alloc_free(run->processes[i]->complete);
		aw__session_close(&run->processes[i]->session);
		aw__alloc_free(run->processes[i]);
	}
	/*
	 * Remove the boxes of the run: everything in them was read, and later they would look like those of a crash.
	 */
	if (WIFEXITED(run->child.status))
		aw__source_remove_left((uint32_t)run->child.pid, run->child.start_ticks);
	return status != -1 ? status : aw__child_exit(&run->child);
}

int aw__command_run(int argc, char **argv)
{
	struct aw__run_arguments arguments;
	struct aw__run run = { .arguments = &arguments };
	struct aw__problem problem;
	int status;

	aw__run_parse(argc, argv, &arguments);
	if (arguments.tui && !aw__viewer_host_is_possible())
		status = aw__cli_fail("--tui needs a terminal on stdin and stdout");
	else if (!aw__run_can_write(&arguments, &problem) ||
		 !aw__listener_open(&run.listener, &problem))
		status = aw__cli_fail("%s", problem.text);
	else
		status = start_and_watch(&run);
	aw__option_gate_finish(&arguments.gating);
	return status;
}
