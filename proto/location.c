/* SPDX-License-Identifier: MIT */
/*
 * The runtime folder: paths of black boxes and sockets, checks of its owner and mode, and whether the process of a
 * box is alive, stopped, replaced or gone. Used by the agent and by the viewer.
 */
#include "proto/location.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "proto/blackbox.h"

/* "/4294967295-18446744073709551615-999.sock" and its NUL. */
#define NAME_BYTES 48u

static bool is_set(const char *value)
{
	return value != NULL && value[0] == '/';
}

bool aw__location_folder(char ret_path[AW__LOCATION_PATH_BYTES], struct aw__problem *problem)
{
	const size_t most = sizeof(((struct sockaddr_un *)0)->sun_path) - NAME_BYTES;
	const char *own = secure_getenv("AWRY_RUNTIME_DIR");
	const char *session = secure_getenv("XDG_RUNTIME_DIR");
	int length;

	if (own != NULL && own[0] != '\0' && own[0] != '/')
		return aw__problem_set(problem,
				       "AWRY_RUNTIME_DIR='%.100s': must be an absolute path", own);
	if (is_set(own))
		length = snprintf(ret_path, AW__LOCATION_PATH_BYTES, "%s", own);
	else if (is_set(session))
		length = snprintf(ret_path, AW__LOCATION_PATH_BYTES, "%s/awry", session);
	else
		length = snprintf(ret_path, AW__LOCATION_PATH_BYTES, "/dev/shm/awry-%lu",
				  (unsigned long)getuid());
	if (length < 0 || (size_t)length > most)
		return aw__problem_set(problem,
				       "%.100s…: a runtime folder's path has at most %zu bytes",
				       ret_path, most);
	return true;
}

bool aw__location_path_in(const char *folder, const struct aw__location *location,
			  const char *suffix, char ret_path[AW__LOCATION_PATH_BYTES])
{
	const int length = snprintf(ret_path, AW__LOCATION_PATH_BYTES,
				    "%s/%" PRIu32 "-%" PRIu64 "-%" PRIu32 ".%s", folder,
				    location->pid, location->start_ticks, location->number, suffix);

	return length > 0 && (size_t)length < AW__LOCATION_PATH_BYTES;
}

bool aw__location_path(const struct aw__location *location, const char *suffix,
		       char ret_path[AW__LOCATION_PATH_BYTES], struct aw__problem *problem)
{
	char folder[AW__LOCATION_PATH_BYTES];

	if (!aw__location_folder(folder, problem))
		return false;
	return aw__location_path_in(folder, location, suffix, ret_path) ||
	       aw__problem_set(problem, "%.100s…: too long", folder);
}

bool aw__location_parse(const char *name, const char *suffix, struct aw__location *ret)
{
	char again[NAME_BYTES + 16];
	struct aw__location location;

	if (sscanf(name, "%" SCNu32 "-%" SCNu64 "-%" SCNu32 ".", &location.pid,
		   &location.start_ticks, &location.number) != 3)
		return false;
	snprintf(again, sizeof(again), "%" PRIu32 "-%" PRIu64 "-%" PRIu32 ".%s", location.pid,
		 location.start_ticks, location.number, suffix);
	if (strcmp(name, again) != 0)
		return false;
	*ret = location;
	return true;
}

bool aw__location_run_socket(const char *folder, pid_t pid, char ret_path[AW__LOCATION_PATH_BYTES])
{
	const int length =
		snprintf(ret_path, AW__LOCATION_PATH_BYTES, "%s/run-%ld.sock", folder, (long)pid);

	return length > 0 && (size_t)length < AW__LOCATION_PATH_BYTES;
}

bool aw__location_is_run_socket(const char *name)
{
	char again[NAME_BYTES];
	uint32_t pid;

	if (sscanf(name, "run-%" SCNu32 ".", &pid) != 1)
		return false;
	snprintf(again, sizeof(again), "run-%" PRIu32 ".sock", pid);
	return strcmp(name, again) == 0;
}

bool aw__location_check_folder(const char *path, struct aw__problem *problem)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return aw__problem_set(problem, "%s: %s", path, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return aw__problem_set(problem, "%s: not a folder", path);
	if (st.st_uid != geteuid())
		return aw__problem_set(problem, "%s: belongs to user %lu, not to you", path,
				       (unsigned long)st.st_uid);
	if ((st.st_mode & 077) != 0)
		return aw__problem_set(problem, "%s: open to others (mode %03o); it must be 700",
				       path, (unsigned)(st.st_mode & 0777));
	return true;
}

