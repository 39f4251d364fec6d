/* SPDX-License-Identifier: MIT */
/* What the files of `awry run` share. */
#ifndef AW__CLI_RUN_H
#define AW__CLI_RUN_H

#include <limits.h>
#include <poll.h>

#include "viewer/cli/child.h"
#include "viewer/cli/gating.h"
#include "viewer/cli/run_end.h"
#include "viewer/cli/run_output.h"
#include "viewer/cli/sourcing.h"

/* Processes that the command started, beyond this many, are not listened to. */
#define AW__RUN_MAX_PROCESSES 256
/* Descriptors that are polled, beside those of the processes. */
#define AW__RUN_OWN_FDS 4
/* Processes that outlive the command: so many are named. */
#define AW__RUN_MAX_LEFT 8
/* Reports of one run. */
#define AW__RUN_MAX_REPORTS 16

struct aw__run_arguments {
	struct aw__gating gating;
	struct aw__sourcing sourcing;
	struct aw__run_wanted reports[AW__RUN_MAX_REPORTS];
	size_t report_count;
	bool at_the_end;   /* one of them goes to stderr */
	const char *trace; /* as it was asked for; NULL: none */
	/* Whole: the command may change its folder before its agent opens it. */
	char trace_path[PATH_MAX];
	bool force;
	bool tui;
	char **command;
};

/* One process that connected. */
struct aw__run_process {
	struct aw__session session;
	struct aw__session *complete; /* its recording (-o), which is judged instead; NULL: none */
	struct aw__follower follower;
	bool connected;
};

struct aw__run {
	struct aw__run_arguments *arguments;
	struct aw__listener listener;
	struct aw__child child;
	struct aw__run_output output;
	struct aw__run_process *processes[AW__RUN_MAX_PROCESSES];
	size_t count;
	uint64_t ignored;		 /* processes beyond the bound */
	uint32_t left[AW__RUN_MAX_LEFT]; /* that go on though the command has ended */
	size_t left_count;
};

/* ---- run_options.c ---- */

/** Ends the program if it is not a command line of `awry run`. */
void aw__run_parse(int argc, char **argv, struct aw__run_arguments *ret_arguments);
/** Whether the files that are wanted can be written, before the command runs. */
bool aw__run_can_write(struct aw__run_arguments *arguments, struct aw__problem *problem);

/* ---- run_processes.c ---- */

/** Accept processes that have connected. */
void aw__run_accept(struct aw__run *run);
/** Read a process's stream; if it ended early, its box. */
void aw__run_hear(const struct aw__run *run, struct aw__run_process *process);
/** Print findings that were not printed yet, unless a report is to come at the end instead. */
void aw__run_print_new(const struct aw__run *run, struct aw__run_process *process);
/** Read the box of a command that ended before it sent anything. */
void aw__run_look_for_silent(struct aw__run *run);
/**
 * Read once more the box of a process that was ending when its connection did: it has the held errors that were
 * reported last.
 */
void aw__run_look_for_held(struct aw__run *run);
void aw__run_finish_traces(const struct aw__run *run);

/* ---- run_left.c ---- */

/** Find processes that outlive the command: daemons. */
void aw__run_find_left(struct aw__run *run);
/** Print which of them still run, and where their recordings are. */
void aw__run_tell_left(struct aw__run *run);

/* ---- run_show.c ---- */

/** The run's own descriptors, to be polled; `arg` is a struct aw__run. Returns how many. */
size_t aw__run_fds(void *arg, struct pollfd *fds, size_t most);
/** Run the viewer until the user quits. */
void aw__run_show(struct aw__run *run);

#endif
