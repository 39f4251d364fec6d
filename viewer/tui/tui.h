/* SPDX-License-Identifier: MIT */
/*
 * The viewer in a terminal.
 *
 * The caller is the viewer's host: it owns the shown processes (a model for each, and its source). Through the
 * callbacks below the viewer has the host update the models, and then draws. No model changes between two calls of
 * pump().
 *
 * Models and views do not depend on a terminal: a view draws into a grid of cells (grid.h), which screen.c, the only
 * file that uses ncurses, puts on the screen; a key is a number (keys.h).
 */
#ifndef AW__TUI_H
#define AW__TUI_H

#include <poll.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "base/problem.h"
#include "base/source_line.h"
#include "viewer/model/model.h"

#define AW__TUI_PROCESSES 256 /* the most that are shown */

enum aw__tui_pumped {
	AW__TUI_MORE,	/* items were ingested, and there are more: call again */
	AW__TUI_WAIT,	/* no more items now: wait for the descriptors */
	AW__TUI_END,	/* no more items will come */
	AW__TUI_FAILED, /* the same, because of `problem`, which is shown */
};

/** One shown process, owned by the host. */
struct aw__tui_process {
	const struct aw__model *model;
	struct aw__source_files *files; /* provides source lines; NULL: none are shown */
	bool recorded; /* "now" is its last event; otherwise it is the clock until its end */
	bool ended;    /* no more items of it will come */
	void *arg;     /* owned by the host */
};

#define AW__TUI_BUCKETS 1024

/** Counts of one slice of time. */
struct aw__tui_bucket {
	uint64_t events;
	uint64_t findings, errors, losses; /* of `events` */
	uint64_t live;	 /* tasks alive at its end; 0: unknown if there was no event */
	uint64_t lag_ns; /* the longest block of a loop that ended in it */
};

struct aw__tui_timeline {
	uint64_t first_ns, last_ns; /* monotonic; 0: nothing has happened */
	uint64_t bucket_ns;	    /* the width of a slice; the first begins at first_ns */
	struct aw__tui_bucket buckets[AW__TUI_BUCKETS];
};

/** The shown part of an event. */
struct aw__tui_event {
	enum aw__event_kind kind;
	uint32_t thread;
	uint64_t time_ns;
	uint64_t subject;
	uint64_t args[AW__EVENT_ARGS];
};

#define AW__TUI_NOW UINT64_MAX

/** A process that the user can open. */
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
	/* Fill in the descriptors to poll after WAIT. Returns their number. */
	size_t (*poll)(void *arg, struct pollfd *fds, size_t most);
	/* Ingest the items that there are, for a few milliseconds at most. */
	enum aw__tui_pumped (*pump)(void *arg, struct aw__problem *problem);
	/*
	 * Append the details of a group of findings: lines of text, with SGR sequences
	 * (\x1b[1;31m) and no other control characters. The first call may be slow.
	 */
	void (*describe)(const struct aw__tui_process *process, const struct aw__found_group *group,
			 bool ascii, struct aw__buffer *out);

	/* Counts of events over time, as far as they are known. */
	void (*timeline)(const struct aw__tui_process *process,
			 struct aw__tui_timeline *ret_timeline);
	/* The first `most` events between two times, both included. */
	size_t (*events)(const struct aw__tui_process *process, uint64_t from_ns, uint64_t to_ns,
			 struct aw__tui_event *ret_events, size_t most);
	/*
	 * Show a process as of a time (AW__TUI_NOW: the present); its model may be replaced. Returns
	 * false, and changes nothing, if that is impossible; `problem` says why.
	 */
	bool (*seek)(const struct aw__tui_process *process, uint64_t time_ns,
		     struct aw__problem *problem);

	/*
	 * List the processes that the user can open. NULL: not supported. May take some milliseconds;
	  * called once a second, while the list is shown.
	 */
	size_t (*list)(void *arg, struct aw__tui_listed *ret_listed, size_t most);
	/* Attach to a listed process. */
	bool (*attach)(void *arg, uint64_t id, struct aw__problem *problem);

	/* The output of the watched command, at least its newest part. NULL: there is none. */
	const char *(*output)(void *arg, size_t *ret_length);
};

/**
 * Run the viewer until the user quits.
 *
 * The terminal is restored on return, and when a signal ends the program. Uses stdin, stdout, and the signals SIGINT,
 * SIGTERM, SIGHUP and SIGWINCH. The caller must have called setlocale().
 *
 * Returns false if there is no usable terminal; `problem` says why.
 */
bool aw__tui_run(const struct aw__tui_host *host, struct aw__problem *problem);

#endif
