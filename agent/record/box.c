/* SPDX-License-Identifier: MIT */
/*
 * Creates, maps and removes the box's file for the recorder, and gives it memory piece by piece.
 *
 * The descriptor is closed as soon as the file is mapped: a program may close or reuse any descriptor. Memory is
 * requested with a call that can fail, never by touching a hole: on a full tmpfs that would raise SIGBUS, in the
 * program that is recorded.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/record/atomics.h"
#include "agent/record/box.h"
#include "agent/record/recorder.h"
#include "agent/record/reset.h"
#include "agent/record/retire.h"
#include "base/clock.h"
#include "proto/location.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

#define MOST_RINGS  512u
#define MOST_HOLDS  2048u
#define MOST_NUMBER 1000u /* boxes of one process: each exec() starts another */
/* bytes of the arena or the task table that are backed at once */
#define SMALLEST_PIECE 65536u
#define LARGEST_PIECE  (1u << 20)
#define BETWEEN_TRIES  64u /* failed requests for memory are repeated at every so many misses */

struct aw__recorder aw__recorder = { .mutex = PTHREAD_MUTEX_INITIALIZER };

static uint64_t round_up(uint64_t value, uint64_t unit)
{
	return (value + unit - 1) / unit * unit;
}

/* Linux before 5.14 cannot populate a mapping: allocate in the file, which is opened by its name. */
static bool allocate_by_name(const void *start, uint64_t bytes)
{
	const off_t offset = (const unsigned char *)start - aw__recorder.file;
	int error, fd;

	/* a late hook asks for memory in the box of an earlier recording */
	if (offset < 0 || (uint64_t)offset >= aw__recorder.file_bytes)
		return false;
	fd = open(aw__recorder.path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return false;
	error = posix_fallocate(fd, offset, (off_t)bytes);
	close(fd);
	return error == 0;
}

/* A seccomp filter that answers EINVAL cannot be told from an old kernel. */
static enum aw__room why_not(int error)
{
	return error == EPERM || error == EACCES || error == ENOSYS ? AW__ROOM_REFUSED
								    : AW__ROOM_FULL;
}

bool aw__box_back(const void *start, uint64_t bytes)
{
	const uintptr_t first = (uintptr_t)start & ~(uintptr_t)4095;
	const uintptr_t end = ((uintptr_t)start + bytes + 4095) & ~(uintptr_t)4095;
	const int saved = errno;
	bool backed;

	backed = madvise((void *)first, end - first, MADV_POPULATE_WRITE) == 0;
	if (!backed && errno == EINVAL)
		backed = allocate_by_name((const void *)first, end - first);
	if (!backed)
		AW__STORE(aw__recorder.room, (int)why_not(errno));
	errno = saved;
	return backed;
}

uint64_t aw__box_piece(uint64_t backed)
{
	const uint64_t piece = backed / SMALLEST_PIECE * SMALLEST_PIECE;

	if (piece < SMALLEST_PIECE)
		return SMALLEST_PIECE;
	return piece < LARGEST_PIECE ? piece : LARGEST_PIECE;
}

bool aw__box_may_try(uint32_t *misses)
{
	return (*misses)++ % BETWEEN_TRIES == 0;
}

void *aw__wiped_alloc(size_t bytes)
{
	void *memory =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return NULL;
	/* Kernels before 4.14 do not support this: there, only children of fork() are noticed. */
	(void)madvise(memory, bytes, MADV_WIPEONFORK);
	return memory;
}

enum aw__room aw__record_room(void)
{
	return (enum aw__room)AW__LOAD(aw__recorder.room);
}

static bool set_no_room(struct aw__problem *problem, const char *what)
{
	if (aw__record_room() == AW__ROOM_REFUSED)
		return aw__problem_set(problem,
				       "%s: the kernel refuses madvise(): a seccomp filter must "
				       "allow it",
				       aw__recorder.path);
	return aw__problem_set(problem, "%s: no room for %s", aw__recorder.path, what);
}

static bool make_folder(struct aw__problem *problem)
{
	char path[AW__LOCATION_PATH_BYTES];

	if (!aw__location_folder(path, problem))
		return false;
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return aw__problem_set(problem, "%s: %s", path, strerror(errno));
	return aw__location_check_folder(path, problem);
}

static struct aw__location own_location(void)
{
	return (struct aw__location){ .pid = (uint32_t)getpid(),
				      .start_ticks = aw__location_start_ticks(getpid(), NULL) };
}

/*
 * Creates the file under a temporary name. It is renamed to a box when it is locked, so that a box without a lock is always a
 * stale one.
 */
static int make_file(struct aw__location *location, struct aw__problem *problem)
{
	int fd = -1;

	do {
		if (!aw__location_path(location, "new", aw__recorder.path, problem))
			return -1;
		fd = open(aw__recorder.path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			  0600);
	} while (fd < 0 && errno == EEXIST && ++location->number < MOST_NUMBER);
	if (fd < 0)
		aw__problem_set(problem, "%s: %s", aw__recorder.path,
				errno == ENOSPC ? "no room for a black box" : strerror(errno));
	else
		(void)aw__location_lock(fd);
	return fd;
}

static bool name_file(struct aw__location *location, struct aw__problem *problem)
{
	char path[AW__LOCATION_PATH_BYTES];

	for (;; location->number++) {
		if (!aw__location_path(location, "box", path, problem))
			return false;
		if (renameat2(AT_FDCWD, aw__recorder.path, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
			break;
		if (errno != EEXIST || location->number == MOST_NUMBER)
			return aw__problem_set(problem, "%s: %s", path, strerror(errno));
	}
	memcpy(aw__recorder.path, path, sizeof(path));
	return true;
}

/*
 * Close the descriptor: the mapping keeps the file open, and locked. But overlayfs maps another file than the one that was
 * opened, and the lock would be lost: there, a descriptor with a high number stays open.
 */
static void release(int fd)
{
	int kept;

	close(fd);
	if (aw__location_is_locked(aw__recorder.path))
		return;
	fd = open(aw__recorder.path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return;
	kept = fcntl(fd, F_DUPFD_CLOEXEC, 500);
	(void)aw__location_lock(fd);
	if (kept >= 0)
		close(fd);
}

/* Without the C library's streams: they allocate, and this thread's heap would take some of the space that is measured. */
static uint64_t mapped_bytes(void)
{
	char text[64];
	const int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	const ssize_t length = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;

	if (fd >= 0)
		close(fd);
	text[length > 0 ? length : 0] = '\0';
	return strtoull(text, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static bool is_allowed(uint64_t bytes, struct aw__problem *problem)
{
	struct rlimit limit;

	/* The box must leave enough of the address space to the program. */
	if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
	    mapped_bytes() + bytes + AW__RECORD_LEFT_BYTES > limit.rlim_cur)
		return aw__problem_set(
			problem,
			"a black box of %llu bytes leaves too little of the address space (ulimit "
			"-v); see AWRY_MEMORY_BYTES",
			(unsigned long long)bytes);

	/* Beyond this limit ftruncate() would send SIGXFSZ. */
	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
	    bytes > limit.rlim_cur)
		return aw__problem_set(
			problem,
			"a black box of %llu bytes is over the file size limit (ulimit -f); see "
			"AWRY_MEMORY_BYTES",
			(unsigned long long)bytes);
	return true;
}

static void *map_file(uint64_t bytes, struct aw__problem *problem)
{
	struct aw__location location;
	void *base = MAP_FAILED;
	int fd;

	if (!is_allowed(bytes, problem) || !make_folder(problem))
		return NULL;
	location = own_location();
	fd = make_file(&location, problem);
	if (fd < 0)
		return NULL;
	if (ftruncate(fd, (off_t)bytes) == 0)
		base = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (base == MAP_FAILED) {
		aw__problem_set(problem, "%s: %s", aw__recorder.path, strerror(errno));
		unlink(aw__recorder.path);
		close(fd);
		return NULL;
	}
	madvise(base, bytes, MADV_DONTDUMP);
	release(fd);
	if (!name_file(&location, problem)) {
		unlink(aw__recorder.path);
		munmap(base, bytes);
		return NULL;
	}
	return base;
}

/* Divide the bound: half is for tasks, an eighth for definitions, the rest for rings. */
static void plan(struct aw__box_header *header, const struct aw__record_options *options)
{
	const uint64_t bound = options->memory_bytes;

	header->header_bytes = AW__BOX_HEADER_BYTES;
	header->ring_bytes = sizeof(struct aw__box_ring);
	header->ring_capacity = MOST_RINGS;
	header->loop_capacity = AW__MOST_LOOPS;
	header->rings_offset = AW__BOX_HEADER_BYTES;
	header->loops_offset =
		round_up(header->rings_offset + MOST_RINGS * sizeof(struct aw__box_ring), 4096);
	header->holds_offset =
		round_up(header->loops_offset + AW__MOST_LOOPS * sizeof(struct aw__box_loop), 4096);
	header->hold_capacity = MOST_HOLDS;
	header->arena_offset =
		round_up(header->holds_offset + MOST_HOLDS * sizeof(struct aw__box_hold), 4096);
	header->arena_capacity = round_up(bound / 8, 4096);
	header->tasks_offset = header->arena_offset + header->arena_capacity;
	header->task_capacity = bound / 2 / sizeof(struct aw__box_task);
	header->area_offset = round_up(header->tasks_offset + bound / 2, 4096);
	header->area_capacity = bound / 8 * 3 / 4096 * 4096;
	header->total_bytes = header->area_offset + header->area_capacity;
}

static void describe(struct aw__box_header *header, const char *runtime)
{
	ssize_t length;

	header->magic = AW__BOX_MAGIC;
	header->version = AW__BOX_VERSION;
	header->pid = (uint64_t)getpid();
	header->process_start_ticks = aw__location_start_ticks(getpid(), NULL);
	header->pid_namespace = aw__location_namespace();
	header->monotonic_ns = aw__clock_monotonic_ns();
	header->realtime_ns = aw__clock_realtime_ns();
	strncpy(header->runtime, runtime, sizeof(header->runtime) - 1);
	length = readlink("/proc/self/exe", header->program, sizeof(header->program) - 1);
	header->program[length > 0 ? length : 0] = '\0';
	AW__STORE(header->task_used, 1);
	AW__STORE(header->state, AW__BOX_OPEN);
}

static void point(struct aw__recorder *recorder, unsigned char *base, uint64_t bytes)
{
	struct aw__box_header *header = (struct aw__box_header *)base;

	/* A slot number of another box must not be read in this one. For a late hook that read the old count the slots are backed (back_copies()). */
	AW__STORE(recorder->slots_given, 0);
	recorder->base = base;
	recorder->bytes = bytes;
	recorder->header = header;
	recorder->rings = (struct aw__box_ring *)(base + header->rings_offset);
	recorder->loops = (struct aw__box_loop *)(base + header->loops_offset);
	recorder->holds = (struct aw__box_hold *)(base + header->holds_offset);
	recorder->slots = (struct aw__box_task *)(base + header->tasks_offset);
	recorder->arena = base + header->arena_offset;
}

static bool make_own_memory(struct aw__recorder *recorder)
{
	_Atomic int64_t *owner = recorder->owner;

	if (owner == NULL)
		owner = aw__wiped_alloc(sizeof(*owner));
	if (owner == NULL)
		return false;
	AW__STORE(*owner, (int64_t)getpid());
	if (recorder->owner == NULL)
		recorder->owner = owner;
	return true;
}

static bool make_intern_table(struct aw__recorder *recorder, uint64_t arena_capacity)
{
	uint64_t places = 4096;
	void *table;

	if (recorder->intern_table != NULL)
		return true;
	while (places < arena_capacity / 64)
		places *= 2;
	table = mmap(NULL, places * sizeof(uint64_t), PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (table == MAP_FAILED)
		return false;
	recorder->intern_table = table;
	recorder->intern_mask = places - 1;
	return true;
}

/* The interpreter is the same one after fork(), and in the next recording. */
static void keep_interpreter(struct aw__box_header *header, const struct aw__box_header *old)
{
	for (size_t i = 0; i < AW__INTERPRETER_WORDS; i++)
		AW__STORE(header->interpreter[i], AW__LOAD(old->interpreter[i]));
}

static uint64_t given_bytes(const struct aw__recorder *recorder)
{
	return (AW__LOAD(recorder->slots_given) + 1) * sizeof(struct aw__box_task);
}

/*
 * The box begins with a copy of the arena: ids that tasks, errors and call sites remember stay valid in a forked child and in the next
 * recording. As many slots are backed as the box before had given: a late hook may look there for its task.
 */
static bool back_copies(const struct aw__recorder *recorder, const struct aw__box_header *planned,
			unsigned char *base)
{
	if (recorder->base == NULL)
		return true;
	if (!aw__box_back(base + planned->arena_offset, recorder->arena_end) ||
	    !aw__box_back(base + planned->tasks_offset, given_bytes(recorder)))
		return false;
	memcpy(base + planned->arena_offset, recorder->arena, recorder->arena_end);
	return true;
}

/* A box that follows another one has room for everything that was interned there, even if a smaller one is asked for. */
static struct aw__record_options with_room(const struct aw__record_options *wanted)
{
	struct aw__record_options options = *wanted;

	if (aw__recorder.base != NULL && options.memory_bytes < aw__recorder.options.memory_bytes)
		options.memory_bytes = aw__recorder.options.memory_bytes;
	return options;
}

/* Hooks read some of the options while they change: those are stored atomically. */
static void set_options(struct aw__record_options *to, const struct aw__record_options *options)
{
	__atomic_store_n(&to->stack_depth, options->stack_depth, __ATOMIC_RELAXED);
	__atomic_store_n(&to->wait_stacks, options->wait_stacks, __ATOMIC_RELAXED);
	__atomic_store_n(&to->held_ns, options->held_ns, __ATOMIC_RELAXED);
	__atomic_store_n(&to->starved_ns, options->starved_ns, __ATOMIC_RELAXED);
	to->steps = options->steps;
	to->lossless = options->lossless;
	to->ring_bytes = options->ring_bytes;
	to->memory_bytes = options->memory_bytes;
}

static void begin(struct aw__recorder *recorder, const struct aw__record_options *options,
		  bool is_first)
{
	recorder->arena_end = is_first ? 8 : recorder->arena_end;
	recorder->arena_backed = is_first ? 0 : round_up(recorder->arena_end, 4096);
	AW__STORE_RELEASE(recorder->header->arena_end, recorder->arena_end);
	recorder->area_used = 0;
	recorder->slot_misses = recorder->arena_misses = 0;
	set_options(&recorder->options, options);
	AW__STORE(recorder->lossless, options->lossless);
	AW__STORE(recorder->steps, options->steps);
}

/* From here on hooks use this box. In a forked child no thread is in a hook that uses its parent's, which is unmapped. */
static void take_place(struct aw__recorder *recorder, const struct aw__box_header *planned,
		       unsigned char *base, struct aw__retired *retired)
{
	unsigned char *old_base = recorder->base;
	const size_t old_bytes = recorder->bytes;
	const uint64_t backed = old_base != NULL ? given_bytes(recorder) : 0;

	point(recorder, base, planned->total_bytes);
	recorder->slots_backed = backed / sizeof(struct aw__box_task);
	if (old_base == NULL)
		return;
	keep_interpreter(recorder->header, (const struct aw__box_header *)old_base);
	if (retired != NULL) {
		aw__reset_for_next_recording();
		aw__retire(retired, old_base, old_bytes);
	} else {
		munmap(old_base, old_bytes);
	}
}

bool aw__record_is_forked(void)
{
	return AW__LOAD_ACQUIRE(aw__recorder.forked) != AW__NOT_FORKED;
}

/* With the mutex held. False: nothing has changed. */
static bool open_box(const struct aw__record_options *options, const char *runtime,
		     struct aw__problem *problem)
{
	struct aw__recorder *recorder = &aw__recorder;
	const bool is_first = recorder->base == NULL,
		   is_next = !is_first && !aw__record_is_forked();
	struct aw__box_header planned = { 0 };
	struct aw__retired *retired = NULL;
	unsigned char *base;

	plan(&planned, options);
	base = map_file(planned.total_bytes, problem);
	if (base == NULL)
		return false;
	recorder->file = base; /* for allocate_by_name() */
	recorder->file_bytes = planned.total_bytes;
	AW__STORE(recorder->room, AW__ROOM);
	if (!aw__box_back(base, planned.arena_offset)) {
		set_no_room(problem, "a black box");
		goto undo;
	}
	memcpy(base, &planned, sizeof(planned));
	if (!make_own_memory(recorder) || !make_intern_table(recorder, planned.arena_capacity) ||
	    !back_copies(recorder, &planned, base) ||
	    (is_next && (retired = aw__retire_prepare()) == NULL)) {
		set_no_room(problem, "the names and stacks of the black box");
		goto undo;
	}
	take_place(recorder, &planned, base, retired);
	begin(recorder, options, is_first);
	describe(recorder->header, runtime);
	AW__STORE_RELEASE(recorder->epoch, AW__LOAD(recorder->epoch) + 1);
	AW__STORE_RELEASE(recorder->forked, AW__NOT_FORKED);
	return true;
undo:
	unlink(recorder->path);
	recorder->path[0] = '\0';
	munmap(base, planned.total_bytes);
	return false;
}

bool aw__record_open(const struct aw__record_options *wanted, const char *runtime,
		     struct aw__problem *problem)
{
	struct aw__record_options options;
	bool opened;

	pthread_mutex_lock(&aw__recorder.mutex);
	options = with_room(wanted);
	opened = open_box(&options, runtime, problem);
	pthread_mutex_unlock(&aw__recorder.mutex);
	return opened;
}

uint32_t aw_agent_epoch(void)
{
	return AW__LOAD_ACQUIRE(aw__recorder.epoch);
}

/* The process that opened the box; 0: none or, in a child, its parent. */
static int64_t owner(void)
{
	const _Atomic int64_t *owner = AW__LOAD_ACQUIRE(aw__recorder.owner);

	return owner != NULL ? AW__LOAD(*owner) : 0;
}

bool aw__record_is_own(void)
{
	return owner() == getpid() && !aw__record_is_forked();
}

bool aw__record_is_parents(void)
{
	return AW__LOAD_ACQUIRE(aw__recorder.owner) != NULL && owner() != getpid() &&
	       !aw__record_is_forked();
}

void aw__record_close(void)
{
	AW__STORE_RELEASE(aw__header()->state, AW__BOX_CLOSED);
	aw__record_unlink();
}

void aw__record_unlink(void)
{
	if (aw__recorder.path[0] != '\0')
		unlink(aw__recorder.path);
}

const void *aw__record_base(size_t *ret_bytes)
{
	*ret_bytes = aw__recorder.bytes;
	return aw__recorder.base;
}

const char *aw__record_path(void)
{
	return aw__recorder.path;
}
