/* SPDX-License-Identifier: MIT */
/*
 * Checks of `awry doctor`: the folder of black boxes, the memory that they may take from its file system, and the limits that a container or a
 * shell sets. A box is a file on tmpfs, so it counts as memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/text.h"
#include "viewer/cli/doctor.h"
#include "viewer/source/source.h"

#define LEAST_BOX (UINT64_C(4) << 20) /* the least AWRY_MEMORY_BYTES */
#define SHARE	  2u /* of a memory limit: a box may take 1 / SHARE of it before there is a warning */

struct size {
	char text[32];
};

static struct size size_of(uint64_t bytes)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;
	struct size size;

	aw__text_size(&out, bytes);
	snprintf(size.text, sizeof(size.text), "%s", aw__buffer_string(&out));
	aw__buffer_finish(&out);
	return size;
}

/* The longest beginning of a path that exists; "/" at least. */
static void find_existing(char *path)
{
	struct stat status;

	while (path[0] != '\0' && lstat(path, &status) != 0)
		*strrchr(path, '/') = '\0';
	if (path[0] == '\0')
		strcpy(path, "/");
}

static void find_mount(char *path)
{
	struct stat here, above;
	char parent[AW__LOCATION_PATH_BYTES];

	while (strcmp(path, "/") != 0 && stat(path, &here) == 0) {
		snprintf(parent, sizeof(parent), "%s", path);
		*strrchr(parent, '/') = '\0';
		if (stat(parent[0] != '\0' ? parent : "/", &above) != 0 ||
		    above.st_dev != here.st_dev)
			return;
		strcpy(path, parent[0] != '\0' ? parent : "/");
	}
}

/* ---- the folder ---- */

static void mend_folder(struct aw__check *check)
{
	aw__check_mend(check,
		       "export AWRY_RUNTIME_DIR=/dev/shm/awry-%lu, or another folder on a "
		       "tmpfs, for the program and for awry",
		       (unsigned long)getuid());
}

static void check_existing(struct aw__check *check, const char *folder)
{
	struct aw__problem problem;
	struct stat status;

	if (!aw__location_check_folder(folder, &problem)) {
		aw__check_remark(check, AW__HEALTH_MISSING, "nothing is recorded: %s",
				 problem.text);
		if (lstat(folder, &status) == 0 && S_ISDIR(status.st_mode) &&
		    status.st_uid == geteuid())
			aw__check_mend(check, "chmod 700 '%s'", folder);
		else
			mend_folder(check);
		return;
	}
	if (access(folder, W_OK | X_OK) != 0) {
		const int error = errno;
		char mount[AW__LOCATION_PATH_BYTES];

		aw__check_remark(check, AW__HEALTH_MISSING,
				 "nothing is recorded: it is not writable: %s", strerror(error));
		snprintf(mount, sizeof(mount), "%s", folder);
		find_mount(mount);
		if (error == EROFS)
			aw__check_mend(check, "mount -o remount,rw '%s'", mount);
		else
			aw__check_mend(check, "chmod 700 '%s'", folder);
		return;
	}
	aw__check_fact(check, "only user %lu reads and attaches", (unsigned long)geteuid());
}

static void check_parent(struct aw__check *check, const char *folder)
{
	char parent[AW__LOCATION_PATH_BYTES], mount[AW__LOCATION_PATH_BYTES];
	int error;

	snprintf(parent, sizeof(parent), "%s", folder);
	*strrchr(parent, '/') = '\0';
	if (parent[0] == '\0')
		strcpy(parent, "/");
	if (access(parent, W_OK | X_OK) == 0) {
		aw__check_fact(check, "not there yet: the first recorded program makes it");
		return;
	}
	error = errno;
	aw__check_fact(check, "not there");
	aw__check_remark(check, AW__HEALTH_MISSING,
			 "nothing is recorded: it cannot be made: %s: %s", parent, strerror(error));
	snprintf(mount, sizeof(mount), "%s", parent);
	find_mount(mount);
	if (error == EROFS)
		aw__check_mend(check, "mount -o remount,rw '%s'", mount);
	else if (error == ENOENT && strcmp(parent, "/dev/shm") == 0)
		aw__check_mend(check,
			       "mkdir /dev/shm && mount -t tmpfs -o mode=1777 tmpfs /dev/shm");
	else if (error == EACCES && strcmp(parent, "/dev/shm") == 0)
		aw__check_mend(check, "chmod 1777 /dev/shm");
	else
		mend_folder(check);
}

