/* SPDX-License-Identifier: MIT */
/*
 * Finds tasks that have been orphaned, leaked or starved for too long, or whose errors are held, for the agent's thread. It
 * looks at the task table now and then, so that the tasks themselves pay nothing for it.
 *
 * Each candidate has a note, in private memory that only the agent's thread touches. A note is found by the task's slot, and
 * belongs to an earlier task if the ids differ.
 */
#include <sys/mman.h>

#include "agent/record/atomics.h"
#include "agent/record/box_tables.h"
#include "agent/record/put_finding.h"
#include "agent/record/recorder.h"
#include "agent/record/writer.h"
#include "agent/watch/detectors.h"
#include "agent/watch/watch_parts.h"

#define SLOTS_A_LOOK	4096u
#define FINDINGS_A_LOOK 64u /* the rest is found the next time */

enum { TOLD_ORPHAN = 1, TOLD_LEAKED = 2, TOLD_STARVED = 4, KEPT_HELD = 8, TOLD_HELD = 16 };

struct note {
	uint64_t task;
	uint64_t orphan_ns; /* when it was first seen to be one; 0: never */
	uint64_t ready_ns;  /* since when it was ready when it was last seen so; 0: never */
	uint64_t told;
};

struct look {
	const struct aw__thresholds *thresholds;
	struct aw__writer *writer;
	unsigned found;
	struct aw__held_list *held;
};

static struct note *notes;
static uint64_t note_count;
static uint32_t next_slot;

void aw__watch_tasks_reset(void)
{
	if (notes != NULL)
		munmap(notes, note_count * sizeof(*notes));
	notes = NULL;
	next_slot = 0;
}

