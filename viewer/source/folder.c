/* SPDX-License-Identifier: MIT */
/* Lists the black boxes of the runtime folder, finds the one of a process, and removes stale ones. */
#include "viewer/source/source_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "proto/blackbox.h"

/* A bound on the boxes of a folder, in case it was filled on purpose. */
#define MAX_BOXES 65536

bool aw__source_is_pid(const char *target, uint32_t *ret_pid)
{
	unsigned long long value;
	char *end;

	if (target[0] < '0' || target[0] > '9')
		return false;
	errno = 0;
	value = strtoull(target, &end, 10);
	if (*end != '\0' || errno != 0 || value == 0 || value > INT32_MAX)
		return false;
	*ret_pid = (uint32_t)value;
	return true;
}

static int compare(const void *left, const void *right)
{
	const struct aw__location *a = &((const struct aw__source_box *)left)->location;
	const struct aw__location *b = &((const struct aw__source_box *)right)->location;

	if (a->pid != b->pid)
		return a->pid < b->pid ? -1 : 1;
	if (a->start_ticks != b->start_ticks)
		return a->start_ticks < b->start_ticks ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

static void read_folder(DIR *folder, struct aw__source_box **boxes, size_t *count)
{
	struct aw__problem ignored;
	struct dirent *entry;
	size_t capacity = 0;

	while (*count < MAX_BOXES && (entry = readdir(folder)) != NULL) {
		struct aw__source_box box;

		if (!aw__location_parse(entry->d_name, "box", &box.location) ||
		    !aw__location_path(&box.location, "box", box.path, &ignored))
			continue;
		box.state = aw__location_owner(&box.location, box.path);
		if (*count == capacity) {
			capacity = capacity > 0 ? capacity * 2 : 16;
			*boxes = aw__alloc_must_resize(*boxes, capacity * sizeof(**boxes));
		}
		(*boxes)[(*count)++] = box;
	}
}

bool aw__source_list(struct aw__source_box **ret_boxes, size_t *ret_count,
		     struct aw__problem *problem)
{
	char path[AW__LOCATION_PATH_BYTES];
	DIR *folder;

	*ret_boxes = NULL;
	*ret_count = 0;
	if (!aw__location_folder(path, problem))
		return false;
	folder = opendir(path);
	if (folder == NULL && errno == ENOENT)
		return true;
	if (folder == NULL)
		return aw__problem_set(problem, "%s: cannot be read: %s", path, strerror(errno));
	if (!aw__location_check_folder(path, problem)) {
		closedir(folder);
		return false;
	}
	read_folder(folder, ret_boxes, ret_count);
	closedir(folder);
	if (*ret_count > 0)
		qsort(*ret_boxes, *ret_count, sizeof(**ret_boxes), compare);
	return true;
}

uint32_t aw__source_box_version(const char *path, uint64_t *ret_bytes, uint32_t *ret_read)
{
	const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct {
		uint64_t magic;
		uint32_t version;
	} first = { 0 };
	struct stat status;

	_Static_assert(offsetof(struct aw__box_header, version) == 8, "all versions begin so");
	*ret_bytes = 0;
	*ret_read = AW__BOX_VERSION;
	if (fd < 0)
		return 0;
	if (pread(fd, &first, sizeof(first), 0) != (ssize_t)sizeof(first) ||
	    first.magic != AW__BOX_MAGIC)
		first.version = 0;
	if (fstat(fd, &status) == 0)
		*ret_bytes = (uint64_t)status.st_blocks * 512;
	close(fd);
	return first.version;
}

bool aw__source_find(uint32_t pid, struct aw__source_box *ret_box, struct aw__problem *problem)
{
	const struct aw__source_box *best = NULL;
	struct aw__source_box *boxes;
	size_t count;

	if (!aw__source_list(&boxes, &count, problem))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (boxes[i].location.pid != pid)
			continue;
		if (best == NULL || aw__owner_runs(boxes[i].state) || !aw__owner_runs(best->state))
			best = &boxes[i];
	}
	if (best != NULL)
		*ret_box = *best;
	else
		aw__problem_set(problem,
				"process %u has no black box: is it started with AWRY_DEBUG=1? "
				"(awry ps lists those that have one)",
				pid);
	aw__alloc_free(boxes);
	return best != NULL;
}

void aw__source_remove_left(uint32_t pid, uint64_t start_ticks)
{
	char socket[AW__LOCATION_PATH_BYTES];
	struct aw__source_box *boxes;
	struct aw__problem ignored;
	size_t count;

	if (!aw__source_list(&boxes, &count, &ignored))
		return;
	for (size_t i = 0; i < count; i++) {
		const struct aw__source_box *box = &boxes[i];

		if (box->location.pid != pid || box->location.start_ticks != start_ticks ||
		    aw__owner_runs(box->state) || aw__location_is_locked(box->path))
			continue;
		unlink(box->path);
		if (aw__location_path(&box->location, "sock", socket, &ignored))
			unlink(socket);
	}
	aw__alloc_free(boxes);
}