void aw__doctor_folder(const struct aw__doctor *doctor, struct aw__check *check)
{
	char folder[AW__LOCATION_PATH_BYTES];
	struct aw__problem problem;
	struct stat status;

	(void)doctor;
	if (!aw__location_folder(folder, &problem)) {
		aw__check_fact(check, "not usable");
		aw__check_remark(check, AW__HEALTH_MISSING, "nothing is recorded: %s",
				 problem.text);
		mend_folder(check);
		return;
	}
	aw__check_fact(check, "%s", folder);
	if (lstat(folder, &status) == 0)
		check_existing(check, folder);
	else
		check_parent(check, folder);
}

/* ---- its file system ---- */

static bool is_memory(const char *path)
{
	struct statfs system;

	return statfs(path, &system) == 0 &&
	       (system.f_type == TMPFS_MAGIC || system.f_type == (long)RAMFS_MAGIC);
}

static void mend_room(struct aw__check *check, const char *mount, uint64_t wanted)
{
	const uint64_t wanted_mib = wanted >> 20;

	if (strcmp(mount, "/dev/shm") == 0)
		aw__check_mend(check,
			       "docker run --shm-size=%" PRIu64 "m; Kubernetes: a volume emptyDir: "
			       "{medium: Memory, sizeLimit: %" PRIu64
			       "Mi} at /dev/shm; as root: mount "
			       "-o remount,size=%" PRIu64 "m /dev/shm; or a smaller bound for each "
			       "program: AWRY_MEMORY_BYTES=16MiB",
			       wanted_mib, wanted_mib, wanted_mib);
	else
		aw__check_mend(check,
			       "as root: mount -o remount,size=%" PRIu64
			       "m '%s'; or a smaller bound "
			       "for each program: AWRY_MEMORY_BYTES=16MiB; or another folder: "
			       "AWRY_RUNTIME_DIR",
			       wanted_mib, mount);
}

static void check_room(struct aw__check *check, const struct statvfs *system, const char *mount,
		       uint64_t box_bytes)
{
	const uint64_t all = (uint64_t)system->f_blocks * system->f_frsize;
	const uint64_t free_bytes = (uint64_t)system->f_bavail * system->f_frsize;

	/* a tmpfs without a limit says 0 */
	if (all == 0) {
		aw__check_fact(check, "without a limit");
		return;
	}
	aw__check_fact(check, "%s of %s free", size_of(free_bytes).text, size_of(all).text);
	aw__check_fact(check, "room for %" PRIu64 " full black boxes of %s", free_bytes / box_bytes,
		       size_of(box_bytes).text);
	if (free_bytes == 0) {
		aw__check_remark(check, AW__HEALTH_MISSING,
				 "nothing is recorded: there is no room for a black box");
		mend_room(check, mount, 2 * box_bytes);
	} else if (free_bytes < box_bytes) {
		aw__check_remark(
			check, AW__HEALTH_WARNING,
			"a box takes memory as it fills; when there is no more, it keeps fewer "
			"events, and counts the tasks that it cannot list");
		mend_room(check, mount, 2 * box_bytes);
	}
}

void aw__doctor_memory(const struct aw__doctor *doctor, struct aw__check *check)
{
	char path[AW__LOCATION_PATH_BYTES];
	struct aw__problem problem;
	struct statvfs system;

	if (!aw__location_folder(path, &problem)) {
		aw__check_remark(check, AW__HEALTH_UNKNOWN, "there is no folder: %s", problem.text);
		return;
	}
	find_existing(path);
	if (statvfs(path, &system) != 0) {
		aw__check_remark(check, AW__HEALTH_UNKNOWN, "%s: %s", path, strerror(errno));
		return;
	}
	if (!is_memory(path)) {
		aw__check_remark(
			check, AW__HEALTH_WARNING,
			"%s is not on a tmpfs: each event is written to a disk, sooner or later",
			path);
		mend_folder(check);
	}
	find_mount(path);
	aw__check_fact(check, "%s", path);
	check_room(check, &system, path, doctor->settings.record.memory_bytes);
}

/* ---- limits ---- */

static bool read_number(const char *path, uint64_t *ret)
{
	FILE *file = fopen(path, "re");
	const bool known = file != NULL && fscanf(file, "%" SCNu64, ret) == 1;

	if (file != NULL)
		fclose(file);
	return known;
}

