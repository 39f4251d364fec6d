/* SPDX-License-Identifier: MIT */
/*
 * Removes stale boxes, which ended processes left in the runtime folder, when the agent starts. A program that crashes again and
 * again must not fill the memory, but `awry ps` and `awry recover` must still find its crash. So the most useful boxes are
 * kept, within a bound on their number and on their bytes: those with findings and with tasks that were cut off. Of many that
 * look the same (a server's workers that leave by _exit()) a few are kept, so that they do not displace the one that differs.
 *
 * The socket of an `awry run` that was killed is removed, too.
 *
 * Only this user's files with the names of boxes and sockets are looked at. A box that a process has mapped is never removed
 * (proto/location.h), nor one on whose socket a process listens: the folder may be shared with processes whose ids mean nothing
 * here (those of another container). Boxes are read by pread(), since another process that may write to the folder could
 * truncate them at any moment.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "agent/record/record.h"
#include "agent/stream/stream_internal.h"
#include "base/alloc.h"
#include "proto/blackbox.h"
#include "proto/item.h"
#include "proto/location.h"

#define KEPT_BOXES   16u	 /* with that of this process, which may become stale, too */
#define KEPT_BYTES   (64u << 20) /* at most; a quarter of the file system if that is less */
#define MOST_ENTRIES 1024u	 /* looked at; the next process that starts continues */
#define NEW_S	     10		 /* a process takes far less time to create its box */
#define MOST_SLOTS   65536u	 /* looked at in one box */
#define MOST_COUNTED 15u	 /* findings, and live tasks: higher numbers count as this one */
#define CHUNK_SLOTS  64u

/* What a box has for a user who looks for a crash. */
enum worth {
	WORTH_NOTHING,
	WORTH_FINDINGS,
	WORTH_LIVE_TASKS, /* they were cut off: the process did not end normally */
	WORTH_BOTH,
};

struct stale {
	struct aw__location location;
	struct timespec changed;
	uint64_t bytes;
	enum worth worth;
	/* the same for boxes of one program with equal numbers of findings and live tasks */
	uint64_t likeness;
	/* among those: 0 for the newest, 1 for the oldest, 2 for the next newest, … */
	size_t turn;
};

struct folder {
	char path[AW__LOCATION_PATH_BYTES];
	struct stale *list;
	size_t count;
};

typedef void look(struct folder *folder, const struct aw__location *location);

static void drop(const struct folder *folder, const struct aw__location *location)
{
	char path[AW__LOCATION_PATH_BYTES];

	if (aw__location_path_in(folder->path, location, "box", path)) {
		if (aw__location_is_locked(path))
			return;
		unlink(path);
	}
	if (aw__location_path_in(folder->path, location, "sock", path))
		unlink(path);
}

static bool is_older(const struct timespec *one, const struct timespec *other)
{
	return one->tv_sec != other->tv_sec ? one->tv_sec < other->tv_sec
					    : one->tv_nsec < other->tv_nsec;
}

static int newest_first(const struct stale *a, const struct stale *b)
{
	if (is_older(&a->changed, &b->changed))
		return 1;
	return is_older(&b->changed, &a->changed) ? -1 : 0;
}

static int by_likeness(const void *left, const void *right)
{
	const struct stale *a = left, *b = right;

	if (a->likeness != b->likeness)
		return a->likeness < b->likeness ? -1 : 1;
	return newest_first(a, b);
}

static int by_worth(const void *left, const void *right)
{
	const struct stale *a = left, *b = right;

	if (a->worth != b->worth)
		return a->worth > b->worth ? -1 : 1;
	if (a->turn != b->turn)
		return a->turn < b->turn ? -1 : 1;
	return newest_first(a, b);
}

static void give_turns(struct stale *list, size_t count)
{
	for (size_t first = 0, end; first < count; first = end) {
		for (end = first + 1; end < count && list[end].likeness == list[first].likeness;)
			end++;
		for (size_t i = first; i < end; i++) {
			const size_t newer = i - first, older = end - 1 - i;

			list[i].turn = newer <= older ? 2 * newer : 2 * older + 1;
		}
	}
}

static void sort(struct stale *list, size_t count)
{
	if (count == 0)
		return;
	qsort(list, count, sizeof(*list), by_likeness);
	give_turns(list, count);
	qsort(list, count, sizeof(*list), by_worth);
}

