/* SPDX-License-Identifier: MIT */
/*
 * Finds creation places whose number of tasks keeps growing, for the agent's thread. Once per AWRY_LEAKED_S it counts, for each place, the
 * tasks older than that which are alive, or ended and still referenced. A place is reported when the count grew at several counts in a row,
 * at least doubled, and is not small.
 *
 * Not reported are: a number that does not grow from one count to the next, as of a full pool or of connections that come and go; a burst,
 * whose tasks end before they are old enough to be counted; tasks that end one after the other and are kept until the last has ended, as
 * live and kept tasks are counted together.
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
#include "base/text.h"

#define SLOTS_A_LOOK 4096u
#define SITES	     1024u /* places of creation */
#define PROBES	     16u
#define IN_A_ROW     5u
#define FLOOR	     100u

/* The tasks of one place of creation. */
struct site_growth {
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
	struct site_growth sites[SITES];
	uint32_t next_slot; /* where the count that is under way continues; 0: there is none */
	uint64_t began_ns;  /* start of this count, or of the last one; 0: there was none */
	uint64_t last_ns;   /* start of the one before */
} here;

void aw__watch_growth_reset(void)
{
	memset(&here, 0, sizeof(here));
}

/* NULL if there is no room. */
static struct site_growth *growth_of(uint64_t place)
{
	const uint64_t hash = place * UINT64_C(0x9e3779b97f4a7c15) >> 32;
	struct site_growth *free_one = NULL;

	for (unsigned i = 0; i < PROBES; i++) {
		struct site_growth *growth = &here.sites[(hash + i) % SITES];

		if (growth->place == place)
			return growth;
		if (growth->place == 0 && free_one == NULL)
			free_one = growth;
	}
	if (free_one != NULL)
		*free_one = (struct site_growth){ .place = place };
	return free_one;
}

static void count(const struct aw__task_view *view)
{
	struct site_growth *growth = growth_of(view->coroutine_stack);

	if (growth == NULL)
		return;
	if (growth->counted++ == 0 || view->created_ns < growth->oldest_ns) {
		growth->oldest_ns = view->created_ns;
		growth->oldest = view->task;
	}
}

static void count_kept(void)
{
	struct aw__kept kept;

	for (unsigned at = aw__kept_next(0, &kept); at != 0; at = aw__kept_next(at, &kept)) {
		struct site_growth *growth = growth_of(kept.place);

		if (growth == NULL)
			continue;
		growth->counted += kept.count;
		growth->kept = kept.count;
		growth->newest = kept.newest;
	}
}

/* The task that the finding names. False: it has just ended; the next count may report the place. */
static bool choose(const struct site_growth *growth, struct aw_agent_task *ret_task)
{
	struct aw__task_view view;

	if (growth->kept >= growth->counted - growth->kept) {
		*ret_task = growth->newest;
		return true;
	}
	if (!aw__slot_view(growth->oldest.slot, &view) || view.task.id != growth->oldest.id)
		return false;
	*ret_task = view.task;
	return true;
}

static void tell(struct aw__writer *writer, struct site_growth *growth, uint64_t old_ns)
{
	const uint64_t for_ns = here.began_ns - growth->base_ns;
	struct aw_agent_task task;
	char old[AW__DURATION_BYTES], ago[AW__DURATION_BYTES], kept[64] = "", text[320];

	if (!choose(growth, &task))
		return;
	growth->told = true;
	if (growth->kept > 0)
		snprintf(kept, sizeof(kept), ", and %" PRIu64 " of them have ended and are kept",
			 growth->kept);
	snprintf(text, sizeof(text),
		 "%" PRIu64 " that were created there are older than %s%s; %s ago "
		 "there were %" PRIu64 ", and more at each of %u counts since",
		 growth->counted, aw__text_duration_into(old, sizeof(old), old_ns), kept,
		 aw__text_duration_into(ago, sizeof(ago), for_ns), growth->base, growth->in_a_row);
	aw__task_finding(
		writer, &task,
		&(struct aw__task_found){ .kind = AW__LEAKED_TASK, .value = for_ns, .text = text });
}

static void conclude(struct aw__writer *writer, struct site_growth *growth, uint64_t old_ns)
{
	/* a new place has not grown */
	if (growth->counted > growth->before && growth->before > 0) {
		if (growth->in_a_row++ == 0) {
			growth->base = growth->before;
			growth->base_ns = here.last_ns;
		}
		if (!growth->told && growth->in_a_row >= IN_A_ROW && growth->counted >= FLOOR &&
		    growth->counted >= 2 * growth->base)
			tell(writer, growth, old_ns);
	} else {
		growth->in_a_row = 0;
	}
	growth->before = growth->counted;
	growth->counted = growth->kept = 0;
	if (growth->before == 0 && !growth->told)
		growth->place = 0;
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
	for (unsigned i = 0; i < SITES; i++)
		if (here.sites[i].place != 0)
			conclude(writer, &here.sites[i], thresholds->leaked_ns);
}
