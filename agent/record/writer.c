/* SPDX-License-Identifier: MIT */
/* Opens a thread's writer at its first record, for the hooks, and hands it on to a new thread when its own has ended. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/record/atomics.h"
#include "agent/record/box.h"
#include "agent/record/recorder.h"
#include "agent/record/reset.h"
#include "agent/record/retire.h"
#include "agent/record/ring.h"
#include "agent/record/stack_capture.h"
#include "agent/record/writer.h"

#define LEAST_RING_BYTES    (64u << 10) /* as AWRY_RING_BYTES allows */
#define SMALL_RING_BYTES    16384u
#define WATCHDOG_RING_BYTES 131072u /* it has the findings about all threads */

struct aw__writer aw__writer_none;
_Thread_local struct aw__writer *aw__writer_own = &aw__writer_none;
static _Thread_local bool is_small __attribute__((tls_model("initial-exec")));
static _Thread_local bool is_opening __attribute__((tls_model("initial-exec")));

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;

/* With the mutex held: the writer's thread has ended. */
static void set_free(struct aw__writer *writer)
{
	AW__STORE(writer->open, false);
	if (writer->has_rings)
		for (unsigned i = 0; i < AW__RINGS; i++)
			AW__STORE_RELEASE(writer->rings[i].shared->state, AW__RING_ORPHAN);
	writer->is_free = true;
	writer->next_free = aw__recorder.free_writers;
	aw__recorder.free_writers = writer;
}

static void leave(void *data)
{
	struct aw__writer *writer = data;

	if (writer != aw__writer_own ||
	    (!AW__LOAD_ACQUIRE(writer->open) && writer->retired == NULL))
		return; /* a writer from before a fork */
	aw__writer_own = &aw__writer_none;
	pthread_mutex_lock(&aw__recorder.mutex);
	if (writer->retired != NULL)
		aw__retire_writer(writer);
	else
		set_free(writer);
	pthread_mutex_unlock(&aw__recorder.mutex);
}

static void make_key(void)
{
	pthread_key_create(&key, leave);
}

struct sizes {
	uint64_t bytes[AW__RINGS];
};

/* Room for so many other threads is left where the rings become smaller. */
#define OTHERS 8u

/*
 * The sizes of a thread's rings. As long as a quarter of the area stays free, they have the size of AWRY_RING_BYTES, or half of it, and so on. The
 * rings of further threads become smaller, so that more threads have some. False: there is no room for the smallest.
 */
static bool choose_sizes(uint64_t area, struct sizes *ret)
{
	const uint64_t capacity = aw__recorder.header->area_capacity, room = capacity - area;
	uint64_t events = aw__recorder.options.ring_bytes;

	if (is_small) {
		*ret = (struct sizes){ { SMALL_RING_BYTES, WATCHDOG_RING_BYTES } };
		return room >= SMALL_RING_BYTES + WATCHDOG_RING_BYTES;
	}
	for (;; events /= 2) {
		const uint64_t both = events + events / 2;

		*ret = (struct sizes){ { events, events / 2 } };
		if (both <= room && (room - both >= capacity / 4 || both <= room / OTHERS))
			return true;
		if (events <= LEAST_RING_BYTES)
			return both <= room;
	}
}

/* With the mutex held: open two more rings, behind the others. */
static bool open_rings(struct aw__writer *writer)
{
	struct aw__recorder *recorder = &aw__recorder;
	const uint64_t used = AW__LOAD(recorder->header->ring_used);
	uint64_t area = recorder->area_used;
	struct sizes sizes;

	if (used + AW__RINGS > recorder->header->ring_capacity || !choose_sizes(area, &sizes))
		return false;
	for (unsigned i = 0; i < AW__RINGS; i++) {
		if (!aw__ring_open(&writer->rings[i], &recorder->rings[used + i],
				   recorder->base + recorder->header->area_offset + area,
				   sizes.bytes[i]))
			return false;
		area += sizes.bytes[i];
	}
	recorder->area_used = area;
	writer->thread = (uint32_t)used / AW__RINGS;
	for (unsigned i = 0; i < AW__RINGS; i++)
		AW__STORE_RELEASE(recorder->rings[used + i].state, AW__RING_OWNED);
	AW__STORE_RELEASE(recorder->header->ring_used, used + AW__RINGS);
	return true;
}

/* With the mutex held: take the writer of a thread that has ended, with rings of the size that this thread needs. */
static struct aw__writer *reuse(bool with_rings)
{
	struct aw__writer **at = &aw__recorder.free_writers;
	struct aw__writer *writer;

	while (*at != NULL &&
	       ((*at)->has_rings != with_rings || (with_rings && (*at)->is_small != is_small)))
		at = &(*at)->next_free;
	writer = *at;
	if (writer != NULL) {
		*at = writer->next_free;
		writer->is_free = false;
	}
	return writer;
}

static void free_writer(struct aw__writer *writer)
{
	munmap(writer, sizeof(*writer));
}

/* With the mutex held. The room of rings is never given back: rings are reused, and slots only together with their writer. */
static struct aw__writer *find_or_make(void)
{
	struct aw__writer *writer = reuse(true), *ringless;