static unsigned live_tasks(int fd, const struct aw__box_header *header)
{
	struct aw__box_task slots[CHUNK_SLOTS];
	uint64_t used = atomic_load(&header->task_used);
	unsigned live = 0;

	if (used > MOST_SLOTS)
		used = MOST_SLOTS;
	for (uint64_t first = 0; first < used && live < MOST_COUNTED; first += CHUNK_SLOTS) {
		const off_t at = (off_t)(header->tasks_offset + first * sizeof(slots[0]));
		const ssize_t got = pread(fd, slots, sizeof(slots), at);

		for (ssize_t i = 0; i < got / (ssize_t)sizeof(slots[0]); i++)
			live += atomic_load(&slots[i].id) != 0 &&
				(atomic_load(&slots[i].status) & 0xff) != AW__TASK_FINISHED;
		if (got < (ssize_t)sizeof(slots))
			break;
	}
	return live < MOST_COUNTED ? live : MOST_COUNTED;
}

static uint64_t likeness(const struct aw__box_header *header, unsigned findings, unsigned live)
{
	uint64_t hash = findings * (MOST_COUNTED + 1) + live;

	for (size_t i = 0; i < sizeof(header->program) && header->program[i] != '\0'; i++)
		hash = (hash ^ (unsigned char)header->program[i]) * UINT64_C(0x100000001b3);
	return hash;
}

/* `replaced`: by exec(), after which live tasks are no sign of a crash. A file that is no box of this version is worth nothing. */
static void judge(struct stale *stale, const char *path, bool replaced)
{
	const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct aw__box_header header;
	uint64_t findings;
	unsigned live = 0;

	if (fd < 0)
		return;
	if (pread(fd, &header, sizeof(header), 0) == (ssize_t)sizeof(header) &&
	    header.magic == AW__BOX_MAGIC && header.version == AW__BOX_VERSION &&
	    atomic_load(&header.state) == AW__BOX_OPEN) {
		findings = atomic_load(&header.findings);
		if (findings > MOST_COUNTED)
			findings = MOST_COUNTED;
		if (!replaced)
			live = live_tasks(fd, &header);
		stale->worth =
			(findings > 0 ? WORTH_FINDINGS : 0) + (live > 0 ? WORTH_LIVE_TASKS : 0);
		stale->likeness = likeness(&header, (unsigned)findings, live);
	}
	close(fd);
}

/* Note that the process has called exec(): when it has ended, this can no longer be seen. */
static void note_exec(const char *path)
{
	const off_t at = offsetof(struct aw__box_header, ended);
	const int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	uint32_t ended = AW__ENDED_UNKNOWN;

	if (fd < 0)
		return;
	if (pread(fd, &ended, sizeof(ended), at) == (ssize_t)sizeof(ended) &&
	    ended == AW__ENDED_UNKNOWN) {
		ended = AW__ENDED_BY_EXEC;
		if (pwrite(fd, &ended, sizeof(ended), at) < 0) {
			/* It counts as a crash once the process has ended. */
		}
	}
	close(fd);
}

static bool somebody_listens(const struct folder *folder, const struct aw__location *location)
{
	char path[AW__LOCATION_PATH_BYTES];

	return aw__location_path_in(folder->path, location, "sock", path) &&
	       access(path, F_OK) == 0 && !aw__viewers_is_leftover(path);
}

/* `st` is set if it is stale. */
static bool is_stale(const struct folder *folder, const struct aw__location *location,
		     const char *path, struct stat *st, bool *ret_replaced)
{
	enum aw__owner_state owner;

	if (lstat(path, st) != 0 || !S_ISREG(st->st_mode) || st->st_uid != geteuid())
		return false;
	owner = aw__location_owner(location, path);
	*ret_replaced = owner == AW__OWNER_REPLACED;
	if (aw__owner_runs(owner) || aw__location_is_locked(path))
		return false;
	return !somebody_listens(folder, location);
}

static void look_at_box(struct folder *folder, const struct aw__location *location)
{
	struct stale *stale = &folder->list[folder->count];
	char path[AW__LOCATION_PATH_BYTES];
	bool replaced;
	struct stat st;

	if (!aw__location_path_in(folder->path, location, "box", path) ||
	    !is_stale(folder, location, path, &st, &replaced))
		return;
	*stale = (struct stale){ .location = *location,
				 .changed = st.st_ctim,
				 .bytes = (uint64_t)st.st_blocks * 512 };
	judge(stale, path, replaced);
	if (replaced && stale->worth == WORTH_NOTHING) {
		drop(folder, location);
		return;
	}
	if (replaced)
		note_exec(path);
	folder->count++;
}

/* Remove the file of a process that was killed while it created its box. */
static void look_at_new(struct folder *folder, const struct aw__location *location)
{
	char path[AW__LOCATION_PATH_BYTES];
	struct timespec now;
	struct stat st;

	clock_gettime(CLOCK_REALTIME, &now);
	if (aw__location_path_in(folder->path, location, "new", path) && lstat(path, &st) == 0 &&
	    S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
	    now.tv_sec - st.st_ctim.tv_sec >= NEW_S && !aw__location_is_locked(path))
		unlink(path);
}

