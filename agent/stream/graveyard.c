/* SPDX-License-Identifier: MIT */
/*
 * What dead processes left in the runtime folder: the newest boxes stay, for awry recover, and the rest is removed,
 * so that a program which crashes again and again does not fill the memory. Only files of this user's whose
 * names are those of boxes and sockets are looked at, and only if their owner is gone.
 *
 * A folder may be shared with processes whose ids mean nothing here (another container's): where somebody listens
 * on the socket beside a box, nobody is dead.
 */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agent/record/record.h"
#include "agent/stream/internal.h"
#include "proto/location.h"

#define KEPT	     8u
#define MOST_ENTRIES 1024u /* looked at; the next process that starts goes on */
#define NEWBORN_S    2	   /* a box is made before it is mapped */

struct grave {
	struct aw__location location;
	struct timespec changed;
};

struct graveyard {
	char folder[AW__LOCATION_PATH_BYTES];
	struct grave list[KEPT]; /* the newest so far, the oldest of them first */
	unsigned count;
};

typedef void look(struct graveyard *yard, const struct aw__location *location);

static void bury(const struct graveyard *yard, const struct aw__location *location)
{
	char path[AW__LOCATION_PATH_BYTES];

	if (aw__location_path_in(yard->folder, location, "sock", path))
		unlink(path);
	if (aw__location_path_in(yard->folder, location, "box", path))
		unlink(path);
}

static bool is_older(const struct timespec *one, const struct timespec *other)
{
	return one->tv_sec != other->tv_sec ? one->tv_sec < other->tv_sec
					    : one->tv_nsec < other->tv_nsec;
}

/* Keep it, and bury the oldest if there are too many. */
static void keep(struct graveyard *yard, const struct grave *grave)
{
	struct grave *list = yard->list;
	unsigned place = 0;

	while (place < yard->count && is_older(&list[place].changed, &grave->changed))
		place++;
	if (yard->count < KEPT) {
		memmove(&list[place + 1], &list[place], (yard->count - place) * sizeof(*grave));
		list[place] = *grave;
		yard->count++;
	} else if (place == 0) {
		bury(yard, &grave->location);
	} else {
		bury(yard, &list[0].location);
		memmove(&list[0], &list[1], (place - 1) * sizeof(*grave));
		list[place - 1] = *grave;
	}
}

static bool is_dead(const struct aw__location *location, const char *path, const struct stat *st)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return st->st_uid == geteuid() && now.tv_sec - st->st_ctim.tv_sec >= NEWBORN_S &&
	       aw__location_owner(location, path) == AW__OWNER_GONE;
}

static bool somebody_listens(const struct graveyard *yard, const struct aw__location *location)
{
	char path[AW__LOCATION_PATH_BYTES];

	return aw__location_path_in(yard->folder, location, "sock", path) &&
	       access(path, F_OK) == 0 && !aw__viewers_is_leftover(path);
}

static void look_at_box(struct graveyard *yard, const struct aw__location *location)
{
	struct grave grave = { .location = *location };
	char path[AW__LOCATION_PATH_BYTES];
	struct stat st;

	if (!aw__location_path_in(yard->folder, location, "box", path) || lstat(path, &st) != 0 ||
	    !S_ISREG(st.st_mode) || !is_dead(location, path, &st) ||
	    somebody_listens(yard, location))
		return;
	grave.changed = st.st_ctim;
	keep(yard, &grave);
}

/* The socket of a box that somebody removed. */
static void look_at_socket(struct graveyard *yard, const struct aw__location *location)
{
	char path[AW__LOCATION_PATH_BYTES];

	if (!aw__location_path_in(yard->folder, location, "box", path) || access(path, F_OK) == 0 ||
	    errno != ENOENT)
		return;
	if (aw__location_path_in(yard->folder, location, "sock", path) &&
	    aw__viewers_is_leftover(path))
		unlink(path);
}

/* Returns how many there are; each is looked at if there is a function that looks. */
static unsigned walk(struct graveyard *yard, DIR *folder, const char *suffix, look *look_at)
{
	struct aw__location location;
	struct dirent *entry;
	unsigned found = 0;

	rewinddir(folder);
	for (unsigned i = 0; i < MOST_ENTRIES && (entry = readdir(folder)) != NULL; i++) {
		if (!aw__location_parse(entry->d_name, suffix, &location))
			continue;
		found++;
		if (look_at != NULL)
			look_at(yard, &location);
	}
	return found;
}

void aw__graveyard_tidy(void)
{
	const char *box = aw__record_path(), *end = strrchr(box, '/');
	struct graveyard yard = { .count = 0 };
	struct aw__problem ignored;
	DIR *folder;

	if (end == NULL || (size_t)(end - box) >= sizeof(yard.folder))
		return;
	memcpy(yard.folder, box, (size_t)(end - box));
	if (!aw__location_check_folder(yard.folder, &ignored))
		return;
	folder = opendir(yard.folder);
	if (folder == NULL)
		return;
	if (walk(&yard, folder, "box", NULL) > KEPT)
		walk(&yard, folder, "box", look_at_box);
	if (walk(&yard, folder, "sock", NULL) > KEPT)
		walk(&yard, folder, "sock", look_at_socket);
	closedir(folder);
}
