/* SPDX-License-Identifier: MIT */
/* Sessions in the full-screen viewer. */
#ifndef AW__CLI_VIEWER_HOST_H
#define AW__CLI_VIEWER_HOST_H

#include "viewer/cli/cli.h"
#include "viewer/cli/viewer_process.h"

struct aw__viewer_host {
	struct aw__viewer_process *items[AW__TUI_PROCESSES];
	size_t count;
	size_t turn; /* the process to be pumped first */
	/* Callbacks of the caller; all may be NULL. */
	void *arg;
	void (*look)(void *arg,
		     struct aw__viewer_host *host); /* before each pump: may add processes */
	size_t (*poll)(void *arg, struct pollfd *fds, size_t most);
	/* The list of processes, as in struct aw__tui_host; NULL: none. */
	void *list_arg;
	size_t (*list)(void *arg, struct aw__tui_listed *ret_listed, size_t most);
	bool (*attach)(void *arg, uint64_t id, struct aw__problem *problem);
	const char *(*output)(void *arg, size_t *ret_length); /* the output of a command */
	bool (*over)(void *arg); /* no process will be added any more */
};

/** True if stdin and stdout are a terminal on which the viewer can be shown. */
bool aw__viewer_host_is_possible(void);
/** Add a process; false if there are too many. `session` is borrowed, and outlives the host. */
bool aw__viewer_host_add(struct aw__viewer_host *host, struct aw__session *session);
/** Run the viewer until the user quits. Returns the exit status. */
int aw__viewer_host_run(struct aw__viewer_host *host);
void aw__viewer_host_finish(struct aw__viewer_host *host);

#endif
