/* SPDX-License-Identifier: MIT */
/*
 * Processes that still run when the command of `awry run` has ended, like daemons. They are found by their
 * environment, which names the run's socket.
 */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "viewer/cli/run.h"

#define MOST_ENVIRONMENT (256u << 10)

static bool holds(const struct aw__buffer *environment, const char *wanted)
{
	const size_t length = strlen(wanted) + 1;

	for (size_t at = 0; at + length <= environment->length;
	     at += strlen(environment->data + at) + 1)
		if (memcmp(environment->data + at, wanted, length) == 0)
			return true;
	return false;
}

static bool was_started_with(const char *pid, const char *wanted)
{
	struct aw__buffer environment = AW__BUFFER_EMPTY;
	char path[64];
	ssize_t got = 1;
	bool is;
	int fd;

	snprintf(path, sizeof(path), "/proc/%.20s/environ", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	while (got > 0 && environment.length < MOST_ENVIRONMENT) {
		char *at = aw__buffer_reserve(&environment, 4096);

		got = at != NULL ? read(fd, at, 4096) : -1;
		environment.length += got > 0 ? (size_t)got : 0;
	}
	close(fd);
	aw__buffer_char(&environment, '\0');
	is = environment.data != NULL && holds(&environment, wanted);
	aw__buffer_finish(&environment);
	return is;
}

void aw__run_find_left(struct aw__run *run)
{
	char wanted[AW__LOCATION_PATH_BYTES + 32];
	DIR *folder = opendir("/proc");
	const struct dirent *entry;

	run->left_count = 0;
	snprintf(wanted, sizeof(wanted), "AWRY_CONNECT=unix:%s", run->listener.path);
	while (folder != NULL && run->left_count < AW__RUN_MAX_LEFT &&
	       (entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9' ||
		    !was_started_with(entry->d_name, wanted))
			continue;
		run->left[run->left_count++] = (uint32_t)strtoul(entry->d_name, NULL, 10);
	}
	if (folder != NULL)
		closedir(folder);
}

void aw__run_tell_left(struct aw__run *run)
{
	const char *command = run->arguments->command[0];

	aw__run_find_left(run);
	for (size_t i = 0; i < run->left_count; i++) {
		struct aw__source_box box;
		struct aw__problem ignored;

		if (aw__source_find(run->left[i], &box, &ignored))
			aw__cli_warn("%s: ended, but its process %" PRIu32
				     " still runs; to watch it: awry attach %" PRIu32
				     " (black box: %s)",
				     command, run->left[i], run->left[i], box.path);
		else
			aw__cli_warn("%s: ended, but its process %" PRIu32
				     " still runs, and has recorded nothing so far",
				     command, run->left[i]);
	}
}
