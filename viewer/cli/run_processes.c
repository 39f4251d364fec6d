/* SPDX-License-Identifier: MIT */
/*
 * The processes of `awry run`: accepts those that connect, and at the end reads the black boxes of those that
 * ended without closing their stream.
 */
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "viewer/cli/run.h"

static struct aw__run_process *aw__run_add(struct aw__run *run, struct aw__source *source_take)
{
	struct aw__run_process *process;
	char name[32];

	if (run->count == AW__RUN_MAX_PROCESSES) {
		run->ignored++;
		aw__source_close(source_take);
		return NULL;
	}
	process = aw__alloc_must_zeroed(1, sizeof(*process));
	snprintf(name, sizeof(name), "process %zu", run->count + 1);
	aw__session_init(&process->session, name, source_take);
	process->follower.allow = run->arguments->gating.allow;
	process->follower.recorded = run->arguments->trace != NULL;
	process->connected = source_take != NULL;
	run->processes[run->count++] = process;
	return process;
}

void aw__run_accept(struct aw__run *run)
{
	int fd;

	while ((fd = aw__listener_accept(&run->listener)) >= 0)
		aw__run_add(run, aw__source_adopt(fd));
}

void aw__run_print_new(const struct aw__run *run, struct aw__run_process *process)
{
	if (!run->arguments->at_the_end)
		aw__follower_print(&process->follower, &process->session, STDERR_FILENO);
}

/* Read the box of a process that ended without closing its stream. */
static void ingest_boxes(struct aw__session *session, uint32_t pid, uint64_t start_ticks)
{
	struct aw__source_box *boxes;
	struct aw__problem ignored;
	size_t count;

	if (!aw__source_list(&boxes, &count, &ignored))
		return;
	for (size_t i = 0; i < count; i++)
		if (boxes[i].location.pid == pid && boxes[i].location.start_ticks == start_ticks)
			aw__session_ingest_box(session, boxes[i].path);
	aw__alloc_free(boxes);
}

void aw__run_hear(const struct aw__run *run, struct aw__run_process *process)
{
	enum aw__source_status status = aw__session_drain(&process->session);

	if (status != AW__SOURCE_WAIT) {
		const struct aw__hello *hello = aw__model_hello(process->session.model);

		process->connected = false;
		if (hello != NULL && !aw__model_ended(process->session.model))
			ingest_boxes(&process->session, hello->pid, hello->process_start_ticks);
	}
	aw__run_print_new(run, process);
}

void aw__run_look_for_held(struct aw__run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		struct aw__run_process *process = run->processes[i];
		const struct aw__hello *hello = aw__model_hello(process->session.model);

		if (process->connected || hello == NULL || aw__model_ended(process->session.model))
			continue;
		ingest_boxes(&process->session, hello->pid, hello->process_start_ticks);
		aw__run_print_new(run, process);
	}
}

static bool knows(const struct aw__run *run, uint32_t pid)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct aw__hello *hello = aw__model_hello(run->processes[i]->session.model);

		if (hello != NULL && hello->pid == pid)
			return true;
	}
	return false;
}

void aw__run_look_for_silent(struct aw__run *run)
{
	struct aw__run_process *process;

	if (knows(run, (uint32_t)run->child.pid))
		return;
	process = aw__run_add(run, NULL);
	if (process == NULL)
		return;
	ingest_boxes(&process->session, (uint32_t)run->child.pid, run->child.start_ticks);
	aw__run_print_new(run, process);
}

/* Print findings that did not arrive over the connection, from the process's complete recording. */
static void print_missed(const struct aw__run *run, const struct aw__run_process *process,
			 const struct aw__session *complete)
{
	struct aw__follower follower = { .allow = run->arguments->gating.allow };

	if (run->arguments->at_the_end ||
	    aw__model_counts(process->session.model)->lost_important == 0)
		return;
	follower.known = process->session.model;
	aw__follower_print(&follower, complete, STDERR_FILENO);
}

/*
 * A process's recording is used if it is complete, since it has events that were not sent in time. For a killed process
 * its box has the last events; if a recording ends too early (a full disk), the connection has more.
 */
static void judge_recording(const struct aw__run *run, struct aw__run_process *process,
			    struct aw__run_recording *recording)
{
	struct aw__session *complete = recording->complete;
	const bool ended = aw__model_ended(complete->model);

	if (!ended && !recording->has_box && !aw__model_ended(process->session.model))
		ingest_boxes(complete, recording->pid, recording->start_ticks);
	if (ended || !aw__model_ended(process->session.model)) {
		print_missed(run, process, complete);
		process->complete = complete;
		return;
	}
	aw__session_close(complete);
	aw__alloc_free(complete);
}

void aw__run_finish_traces(const struct aw__run *run)
{
	struct aw__run_recording recordings[AW__RUN_MAX_PROCESSES] = { 0 };
	struct aw__run_process *owners[AW__RUN_MAX_PROCESSES];
	size_t count = 0;

	for (size_t i = 0; i < run->count; i++) {
		const struct aw__hello *hello = aw__model_hello(run->processes[i]->session.model);

		if (hello == NULL)
			continue;
		owners[count] = run->processes[i];
		recordings[count].pid = hello->pid;
		recordings[count++].start_ticks = hello->process_start_ticks;
	}
	aw__run_trace_finish(run->arguments->trace_path, recordings, count);
	for (size_t i = 0; i < count; i++)
		if (recordings[i].complete != NULL)
			judge_recording(run, owners[i], &recordings[i]);
}
