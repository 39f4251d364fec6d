/* SPDX-License-Identifier: MIT */
/*
 * Loops that only another thread could wake, when there is none left: the thread that was to do it has ended, or it changed
 * something of the loop's without waking it. Each sleeps on, and is stuck.
 *
 * It is said when a loop has slept for long in one and the same poll, all the while without another thread: whoever was woken
 * by a thread that ended just then has run by that time.
 */
#include <errno.h>
#include <sys/stat.h>

#include "agent/record/atomics.h"
#include "agent/record/box_tables.h"
#include "agent/record/recorder.h"
#include "agent/record/writer.h"
#include "agent/watch/watch_parts.h"

static struct sleeper {
	uint64_t loop; /* 0: it does not sleep so, or other threads were there at the last look */
	uint64_t iterations;
	uint64_t since_ns;
} sleepers[AW__MOST_LOOPS];

/*
 * Whether the process has no thread but the agent's and one other, the caller's or a loop's: each thread is a folder, and so a link of the
 * folder of all.
 */
static bool is_alone(void)
{
	struct stat status;

	return stat("/proc/self/task", &status) == 0 && status.st_nlink <= 2 + 2;
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
