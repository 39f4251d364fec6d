/* SPDX-License-Identifier: MIT */
/*
 * Finds, for deadlock.c, loops that only another thread could wake when there is no other thread: it has ended, or it changed
 * something that the loop waits for without waking the loop. Such a loop sleeps on, and is stuck.
 *
 * A loop is marked as stuck when it has slept for long in one and the same poll, all the while without another thread: a task
 * that was woken by a thread just before that thread ended has run by then.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/record/atomics.h"
#include "agent/record/box_tables.h"
#include "agent/record/recorder.h"
#include "agent/record/writer.h"
#include "agent/watch/watch_parts.h"

static struct sleeper {
	uint64_t loop; /* 0: at the last look it did not sleep, or there were other threads */
	uint64_t iterations;
	uint64_t since_ns;
} sleepers[AW__MOST_LOOPS];

/* The id of the thread that only waits for findings; 0: none. It may have ended, and a forked child does not have it. */
static _Atomic int waits_for_findings;

void aw_agent_thread_waits_for_findings(bool waits)
{
	AW__STORE(waits_for_findings, waits ? gettid() : 0);
}

static bool has_thread(int id)
{
	struct stat status;
	char path[40];

	snprintf(path, sizeof(path), "/proc/self/task/%d", id);
	return id != 0 && stat(path, &status) == 0;
}

/*
 * Whether the process has no thread but the agent's, one that waits for findings, and one other, the caller's or a loop's. Each thread is a folder
 * in /proc/self/task, and so one more link of it; an empty folder has 2 links.
 */
static bool is_alone(void)
{
	struct stat status;

	if (stat("/proc/self/task", &status) != 0 || status.st_nlink > 2 + 3)
		return false;
	return status.st_nlink <= 2 + 2 || has_thread(AW__LOAD(waits_for_findings));
}

void aw_agent_loop_stuck_if_alone(struct aw_agent_loop *loop)
{
	struct aw__box_loop *entry = aw__writer_get() != NULL ? aw__loop_entry(loop) : NULL;
	const int saved = errno;

	if (entry != NULL)
		AW__STORE_RELEASE(entry->stuck, is_alone() ? AW__STUCK : AW__STUCK_IF_ALONE);
	errno = saved;
}

static void look_at(struct aw__box_loop *loop, struct sleeper *sleeper, uint64_t now_ns,
		    uint64_t longest_ns)
{
	const struct sleeper seen = { AW__LOAD(loop->id), AW__LOAD(loop->iterations), now_ns };
	uint64_t stuck = AW__STUCK_IF_ALONE;

	if (sleeper->loop != seen.loop || sleeper->iterations != seen.iterations)
		*sleeper = seen;
	else if (now_ns - sleeper->since_ns >= longest_ns)
		atomic_compare_exchange_strong(&loop->stuck, &stuck, AW__STUCK);
}

void aw__watch_alone(uint64_t now_ns, uint64_t longest_ns)
{
	struct aw__box_loop *loops = aw__loop_table();

	for (uint32_t i = 0; i < AW__MOST_LOOPS; i++) {
		if (AW__LOAD(loops[i].stuck) != AW__STUCK_IF_ALONE)
			continue;
		if (AW__LOAD_ACQUIRE(loops[i].busy_since_ns) == 0 && is_alone())
			look_at(&loops[i], &sleepers[i], now_ns, longest_ns);
		else
			sleepers[i].loop = 0;
	}
}
