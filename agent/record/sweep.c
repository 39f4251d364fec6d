/* SPDX-License-Identifier: MIT */
/*
 * What dead processes left behind. A box whose owner had no chance to say goodbye stays, to be recovered; but a
 * server whose workers end by _exit() would fill the machine's memory with them. So each new box takes the
 * oldest of them away, until MOST_DEAD are left.
 */
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agent/record/recorder.h"
#include "proto/location.h"

#define MOST_DEAD 16u
/* A process that is about to map its box looks as if it had left it by exec(). */
#define YOUNG_SECONDS 10

struct dead {
	struct aw__location location;
	struct timespec changed;
};

static bool is_older(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

static bool is_dead(const struct aw__location *location, const char *path, struct timespec *ret)
{
	struct stat st;

	if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode) ||
	    aw__location_owner(location, path) != AW__OWNER_GONE)
		return false;
	if (aw__location_start_ticks((pid_t)location->pid, NULL) == location->start_ticks &&
	    time(NULL) - st.st_mtim.tv_sec < YOUNG_SECONDS)
		return false;
	*ret = st.st_mtim;
	return true;
}

static void forget(const struct aw__location *location)
{
	static const char *const suffixes[] = { "box", "sock" };
	struct aw__problem ignored;
	char path[AW__LOCATION_PATH_BYTES];

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (aw__location_path(location, suffixes[i], path, &ignored))
			unlink(path);
}

/* Keep the youngest; the one that has to go is forgotten. */
static void keep(struct dead kept[MOST_DEAD], size_t *count, const struct dead *found)
{
	struct dead *oldest = &kept[0];

	if (*count < MOST_DEAD) {
		kept[(*count)++] = *found;
		return;
	}
	for (size_t i = 1; i < MOST_DEAD; i++)
		if (is_older(&kept[i].changed, &oldest->changed))
			oldest = &kept[i];
	if (is_older(&found->changed, &oldest->changed)) {
		forget(&found->location);
	} else {
		forget(&oldest->location);
		*oldest = *found;
	}
}

void aw__sweep_dead(void)
{
	char folder_path[AW__LOCATION_PATH_BYTES], path[AW__LOCATION_PATH_BYTES];
	struct aw__problem ignored;
	struct dead kept[MOST_DEAD], found;
	const struct dirent *entry;
	size_t count = 0;
	DIR *folder;

	if (!aw__location_folder(folder_path, &ignored) || (folder = opendir(folder_path)) == NULL)
		return;
	while ((entry = readdir(folder)) != NULL)
		if (aw__location_parse(entry->d_name, "box", &found.location) &&
		    aw__location_path(&found.location, "box", path, &ignored) &&
		    is_dead(&found.location, path, &found.changed))
			keep(kept, &count, &found);
	closedir(folder);
}
