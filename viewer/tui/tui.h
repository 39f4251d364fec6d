/* SPDX-License-Identifier: MIT */
/*
 * The viewer in a terminal.
 *
 * Whoever runs it is its host: it owns the processes that are looked at (a model each, and what it
 * comes from). The viewer asks it, by the callbacks below, to put into the models what has come, and
 * draws. Between two calls of pump() no model changes.
 *
 * Models and views know nothing of terminals: a view draws into a grid of cells (grid.h), which
 * screen.c, the only file that knows ncurses, puts on the screen; a key is a number (keys.h).
 */
#ifndef AW__TUI_H
#define AW__TUI_H

#include <poll.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "base/problem.h"
#include "base/source_line.h"
#include "viewer/model/model.h"

#define AW__TUI_PROCESSES 256 /* that are shown */

enum aw__tui_pumped {
	AW__TUI_MORE,	/* something went in, and there is more: call again */
	AW__TUI_WAIT,	/* nothing more now: wait for the descriptors */
	AW__TUI_END,	/* nothing more ever comes */
	AW__TUI_FAILED, /* the same, and `problem` says why; it is shown */
};

/** One process that is looked at; the host's. */
struct aw__tui_process {
	const struct aw__model *model;
	struct aw__source_files *files; /* where source lines come from; NULL: none are shown */
	bool recorded; /* its "now" is its last event; otherwise, until its end, the clock's */
	bool ended;    /* nothing more of it comes */
	void *arg;     /* the host's */
};

#define AW__TUI_BUCKETS 1024

/** What happened in one slice of time. */
struct aw__tui_bucket {
	uint64_t events;
	uint64_t findings, errors, losses; /* of them */
	uint64_t live;	 /* tasks alive at its end; 0: not known, if there was no event */
	uint64_t lag_ns; /* the longest that a loop was blocked, of what ended here */
};

struct aw__tui_timeline {
	uint64_t first_ns, last_ns; /* monotonic; 0: nothing has happened */
	uint64_t bucket_ns;	    /* the width of a slice; the first begins at first_ns */
	struct aw__tui_bucket buckets[AW__TUI_BUCKETS];
};

/** What is shown of an event. */
struct aw__tui_event {
	enum aw__event_kind kind;
	uint32_t thread;
	uint64_t time_ns;
	uint64_t subject;
	uint64_t args[AW__EVENT_ARGS];
};

#define AW__TUI_NOW UINT64_MAX

/** A process that could be looked at. */
struct aw__tui_listed {
	uint64_t id; /* for attach() */
	uint32_t pid;
	const char *state; /* "alive", "stopped", "gone", "replaced", "ended" */
	uint64_t tasks, findings, age_ns;
	char runtime[128];
	char program[256];
	bool attached;
};

struct aw__tui_host {
	void *arg;
	/* Processes are never removed; new ones are appended. */
	size_t (*count)(void *arg);
	const struct aw__tui_process *(*process)(void *arg, size_t index);
	/* Fill in what is to be polled after WAIT. Returns how many. */
	size_t (*poll)(void *arg, struct pollfd *fds, size_t most);
	/* Ingest what there is, but no more than takes a few milliseconds. */
	enum aw__tui_pumped (*pump)(void *arg, struct aw__problem *problem);
	/*
	 * Append everything about a group of findings: lines of text, with SGR sequences
	 * (\x1b[1;31m) for looks and no other control character. May be slow once.
	 */
	void (*describe)(const struct aw__tui_process *process, const struct aw__found_group *group,
			 bool ascii, struct aw__buffer *out);

	/* When what happened, as far as it is known. */
	void (*timeline)(const struct aw__tui_process *process,
			 struct aw__tui_timeline *ret_timeline);
	/* The first events, at most so many, from one moment to another, both included. */
	size_t (*events)(const struct aw__tui_process *process, uint64_t from_ns, uint64_t to_ns,
			 struct aw__tui_event *ret_events, size_t most);
	/*
	 * Show a process as of a moment (AW__TUI_NOW: as it is): its model may be another one then.
	 * Returns false, and leaves it, if that cannot be; `problem` says why.
	 */
	bool (*seek)(const struct aw__tui_process *process, uint64_t time_ns,
		     struct aw__problem *problem);

	/*
	 * List the processes that could be looked at, too. NULL: that is not offered. May take some
	 * milliseconds: it is asked once a second, while the list is shown.
	 */
	size_t (*list)(void *arg, struct aw__tui_listed *ret_listed, size_t most);
	/* Attach to one of them. */
	bool (*attach)(void *arg, uint64_t id, struct aw__problem *problem);

	/* What the command that is watched wrote, at least its newest part. NULL: there is none. */
	const char *(*output)(void *arg, size_t *ret_length);
};

/**
 * Show it until the user leaves.
 *
 * The terminal is as it was when this returns, and when a signal ends the program. Uses stdin and
 * stdout, and SIGINT, SIGTERM, SIGHUP, SIGWINCH while it runs. setlocale() was called before.
 *
 * Returns false if there is no terminal to show it on; `problem` says why.
 */
bool aw__tui_run(const struct aw__tui_host *host, struct aw__problem *problem);

#endif
