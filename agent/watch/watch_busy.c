/* SPDX-License-Identifier: MIT */
/*
 * Finds tasks that keep a loop busy, for the agent's thread. The task that runs when the watchdog looks is the candidate. The
 * time of its steps from then on is measured, not sampled: its slot has the sum. If its share of the time is too small at any
 * look, the task that runs then is the next candidate.
 */
#include <string.h>

#include "agent/record/atomics.h"
#include "agent/record/box_tables.h"
#include "agent/record/put_finding.h"
#include "agent/record/recorder.h"
#include "agent/record/writer.h"
#include "agent/watch/detectors.h"
#include "agent/watch/watch_parts.h"

#define FEWEST_OF_TEN 1u /* of the window: before that, a share says nothing */

struct candidate {
	uint64_t loop;
	uint64_t task;
	uint32_t slot;
	uint64_t
		told; /* the task that was reported last: not again if it becomes the candidate again */
	uint64_t since_ns;
	uint64_t run_ns; /* of the task, at since_ns */
};

static struct candidate candidates[AW__MOST_LOOPS];

void aw__watch_busy_reset(void)
{
	memset(candidates, 0, sizeof(candidates));
}

static void choose(struct candidate *candidate, const struct aw__box_loop *loop, uint64_t now)
{
	struct aw__task_view view;
	const uint64_t slot = AW__LOAD(loop->task_slot);

	*candidate = (struct candidate){ .loop = AW__LOAD(loop->id), .told = candidate->told };
	if (slot == 0 || slot >= aw__slots_end() || !aw__slot_view((uint32_t)slot, &view))
		return;
	candidate->task = view.task.id;
	candidate->slot = view.task.slot;
	candidate->since_ns = now;
	candidate->run_ns = view.run_ns;
}

static void look_at(struct candidate *candidate, const struct aw__box_loop *loop,
		    struct aw__writer *writer, const struct aw__thresholds *thresholds)
{
	const uint64_t elapsed = writer->now_ns - candidate->since_ns;
	struct aw__task_view view;
	uint64_t percent;

	if (candidate->task == 0 || candidate->loop != AW__LOAD(loop->id) ||
	    AW__LOAD(loop->finding) != 0 || !aw__slot_view(candidate->slot, &view) ||
	    view.task.id != candidate->task) {
		choose(candidate, loop, writer->now_ns);
		return;
	}
	if (elapsed < thresholds->busy_ns / 10 * FEWEST_OF_TEN || elapsed == 0)
		return;
	percent = (view.run_ns - candidate->run_ns) * 100 / elapsed;
	if (percent < thresholds->busy_percent) {
		choose(candidate, loop, writer->now_ns);
	} else if (elapsed >= thresholds->busy_ns && candidate->told != candidate->task) {
		candidate->told = candidate->task;
		aw__task_finding(
			writer, &view.task,
			&(struct aw__task_found){ .kind = AW__BUSY_TASK,
						  .value = percent < 100 ? percent : 100 });
	}
}

void aw__watch_busy(const struct aw__thresholds *thresholds)
{
	struct aw__writer *writer = aw__writer_get();

	if (writer == NULL)
		return;
	aw__writer_now(writer);
	for (uint32_t i = 0; i < AW__MOST_LOOPS && i < aw__header()->loop_capacity; i++)
		if (AW__LOAD(aw__loop_table()[i].id) != 0)
			look_at(&candidates[i], &aw__loop_table()[i], writer, thresholds);
}