uint64_t aw__location_start_ticks(pid_t pid, char *ret_state)
{
	char path[32], text[1024];
	unsigned long long ticks = 0;
	const char *after;
	size_t length;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	file = fopen(path, "re");
	if (file == NULL)
		return 0;
	length = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[length] = '\0';
	/* The program's name is in parentheses and may hold anything, parentheses too. */
	after = strrchr(text, ')');
	if (after == NULL || strlen(after) < 3)
		return 0;
	if (ret_state != NULL)
		*ret_state = after[2];
	if (sscanf(after + 3,
		   "%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
		   &ticks) != 1)
		return 0;
	return ticks;
}

bool aw__location_lock(int fd)
{
	/* A process that lists the folder may be testing the lock at this moment. */
	for (unsigned attempt = 0; attempt < 100; attempt++) {
		const struct timespec pause = { .tv_nsec = 100000 };

		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (errno != EWOULDBLOCK)
			return false;
		nanosleep(&pause, NULL);
	}
	return false;
}

static int open_box(const char *box_path)
{
	return open(box_path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

static bool is_locked(int fd)
{
	return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

bool aw__location_is_locked(const char *box_path)
{
	const int fd = open_box(box_path);
	const bool locked = is_locked(fd);

	if (fd >= 0)
		close(fd);
	return locked;
}

uint64_t aw__location_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) == 0 ? (uint64_t)st.st_ino : 0;
}

/* After exec() the box file still exists, but is no longer mapped. Some file systems show another device in maps, so the path is compared, too. */
static bool is_mapped(pid_t pid, const char *box_path)
{
	char path[32], line[512 + AW__LOCATION_PATH_BYTES], device[24];
	unsigned long long inode;
	struct stat st;
	bool found = false;
	FILE *file;

	if (stat(box_path, &st) != 0)
		return false;
	snprintf(path, sizeof(path), "/proc/%ld/maps", (long)pid);
	file = fopen(path, "re");
	if (file == NULL)
		return errno == EACCES;
	snprintf(device, sizeof(device), "%02x:%02x", major(st.st_dev), minor(st.st_dev));
	while (!found && fgets(line, sizeof(line), file) != NULL) {
		char seen[24];
		int name = 0;

		line[strcspn(line, "\n")] = '\0';
		found = sscanf(line, "%*s %*s %*s %23s %llu %n", seen, &inode, &name) == 2 &&
			((inode == st.st_ino && strcmp(seen, device) == 0) ||
			 (name > 0 && strcmp(line + name, box_path) == 0));
	}
	fclose(file);
	return found;
}

/* The owner's state by /proc; only valid in the owner's PID namespace. */
static enum aw__owner_state ask_proc(const struct aw__location *location, const char *box_path,
				     bool locked)
{
	char state = '?';
	const uint64_t ticks = aw__location_start_ticks((pid_t)location->pid, &state);

	if (ticks == 0 && locked && (kill((pid_t)location->pid, 0) == 0 || errno == EPERM))
		return AW__OWNER_ALIVE; /* /proc hides it (hidepid) */
	if (ticks != location->start_ticks || state == 'Z' || state == 'X')
		return AW__OWNER_GONE;
	if (!locked && !is_mapped((pid_t)location->pid, box_path))
		return AW__OWNER_REPLACED;
	return state == 'T' || state == 't' ? AW__OWNER_STOPPED : AW__OWNER_ALIVE;
}

enum aw__owner_state aw__location_owner(const struct aw__location *location, const char *box_path)
{
	const int fd = open_box(box_path);
	const bool locked = is_locked(fd);
	const uint64_t here = aw__location_namespace();
	struct aw__box_header header = { 0 };
	enum aw__owner_state state;

	if (fd >= 0 && pread(fd, &header, sizeof(header), 0) != (ssize_t)sizeof(header))
		memset(&header, 0, sizeof(header));
	if (here == 0 || location->start_ticks == 0 ||
	    (header.pid_namespace != 0 && header.pid_namespace != here))
		state = locked ? AW__OWNER_ALIVE : AW__OWNER_GONE;
	else
		state = ask_proc(location, box_path, locked);
	if (state == AW__OWNER_GONE && atomic_load(&header.ended) == AW__ENDED_BY_EXEC)
		state = AW__OWNER_REPLACED;
	if (fd >= 0)
		close(fd);
	return state;
}
