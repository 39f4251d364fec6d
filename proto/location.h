/* SPDX-License-Identifier: MIT */
/*
 * Paths of black boxes and their sockets, and the state of a box's owner.
 *
 *	$AWRY_RUNTIME_DIR, or $XDG_RUNTIME_DIR/awry, or /dev/shm/awry-UID; 0700
 *	    PID-START-N.box    0600; START: field 22 of /proc/PID/stat, N: 0, or more after exec()
 *	    PID-START-N.sock   0600; the owner accepts viewers there
 *	    run-PID.sock       0600; `awry run` waits there for the processes of its command
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

/** True if the program that writes the box still runs. */
static inline bool aw__owner_runs(enum aw__owner_state state)
{
	return state == AW__OWNER_ALIVE || state == AW__OWNER_STOPPED;
}

/** Get the folder's path; nothing is created. Fails if the path is too long for a socket's address. */
bool aw__location_folder(char ret_path[AW__LOCATION_PATH_BYTES], struct aw__problem *problem);

/** Get the path of a file. `suffix` is "box", "sock", or "new" for a box that is still being made. */
bool aw__location_path(const struct aw__location *location, const char *suffix,
		       char ret_path[AW__LOCATION_PATH_BYTES], struct aw__problem *problem);

/** The same in a folder that aw__location_folder() returned earlier; does not read the environment. */
bool aw__location_path_in(const char *folder, const struct aw__location *location,
			  const char *suffix, char ret_path[AW__LOCATION_PATH_BYTES]);

/** Parse a file's name (without folder). False if it is not the name of a file with that suffix. */
bool aw__location_parse(const char *name, const char *suffix, struct aw__location *ret);

/** Get the path of the socket of the `awry run` with that process id. False if it is too long. */
bool aw__location_run_socket(const char *folder, pid_t pid, char ret_path[AW__LOCATION_PATH_BYTES]);

/** True if a file's name (without folder) is that of a socket of `awry run`. */
bool aw__location_is_run_socket(const char *name);

/** Check a folder: it must be this user's, not a link, and closed to other users. */
bool aw__location_check_folder(const char *path, struct aw__problem *problem);

/** Field 22 of /proc/PID/stat; 0 if there is no such process. `ret_state` may be NULL. */
uint64_t aw__location_start_ticks(pid_t pid, char *ret_state);

/*
 * The lock: a box is locked (flock) as long as its owner, or a forked child that has no box of its own, has it mapped.
 * A mapping keeps the open file, and so the lock, when the descriptor is closed; except on overlayfs, where the owner keeps
 * the descriptor open. The lock works across PID namespaces, and without /proc.
 */

/** Lock a new box. After the box is mapped and `fd` is closed, check with aw__location_is_locked() that the lock remains. */
bool aw__location_lock(int fd);

/** True if the box is locked: its owner or a child has it mapped, and it must not be removed. False if it cannot be opened. */
bool aw__location_is_locked(const char *box_path);

/** Identify the PID namespace of this process; 0: unknown. */
uint64_t aw__location_namespace(void);

/** Get the state of the program that wrote the box at `box_path`. */
enum aw__owner_state aw__location_owner(const struct aw__location *location, const char *box_path);

#endif