/* The least limit of a control group and those above it; a group of a container may be named by a path that is not visible in it. */
static void find_least(const char *root, const char *group, const char *name, uint64_t *least)
{
	char path[4096 + 128], folder[4096];
	uint64_t limit;

	if (snprintf(folder, sizeof(folder), "%s", group) >= (int)sizeof(folder))
		return;
	for (;;) {
		char *slash;

		snprintf(path, sizeof(path), "%s%s/%s", root, folder, name);
		if (read_number(path, &limit) && limit < *least)
			*least = limit;
		slash = strrchr(folder, '/');
		if (slash == NULL)
			return;
		*slash = '\0';
	}
}

/* A line is number:controllers:path; of version 2 it is 0::path. */
static uint64_t find_limit(void)
{
	static const char v1[] = "/sys/fs/cgroup/memory", v2[] = "/sys/fs/cgroup";
	FILE *file = fopen("/proc/self/cgroup", "re");
	uint64_t least = UINT64_MAX;
	char line[4096];

	find_least(v1, "", "memory.limit_in_bytes", &least);
	find_least(v2, "", "memory.max", &least);
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		const char *names = strchr(line, ':');
		const char *group = names != NULL ? strchr(names + 1, ':') : NULL;

		line[strcspn(line, "\n")] = '\0';
		if (group == NULL || strstr(group, "/..") != NULL)
			continue;
		if (strncmp(names, ":memory:", 8) == 0)
			find_least(v1, group + 1, "memory.limit_in_bytes", &least);
		else if (group == names + 1)
			find_least(v2, group + 1, "memory.max", &least);
	}
	if (file != NULL)
		fclose(file);
	return least;
}

/* The largest bound that takes at most a quarter of a limit, in MiB. */
static unsigned long long fitting_mib(uint64_t limit)
{
	const uint64_t bytes = limit / 4 > LEAST_BOX ? limit / 4 : LEAST_BOX;

	return bytes >> 20;
}

static void check_group(struct aw__check *check, uint64_t box_bytes)
{
	const uint64_t limit = find_limit();
	struct statvfs ignored;

	/* version 1 says the largest number of pages if there is none */
	if (limit >= (uint64_t)INT64_MAX / 2) {
		aw__check_fact(check, statvfs("/sys/fs/cgroup", &ignored) == 0
					      ? "no memory limit of a control group"
					      : "no control group is visible");
		return;
	}
	aw__check_fact(check, "the control group has %s", size_of(limit).text);
	if (box_bytes <= limit / SHARE)
		return;
	aw__check_remark(
		check, AW__HEALTH_WARNING,
		"a black box of up to %s counts as memory of the group: a recorded program that "
		"fills it may be killed for lack of memory",
		size_of(box_bytes).text);
	aw__check_mend(check,
		       "AWRY_MEMORY_BYTES=%lluMiB for the program, or a larger limit: docker run "
		       "--memory=%" PRIu64 "m",
		       fitting_mib(limit), (SHARE * box_bytes) >> 20);
}

static void check_limit(struct aw__check *check, int resource, const char *option, uint64_t wanted,
			uint64_t box_bytes)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
		return;
	aw__check_fact(check, "ulimit %s is %s", option, size_of(limit.rlim_cur).text);
	if (limit.rlim_cur >= wanted)
		return;
	aw__check_remark(check, AW__HEALTH_MISSING,
			 "nothing is recorded: a black box of %s needs %s", size_of(box_bytes).text,
			 size_of(wanted).text);
	if (limit.rlim_cur / 4 > LEAST_BOX)
		aw__check_mend(check,
			       "ulimit %s unlimited, or AWRY_MEMORY_BYTES=%lluMiB for the program",
			       option, fitting_mib(limit.rlim_cur));
	else
		aw__check_mend(check, "ulimit %s unlimited", option);
}

void aw__doctor_limits(const struct aw__doctor *doctor, struct aw__check *check)
{
	const uint64_t box_bytes = doctor->settings.record.memory_bytes;

	check_group(check, box_bytes);
	check_limit(check, RLIMIT_FSIZE, "-f", box_bytes, box_bytes);
	/* what the program itself has mapped comes in addition */
	check_limit(check, RLIMIT_AS, "-v", box_bytes + AW__RECORD_LEFT_BYTES, box_bytes);
}