	if (writer != NULL) {
		for (unsigned i = 0; i < AW__RINGS; i++)
			AW__STORE_RELEASE(writer->rings[i].shared->state, AW__RING_OWNED);
		return writer;
	}
	writer = aw__wiped_alloc(sizeof(*writer));
	if (writer == NULL)
		return NULL;
	writer->is_small = is_small;
	writer->slots = aw__recorder.slots;
	writer->has_rings = open_rings(writer);
	ringless = writer->has_rings ? NULL : reuse(false);
	if (ringless != NULL) {
		free_writer(writer);
		return ringless;
	}
	writer->next = aw__recorder.writers;
	aw__recorder.writers = writer;
	return writer;
}

/* The thread's first hook since another recording began: it no longer uses the old box. */
static void part_with_retired(void)
{
	struct aw__writer *writer = aw__writer_own;

	aw__writer_own = &aw__writer_none;
	pthread_mutex_lock(&aw__recorder.mutex);
	aw__retire_writer(writer);
	pthread_mutex_unlock(&aw__recorder.mutex);
}

/* A reader may see words of the name of the thread that had the ring before, but no torn word. */
static void put_name(struct aw__box_ring *ring, const char name[8 * AW__THREAD_NAME_WORDS])
{
	for (unsigned i = 0; i < AW__THREAD_NAME_WORDS; i++) {
		uint64_t word;

		memcpy(&word, name + 8 * i, 8);
		AW__STORE(ring->name[i], word);
	}
}

static void introduce(struct aw__writer *writer)
{
	const uint64_t tid = (uint64_t)syscall(SYS_gettid);
	struct aw__event event = { .kind = AW__THREAD_STARTED, .subject = writer->thread };
	char name[8 * AW__THREAD_NAME_WORDS] = "";

	pthread_getname_np(pthread_self(), name, sizeof(name));
	if (writer->has_rings) {
		for (unsigned i = 0; i < AW__RINGS; i++) {
			AW__STORE(writer->rings[i].shared->tid, tid);
			put_name(writer->rings[i].shared, name);
		}
	}
	aw__writer_now(writer);
	event.thread_started.tid = tid;
	event.text = name;
	event.text_length = (uint32_t)strlen(name);
	aw__ring_put(writer, AW__FINDINGS, &event);
}

/*
 * This child was made by _Fork() or clone(): no handler of fork() ran here, other threads may have held any lock at that moment,
 * and nothing can be opened safely. So the child is not recorded. If it shares its parent's memory (vfork()), the switch is the
 * parent's, and must stay as it is.
 */
static void refuse_child(void)
{
	if (aw__writer_own != &aw__writer_none)
		__atomic_store_n(&aw_agent_switch, 0, __ATOMIC_RELAXED);
}

/* Tried once: a child that gets no box runs on without one. */
static bool open_in_child(void)
{
	if (AW__LOAD_ACQUIRE(aw__recorder.forked) == AW__FORKED_WITHOUT)
		return false;
	is_opening = true;
	aw__recorder.first_use();
	is_opening = false;
	if (AW__LOAD_ACQUIRE(aw__recorder.forked) == AW__NOT_FORKED)
		return true;
	AW__STORE_RELEASE(aw__recorder.forked, AW__FORKED_WITHOUT);
	return false;
}

static struct aw__writer *open_writer(void)
{
	struct aw__writer *writer;

	if (AW__LOAD_ACQUIRE(aw__recorder.forked) != AW__NOT_FORKED) {
		if (!open_in_child())
			return NULL;
	} else if (aw__record_is_parents()) {
		refuse_child();
		return NULL;
	}
	if (aw__writer_own != &aw__writer_none)
		part_with_retired();
	pthread_once(&once, make_key);
	pthread_mutex_lock(&aw__recorder.mutex);
	writer = find_or_make();
	if (writer != NULL)
		AW__STORE(writer->open, true);
	pthread_mutex_unlock(&aw__recorder.mutex);
	if (writer == NULL)
		return NULL;
	pthread_setspecific(key, writer);
	aw__writer_own = writer;
	aw__stack_warm_up();
	introduce(writer);
	return writer;
}

struct aw__writer *aw__writer_open(void)
{
	const int saved = errno;
	struct aw__writer *writer;

	if (is_opening || aw__recorder.base == NULL)
		return NULL;
	writer = open_writer();
	errno = saved;
	return writer;
}

void aw__record_small_thread(void)
{
	is_small = true;
}

void aw__record_forked(void)
{
	/*
	 * These writers belong to the parent's box. The kernel has cleared their memory, and with it the list of them: those of other
	 * threads stay mapped, a page of address space each.
	 */
	aw__recorder.writers = aw__recorder.free_writers = NULL;
	aw__retire_all();
	if (aw__writer_own != &aw__writer_none)
		free_writer(aw__writer_own);
	aw__writer_own = &aw__writer_none;
	aw__reset_after_fork();
	AW__STORE_RELEASE(aw__recorder.forked, AW__FORKED);
}

void aw__record_lock(void)
{
	pthread_mutex_lock(&aw__recorder.mutex);
}

void aw__record_unlock(void)
{
	pthread_mutex_unlock(&aw__recorder.mutex);
}

void aw__record_on_first_use(void (*call)(void))
{
	aw__recorder.first_use = call;
}
