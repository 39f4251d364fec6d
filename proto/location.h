/* SPDX-License-Identifier: MIT */
/*
 * Where black boxes and their sockets live, and whether the owner of one still does.
 *
 *	$AWRY_RUNTIME_DIR, or $XDG_RUNTIME_DIR/awry, or /dev/shm/awry-UID; 0700
 *	    PID-START-N.box    0600; START: field 22 of /proc/PID/stat, N: 0, or more after exec()
 *	    PID-START-N.sock   0600; where the owner serves viewers
 *	    run-PID.sock       0600; where `awry run` waits for the processes of its command
 */
#ifndef AW__LOCATION_H
#define AW__LOCATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/problem.h"

#define AW__LOCATION_PATH_BYTES 256u

struct aw__location {
	uint32_t pid;
	uint64_t start_ticks;
	uint32_t number;
};

enum aw__owner_state {
	AW__OWNER_ALIVE = 1,
	AW__OWNER_STOPPED,  /* by a signal or a debugger */
	AW__OWNER_REPLACED, /* by exec(): it runs another program, or ran one when last seen */
	AW__OWNER_GONE,	    /* the process has ended */
};

/** Whether the program that writes the box still runs. */
static inline bool aw__owner_runs(enum aw__owner_state state)
{
	return state == AW__OWNER_ALIVE || state == AW__OWNER_STOPPED;
}

/** The folder's path; nothing is created. Fails if it would be too long for a socket's address. */
bool aw__location_folder(char ret_path[AW__LOCATION_PATH_BYTES], struct aw__problem *problem);

/** `suffix` is "box", "sock", or "new" of a box that is still being made. */
bool aw__location_path(const struct aw__location *location, const char *suffix,
		       char ret_path[AW__LOCATION_PATH_BYTES], struct aw__problem *problem);

/** The same in a folder that aw__location_folder() named before; reads no environment. */
bool aw__location_path_in(const char *folder, const struct aw__location *location,
			  const char *suffix, char ret_path[AW__LOCATION_PATH_BYTES]);

/** Read a file's name (no folder). False if it is not a box's or, for "sock", a socket's. */
bool aw__location_parse(const char *name, const char *suffix, struct aw__location *ret);

/** The path of the socket of the `awry run` with that process id. False: it is too long. */
bool aw__location_run_socket(const char *folder, pid_t pid, char ret_path[AW__LOCATION_PATH_BYTES]);

/** Whether a file's name (no folder) is that of such a socket. */
bool aw__location_is_run_socket(const char *name);

/** Check a folder: of this user, not a link, and open to nobody else. */
bool aw__location_check_folder(const char *path, struct aw__problem *problem);

/** Field 22 of /proc/PID/stat; 0 if there is no such process. `ret_state` may be NULL. */
uint64_t aw__location_start_ticks(pid_t pid, char *ret_state);

/*
 * The lock: a box is locked (flock) for as long as somebody has it mapped: its owner, or a forked child that has no box of its own.
 * A mapping keeps the open file, and so the lock, when the descriptor is closed; not so on overlayfs, where the owner keeps
 * the descriptor. It tells across PID namespaces, and without /proc.
 */

/** Lock a box that was just made. `fd` may be closed when the box is mapped, if aw__location_is_locked() says so then. */
bool aw__location_lock(int fd);

/** Whether somebody has the box mapped. It must not be removed then. False for a file that cannot be opened. */
bool aw__location_is_locked(const char *box_path);

/** Identify the PID namespace of this process; 0: not known. */
uint64_t aw__location_namespace(void);

/** What became of the program that wrote the box at `box_path`. */
enum aw__owner_state aw__location_owner(const struct aw__location *location, const char *box_path);

#endif
