/* SPDX-License-Identifier: MIT */
/* Shared declarations of `awry run`. */
#ifndef AW__CLI_RUN_H
#define AW__CLI_RUN_H

#include <limits.h>
#include <poll.h>

#include "viewer/cli/run_child.h"
#include "viewer/cli/option_gate.h"
#include "viewer/cli/option_source.h"

/* Connections of more processes of a run than this are closed. */
#define AW__RUN_MAX_PROCESSES 256
/* Descriptors that are polled, beside those of the processes. */
#define AW__RUN_OWN_FDS 4
/* The most processes that are listed if they outlive the command. */
#define AW__RUN_MAX_LEFT 8
/* The most reports of one run. */
#define AW__RUN_MAX_REPORTS 16

/* One option --report. */
struct aw__run_wanted {
	const struct aw__report_format *format;
	const char *path; /* NULL: stderr, instead of the findings as they happen */
};

struct aw__run_arguments {
	struct aw__option_gate gating;
	struct aw__option_source sourcing;
	struct aw__run_wanted reports[AW__RUN_MAX_REPORTS];
	size_t report_count;
	bool at_the_end;   /* one of the reports goes to stderr */
	const char *trace; /* as given with -o; NULL: none */
	/* Absolute, since the command may change its folder before its agent opens the file. */
	char trace_path[PATH_MAX];
	bool force;
	bool tui;
	char *python; /* the interpreter of files and modules; NULL: python3 */
	char **words; /* the command as it was given */
	char **command;
};

/* One process that connected. */
struct aw__run_process {
	struct aw__session session;
	struct aw__session *complete; /* its recording (-o), used at the end; NULL: none */
	struct aw__follower follower;
	bool connected;
};

/* The output of the command while the viewer has the terminal: the command gets a terminal of its own. */
struct aw__run_output {
	int fd;			/* the output is read here; -1: the command has the real terminal */
	int terminal;		/* the command's end, until the command was started; -1: none */
	struct aw__buffer text; /* the newest output */
};

struct aw__run {
	struct aw__run_arguments *arguments;
	struct aw__listener listener;
	struct aw__child child;
	struct aw__run_output output;
	struct aw__run_process *processes[AW__RUN_MAX_PROCESSES];
	size_t count;
	uint64_t ignored;		 /* processes beyond the bound */
	uint32_t left[AW__RUN_MAX_LEFT]; /* processes that still run after the command */
	size_t left_count;
};

/* ---- run_options.c ---- */

/** Parse the command line; ends the program if it is invalid. */
void aw__run_parse(int argc, char **argv, struct aw__run_arguments *ret_arguments);
/** Check before the command runs whether the reports and the trace can be written. */
bool aw__run_can_write(struct aw__run_arguments *arguments, struct aw__problem *problem);

/* ---- run_processes.c ---- */

/** Accept processes that have connected. */
void aw__run_accept(struct aw__run *run);
/** Read a process's stream, and if that ended early, its box. */
void aw__run_hear(const struct aw__run *run, struct aw__run_process *process);
/** Print findings that were not printed yet, unless a report is printed at the end instead. */
void aw__run_print_new(const struct aw__run *run, struct aw__run_process *process);
/** Read the box of a command that ended before it sent anything. */
void aw__run_look_for_silent(struct aw__run *run);
/**
 * Read once more the boxes of processes that were still ending when their connection ended: they have the held errors
 * that were reported last.
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

/* ---- run_output.c ---- */

/** Make the terminal, as large as the real one. */
bool aw__run_output_open(struct aw__run_output *ret_output, struct aw__problem *problem);
/** The command was started and has its end of the terminal: close ours. */
void aw__run_output_started(struct aw__run_output *output);
/** Read the output that has arrived and keep it; with `through`, write it to stdout instead. */
void aw__run_output_read(struct aw__run_output *output, bool through);
void aw__run_output_close(struct aw__run_output *output);

/* ---- run_trace.c: the traces that the processes of `awry run -o PATH` wrote ---- */

/** Whether every % in a path begins %p, the process id, or %%, a percent sign. */
bool aw__run_trace_allowed(const char *path);

/**
 * Empty a file that the agent would not replace by itself: a compressed recording, or with --force any other file. The
 * caller has checked that it may be replaced (aw__output_allowed()).
 */
void aw__run_trace_begin(const char *path);

/* What a process of the run recorded. */
struct aw__run_recording {
	uint32_t pid;
	uint64_t start_ticks;
	/* its file, read completely; owned by the caller. NULL: there is no file */
	struct aw__session *complete;
	bool has_box; /* what its black box had was appended to the file */
};

/**
 * Complete the recordings of processes that were killed, from their black boxes. Compress the recordings, if the path ends in .zst, index the long ones, and read them. Prints which process wrote the
 * one at `path`, where the others are, and whether one was replaced: if processes use one path one after the other, only
 * the last recording stays.
 *
 * @param recordings  of the processes that recorded something; `complete` is filled
 */
void aw__run_trace_finish(const char *path, struct aw__run_recording *recordings, size_t count);

/* ---- run_end.c: summaries, reports, and the exit status ---- */

struct aw__run_end {
	const struct aw__option_gate *gating;
	struct aw__option_source *sourcing;
	const struct aw__run_wanted *reports;
	size_t report_count;
	bool force;	 /* reports may replace existing files */
	bool at_the_end; /* a report goes to stderr, instead of the findings as they happen */
	char *const *command;
	bool succeeded;			     /* the command exited with 0 */
	const struct aw__session **sessions; /* one for each process; some may be empty */
	size_t count;
	size_t left; /* number of processes that still run after the command */
};

/** Returns awry's exit status; -1: that of the command. */
int aw__run_end(const struct aw__run_end *end);

/* ---- run_unrecorded.c ---- */

/** The reason why nothing of a command was recorded, as the end of a sentence; never NULL. */
const char *aw__run_unrecorded_reason(char *const *argv);
/** Whether an argument, which may be a line for a shell, has the name of an interpreter among its words. */
bool aw__run_names_python(char *const *argv);

#endif
