/* SPDX-License-Identifier: MIT */
/*
 * Finds tasks whose number keeps growing, for the agent's thread. Once in a while it counts, for each place of creation, the tasks that were
 * created a while ago and are alive, or have ended and are still referenced. Both together: tasks that end one after the other, and are kept
 * until the last has ended, do not grow. A place is reported if it has more tasks at each of several counts in a row, at least twice as many
 * as before, and no small number: the tasks of a handler that never end. A number that does not grow from one count to the next is no
 * finding: a full pool, connections that come and go. Tasks that live for less than that are not counted: a burst that drains.
 *
 * The table is bounded. Places that do not fit into it are not counted this time.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agent/record/box_tables.h"
#include "agent/record/hook_tables.h"
#include "agent/record/put_finding.h"
#include "agent/record/writer.h"
#include "agent/watch/detectors.h"
#include "agent/watch/watch_parts.h"

#define SLOTS_A_LOOK 4096u
#define CROWDS	     1024u /* places of creation */
#define PROBES	     16u
#define IN_A_ROW     5u
#define FLOOR	     100u
#define NS_PER_S     UINT64_C(1000000000)

/* The tasks of one place of creation. */
struct crowd {
	uint64_t place; /* coroutine and stack, as a slot has them; 0: free */
	uint64_t counted;
	uint64_t kept;	 /* those of them that have ended */
	uint64_t before; /* at the last count */
	uint64_t base;	 /* before it began to grow */
	uint64_t base_ns;
	uint64_t oldest_ns;	     /* when that task was created: */
	struct aw_agent_task oldest; /* the first that was created, of those that are alive */
	struct aw_agent_task newest; /* the last that ended */
	unsigned in_a_row;	     /* number of counts in a row at which it grew */
	bool told;
};

static struct {
	struct crowd crowds[CROWDS];
	uint32_t next_slot; /* where the count that is under way continues; 0: there is none */
	uint64_t began_ns;  /* start of this count, or of the last one; 0: there was none */
	uint64_t last_ns;   /* start of the one before */
} here;

void aw__watch_growth_reset(void)
{
	memset(&here, 0, sizeof(here));
}

/* NULL if there is no room. */
static struct crowd *crowd_of(uint64_t place)
{
	const uint64_t hash = place * UINT64_C(0x9e3779b97f4a7c15) >> 32;
	struct crowd *free_one = NULL;

	for (unsigned i = 0; i < PROBES; i++) {
		struct crowd *crowd = &here.crowds[(hash + i) % CROWDS];

		if (crowd->place == place)
			return crowd;
		if (crowd->place == 0 && free_one == NULL)
			free_one = crowd;
	}
	if (free_one != NULL)
		*free_one = (struct crowd){ .place = place };
	return free_one;
}

static void count(const struct aw__task_view *view)
{
	struct crowd *crowd = crowd_of(view->coroutine_stack);

	if (crowd == NULL)
		return;
	if (crowd->counted++ == 0 || view->created_ns < crowd->oldest_ns) {
		crowd->oldest_ns = view->created_ns;
		crowd->oldest = view->task;
	}
}

static void count_kept(void)
{
	struct aw__kept kept;

	for (unsigned at = aw__kept_next(0, &kept); at != 0; at = aw__kept_next(at, &kept)) {
		struct crowd *crowd = crowd_of(kept.place);

		if (crowd == NULL)
			continue;
		crowd->counted += kept.count;
		crowd->kept = kept.count;
		crowd->newest = kept.newest;
	}
}

/* The task that the finding names. False: it has just ended; the next count may report the place. */
static bool choose(const struct crowd *crowd, struct aw_agent_task *ret_task)
{
	struct aw__task_view view;

	if (crowd->kept >= crowd->counted - crowd->kept) {
		*ret_task = crowd->newest;
		return true;
	}
	if (!aw__slot_view(crowd->oldest.slot, &view) || view.task.id != crowd->oldest.id)
		return false;
	*ret_task = view.task;
	return true;
}

static void tell(struct aw__writer *writer, struct crowd *crowd, uint64_t old_ns)
{
	const uint64_t for_ns = here.began_ns - crowd->base_ns;
	struct aw_agent_task task;
	char kept[64] = "", text[240];

	if (!choose(crowd, &task))
		return;
	crowd->told = true;
	if (crowd->kept > 0)
		snprintf(kept, sizeof(kept), ", and %" PRIu64 " of them have ended and are kept",
			 crowd->kept);
	snprintf(text, sizeof(text),
		 "%" PRIu64 " that were created there are older than %" PRIu64 " s%s; %" PRIu64
		 " s ago there were %" PRIu64 ", and more at each of %u counts since",
		 crowd->counted, old_ns / NS_PER_S, kept, for_ns / NS_PER_S, crowd->base,
		 crowd->in_a_row);
	aw__task_finding(
		writer, &task,
		&(struct aw__task_found){ .kind = AW__LEAKED_TASK, .value = for_ns, .text = text });
}

static void conclude(struct aw__writer *writer, struct crowd *crowd, uint64_t old_ns)
{
	if (crowd->counted > crowd->before && crowd->before > 0) { /* a new place has not grown */
		if (crowd->in_a_row++ == 0) {
			crowd->base = crowd->before;
			crowd->base_ns = here.last_ns;
		}
		if (!crowd->told && crowd->in_a_row >= IN_A_ROW && crowd->counted >= FLOOR &&
		    crowd->counted >= 2 * crowd->base)
			tell(writer, crowd, old_ns);
	} else {
		crowd->in_a_row = 0;
	}
	crowd->before = crowd->counted;
	crowd->counted = crowd->kept = 0;
	if (crowd->before == 0 && !crowd->told)
		crowd->place = 0;
}

/* One count per AWRY_LEAKED_S; each takes several looks. */
static bool is_due(uint64_t now_ns, uint64_t old_ns)
{
	if (here.next_slot != 0)
		return true;
	if (here.began_ns != 0 && now_ns - here.began_ns < old_ns)
		return false;
	here.last_ns = here.began_ns != 0 ? here.began_ns : now_ns;
	here.began_ns = now_ns;
	here.next_slot = 1;
	aw__kept_tick();
	return true;
}

void aw__watch_growth(const struct aw__thresholds *thresholds)
{
	struct aw__writer *writer = aw__writer_get();
	struct aw__task_view view;
	uint64_t end;

	if (writer == NULL || !is_due(aw__writer_now(writer), thresholds->leaked_ns))
		return;
	end = aw__slots_end();
	for (uint32_t i = 0; i < SLOTS_A_LOOK && here.next_slot < end; i++, here.next_slot++)
		if (aw__slot_view(here.next_slot, &view) &&
		    AW__VIEW_STATE(&view) != AW__TASK_FINISHED &&
		    here.began_ns >= view.created_ns &&
		    here.began_ns - view.created_ns >= thresholds->leaked_ns)
			count(&view);
	if (here.next_slot < end)
		return;
	here.next_slot = 0;
	count_kept();
	for (unsigned i = 0; i < CROWDS; i++)
		if (here.crowds[i].place != 0)
			conclude(writer, &here.crowds[i], thresholds->leaked_ns);
}