/* A note for each slot: memory that is not touched costs nothing. */
static bool have_notes(void)
{
	void *memory;

	if (notes != NULL)
		return true;
	note_count = aw__header()->task_capacity;
	memory = mmap(NULL, note_count * sizeof(*notes), PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		return false;
	notes = memory;
	return true;
}

/* NULL if there is no memory for notes. */
static struct note *note_of(const struct aw__task_view *view)
{
	struct note *note;

	if (!have_notes() || view->task.slot >= note_count)
		return NULL;
	note = &notes[view->task.slot];
	if (note->task != view->task.id)
		*note = (struct note){ .task = view->task.id };
	return note;
}

static void tell(struct look *look, const struct aw__task_view *view, struct note *note,
		 enum aw__finding_kind kind, unsigned bit, uint64_t for_ns)
{
	if (note == NULL || (note->told & bit) != 0 || look->found == FINDINGS_A_LOOK)
		return;
	note->told |= bit;
	look->found++;
	aw__task_finding(look->writer, &view->task,
			 &(struct aw__task_found){ .kind = kind, .value = for_ns });
}

static bool has_passed(const struct look *look, uint64_t since_ns, uint64_t longest_ns)
{
	return look->writer->now_ns >= since_ns && look->writer->now_ns - since_ns >= longest_ns;
}

static void look_for_orphan(struct look *look, const struct aw__task_view *view)
{
	struct note *note;

	if ((view->status & AW__STATUS_FLAG(AW__TASK_UNREFERENCED)) == 0 ||
	    (view->status & AW__STATUS_FLAG(AW__TASK_FORSAKEN)) != 0 || view->scope != 0 ||
	    !aw__slot_creator_ended(view))
		return;
	note = note_of(view);
	if (note == NULL)
		return;
	if (note->orphan_ns == 0)
		note->orphan_ns = look->writer->now_ns;
	else if (has_passed(look, note->orphan_ns, look->thresholds->orphan_ns))
		tell(look, view, note, AW__ORPHAN_TASK, TOLD_ORPHAN,
		     look->writer->now_ns - note->orphan_ns);
}

static void look_for_leaked(struct look *look, const struct aw__task_view *view)
{
	const uint64_t excused = AW__STATUS_FLAG(AW__TASK_UNREFERENCED) |
				 AW__STATUS_FLAG(AW__TASK_TIMED) |
				 AW__STATUS_FLAG(AW__TASK_FORSAKEN);

	if (AW__VIEW_STATE(view) != AW__TASK_WAITING || AW__VIEW_WAIT(view) != AW_WAIT_FUTURE ||
	    (view->status & excused) != 0 || view->scope != 0 ||
	    !has_passed(look, view->changed_ns, look->thresholds->leaked_ns) ||
	    !aw__slot_creator_ended(view))
		return;
	tell(look, view, note_of(view), AW__LEAKED_TASK, TOLD_LEAKED,
	     look->writer->now_ns - view->changed_ns);
}

/* Not if the loop is blocked, which is a finding itself, nor before its first iteration. */
static bool is_loop_at_fault(const struct look *look, uint64_t id)
{
	for (uint32_t i = 0; i < aw__header()->loop_capacity; i++) {
		const struct aw__box_loop *loop = &aw__loop_table()[i];
		const uint64_t since = AW__LOAD(loop->busy_since_ns);

		if (id == 0 || AW__LOAD(loop->id) != id)
			continue;
		return AW__LOAD(loop->finding) == 0 && AW__LOAD(loop->iterations) > 0 &&
		       (since == 0 || !has_passed(look, since, look->thresholds->starved_ns / 2));
	}
	return false;
}

static bool is_ready(const struct aw__task_view *view)
{
	switch (AW__VIEW_STATE(view)) {
	case AW__TASK_PENDING: /* ready only if it is queued: else somebody has to start it */
		return (view->status & AW__STATUS_FLAG(AW__TASK_QUEUED)) != 0;
	case AW__TASK_READY:
		return true;
	case AW__TASK_WAITING: /* it yielded */
		return AW__VIEW_WAIT(view) == AW_WAIT_SLEEP && view->wait_target == 0;
	default:
		return false;
	}
}

/* A finding needs two observations: right after a blocked iteration the tasks that it kept waiting have not run yet. */
static void look_for_starved(struct look *look, const struct aw__task_view *view)
{
	struct note *note;
	bool seen;

	if (!is_ready(view) || !has_passed(look, view->changed_ns, look->thresholds->starved_ns) ||
	    !is_loop_at_fault(look, view->loop))
		return;
	note = note_of(view);
	if (note == NULL)
		return;
	seen = note->ready_ns == view->changed_ns;
	note->ready_ns = view->changed_ns;
	if (seen)
		tell(look, view, note, AW__STARVED_TASK, TOLD_STARVED,
		     look->writer->now_ns - view->changed_ns);
}

/*
 * After half the threshold, the caller records an error again (`due` is false): the records from when the task failed may be
 * overwritten before the threshold is reached.
 */
static void look_for_held(struct look *look, const struct aw__task_view *view)
{
	const uint64_t since = view->changed_ns;
	struct note *note;
	bool due;

	if (look->held == NULL || look->held->count == AW__HELD_A_LOOK || !aw__held_is(view) ||
	    !has_passed(look, since, look->thresholds->held_ns / 2))
		return;
	note = note_of(view);
	due = has_passed(look, since, look->thresholds->held_ns);
	if (note == NULL || (!due && !look->held->early) ||
	    (note->told & (due ? TOLD_HELD : KEPT_HELD)) != 0 ||
	    (look->held->count > 0 && look->held->due != due))
		return;
	note->told |= KEPT_HELD; /* TOLD_HELD is set when the finding is recorded */
	look->held->due = due;
	aw__held_add(look->held, view);
}

bool aw__held_was_reported(const struct aw__task_view *view)
{
	const struct note *note = note_of(view);

	return note != NULL && (note->told & TOLD_HELD) != 0;
}

void aw__held_note_reported(const struct aw__task_view *view)
{
	struct note *note = note_of(view);

	if (note != NULL)
		note->told |= TOLD_HELD;
}

void aw__watch_tasks(const struct aw__thresholds *thresholds, struct aw__held_list *held)
{
	struct look look = { .thresholds = thresholds, .writer = aw__writer_get(), .held = held };
	struct aw__task_view view;
	uint64_t end;

	if (held != NULL)
		held->count = 0;
	if (look.writer == NULL)
		return;
	/* a task that waits records no event: this tells how long it had waited when the process died */
	AW__STORE(aw__header()->looked_ns, aw__writer_now(look.writer));
	end = aw__slots_end();
	if (next_slot >= end)
		next_slot = 1;
	for (uint32_t i = 0; i < SLOTS_A_LOOK && next_slot < end; i++, next_slot++) {
		if (!aw__slot_view(next_slot, &view))
			continue;
		if (AW__VIEW_STATE(&view) == AW__TASK_FINISHED) {
			look_for_held(&look, &view);
			continue;
		}
		look_for_orphan(&look, &view);
		look_for_leaked(&look, &view);
		look_for_starved(&look, &view);
	}
	if (held != NULL)
		aw__held_without_awaited(held);
}
