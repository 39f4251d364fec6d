/* SPDX-License-Identifier: MIT */
/*
 * Finds tasks that have been orphaned, leaked or starved for too long, or whose errors are held, for the agent's thread. It
 * looks at the task table now and then, so that the tasks themselves pay nothing for it.
 *
 * Each candidate has a note, in private memory that only the agent's thread touches. A note is found by the task's slot, and
 * belongs to an earlier task if the ids differ.
 */
#include <string.h>
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
#define LEFT_PLACES	1024u
#define PROBES		16u

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

/*
 * A place of creation of tasks that wait for a future when their creator has ended, and are referenced. One of them may be meant, to wait
 * for the program's end, and so may several of one creator, a pool. Where several creators leave some, their number grows.
 */
static struct left_place {
	uint64_t number;	   /* coroutine and stack, as a slot has them; 0: free */
	struct aw_agent_task task; /* the first that was seen */
	uint64_t creator;	   /* its creator */
	bool several; /* other creators have left some, too: each task of the place is reported */
} left_places[LEFT_PLACES];

static struct note *notes;
static uint64_t note_count;
static uint32_t next_slot;

void aw__watch_tasks_reset(void)
{
	if (notes != NULL)
		munmap(notes, note_count * sizeof(*notes));
	notes = NULL;
	next_slot = 0;
	memset(left_places, 0, sizeof(left_places));
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

/* Whether it has waited for long for a future that no timeout ends, while something refers to it, and its creator has ended. */
static bool is_left_waiting(const struct look *look, const struct aw__task_view *view)
{
	const uint64_t excused = AW__STATUS_FLAG(AW__TASK_UNREFERENCED) |
				 AW__STATUS_FLAG(AW__TASK_TIMED) |
				 AW__STATUS_FLAG(AW__TASK_FORSAKEN);

	return AW__VIEW_STATE(view) == AW__TASK_WAITING && AW__VIEW_WAIT(view) == AW_WAIT_FUTURE &&
	       (view->status & excused) == 0 && view->scope == 0 &&
	       has_passed(look, view->changed_ns, look->thresholds->leaked_ns) &&
	       aw__slot_creator_ended(view);
}

static bool still_waits(const struct look *look, const struct left_place *place)
{
	struct aw__task_view view;

	return aw__slot_view(place->task.slot, &view) && view.task.id == place->task.id &&
	       is_left_waiting(look, &view);
}

/* NULL if there is no room. */
static struct left_place *left_place_of(const struct look *look, uint64_t number)
{
	const uint64_t hash = number * UINT64_C(0x9e3779b97f4a7c15) >> 32;
	struct left_place *unused = NULL;

	for (unsigned i = 0; i < PROBES; i++) {
		struct left_place *place = &left_places[(hash + i) % LEFT_PLACES];

		if (place->number == number)
			return place;
		if (unused == NULL && !place->several && !still_waits(look, place))
			unused = place;
	}
	if (unused != NULL)
		*unused = (struct left_place){ .number = number };
	return unused;
}

/* Whether such tasks pile up: more than one creator has left one at this place. */
static bool piles_up(const struct look *look, const struct aw__task_view *view)
{
	struct left_place *place;

	if (view->task.stack == 0) /* the place is not known */
		return false;
	place = left_place_of(look, view->coroutine_stack);
	if (place == NULL || place->several)
		return place != NULL;
	if (still_waits(look, place)) {
		place->several = place->creator != view->creator;
	} else {
		place->task = view->task;
		place->creator = view->creator;
	}
	return place->several;
}

static void look_for_leaked(struct look *look, const struct aw__task_view *view)
{
	if (is_left_waiting(look, view) && piles_up(look, view))
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