/* Remove the socket of a box that was removed. */
static void look_at_socket(struct folder *folder, const struct aw__location *location)
{
	char path[AW__LOCATION_PATH_BYTES];

	if (!aw__location_path_in(folder->path, location, "box", path) || access(path, F_OK) == 0 ||
	    errno != ENOENT)
		return;
	if (aw__location_path_in(folder->path, location, "sock", path) &&
	    aw__viewers_is_leftover(path))
		unlink(path);
}

static void remove_run_sockets(const struct folder *folder, DIR *directory)
{
	char path[AW__LOCATION_PATH_BYTES];
	struct dirent *entry;

	rewinddir(directory);
	for (unsigned i = 0; i < MOST_ENTRIES && (entry = readdir(directory)) != NULL; i++)
		if (aw__location_is_run_socket(entry->d_name) &&
		    (size_t)snprintf(path, sizeof(path), "%s/%s", folder->path, entry->d_name) <
			    sizeof(path) &&
		    aw__viewers_is_leftover(path))
			unlink(path);
}

/* Calls `look_at`, unless it is NULL, for each file with this suffix. Returns how many there are. */
static unsigned walk(struct folder *folder, DIR *directory, const char *suffix, look *look_at)
{
	struct aw__location location;
	struct dirent *entry;
	unsigned found = 0;

	rewinddir(directory);
	for (unsigned i = 0; i < MOST_ENTRIES && (entry = readdir(directory)) != NULL; i++) {
		if (!aw__location_parse(entry->d_name, suffix, &location))
			continue;
		found++;
		if (look_at != NULL)
			look_at(folder, &location);
	}
	return found;
}

static uint64_t bytes_to_keep(const char *path)
{
	struct statvfs st;
	uint64_t quarter;

	if (statvfs(path, &st) != 0)
		return KEPT_BYTES;
	quarter = (uint64_t)st.f_blocks * st.f_frsize / 4;
	return quarter < KEPT_BYTES ? quarter : KEPT_BYTES;
}

/* The most useful box is always kept. */
static void drop_all_but_the_best(struct folder *folder)
{
	const uint64_t bound = bytes_to_keep(folder->path);
	uint64_t bytes = 0;

	sort(folder->list, folder->count);
	for (size_t i = 0, kept = 0; i < folder->count; i++) {
		const struct stale *stale = &folder->list[i];

		if (kept > 0 && (kept == KEPT_BOXES - 1 || bytes + stale->bytes > bound)) {
			drop(folder, &stale->location);
			continue;
		}
		kept++;
		bytes += stale->bytes;
	}
}

/*
 * By open(): ThreadSanitizer does not see the descriptor that opendir() opens, and takes its closedir() for a race with the last user of that
 * number.
 */
static DIR *open_directory(const char *path)
{
	const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;

	if (fd >= 0 && directory == NULL)
		close(fd);
	return directory;
}

static DIR *open_folder(struct folder *folder)
{
	const char *box = aw__record_path(), *end = strrchr(box, '/');
	struct aw__problem ignored;

	if (end == NULL || (size_t)(end - box) >= sizeof(folder->path))
		return NULL;
	memcpy(folder->path, box, (size_t)(end - box));
	folder->path[end - box] = '\0';
	if (!aw__location_check_folder(folder->path, &ignored))
		return NULL;
	return open_directory(folder->path);
}

bool aw__stale_boxes_are_many(void)
{
	struct folder folder = { .count = 0 };
	DIR *directory = open_folder(&folder);
	unsigned found = 0;

	if (directory == NULL)
		return false;
	found = walk(&folder, directory, "box", NULL);
	closedir(directory);
	return found > 2 * KEPT_BOXES;
}

void aw__stale_boxes_remove(void)
{
	struct folder folder = { .count = 0 };
	DIR *directory = open_folder(&folder);

	if (directory == NULL)
		return;
	/* One is this process's own. */
	if (walk(&folder, directory, "box", NULL) > 1)
		folder.list = aw__alloc_zeroed(MOST_ENTRIES, sizeof(*folder.list));
	if (folder.list != NULL) {
		walk(&folder, directory, "box", look_at_box);
		drop_all_but_the_best(&folder);
		aw__alloc_free(folder.list);
	}
	walk(&folder, directory, "new", look_at_new);
	if (walk(&folder, directory, "sock", NULL) > KEPT_BOXES)
		walk(&folder, directory, "sock", look_at_socket);
	remove_run_sockets(&folder, directory);
	closedir(directory);
}
