/* SPDX-License-Identifier: MIT */
/* The command of `awry run`: started with debug mode on, in the same terminal and process group. */
#ifndef AW__CLI_RUN_CHILD_H
#define AW__CLI_RUN_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/problem.h"

struct aw__child {
	pid_t pid;
	int pid_fd;
	int signal_fd; /* the signals to forward: SIGTERM, SIGHUP; later SIGINT, SIGQUIT */
	uint64_t start_ticks;
	bool ended;
	int status; /* of waitpid(), once it ended */
};

/**
 * Start `argv`; `connect_to` is the socket's path, `trace` NULL or the trace's. `terminal` (-1: none) becomes its
 * standard streams.
 *
 * Returns 0, or the exit status that a shell uses for the failure; `problem` says why.
 */
int aw__child_start(struct aw__child *ret_child, char **argv, const char *connect_to,
		    const char *trace, int terminal, struct aw__problem *problem);
/** Forward the signals that arrived. */
void aw__child_forward(const struct aw__child *child);
/** Forward SIGINT and SIGQUIT, too, from now on: until then the viewer handles them. */
void aw__child_forward_interrupts(const struct aw__child *child);
/** Check whether it has ended. */
void aw__child_check(struct aw__child *child);
/** Returns its exit status, or ends this process by its signal. */
int aw__child_exit(const struct aw__child *child);

#endif
