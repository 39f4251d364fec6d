/* SPDX-License-Identifier: MIT */
/*
 * Finds deadlocks, for the agent's thread: circles of tasks that wait for each other, and loops that nothing can wake.
 *
 * The task table is read while other threads write to it: what was read at two moments may never have been true at the same time.
 * Therefore a circle is reported when it is seen for the second time, with each of its tasks in the same wait as the first time. Meanwhile
 * its loop must have run the tasks that were ready the first time: one of them may have been about to get a lock that was just released.
 * When a loop's run ends, its own thread looks: there, one look is enough.
 */
#include <string.h>
#include <time.h>

#include "agent/record/atomics.h"
#include "agent/record/box_tables.h"
#include "agent/record/put_finding.h"
#include "agent/record/recorder.h"
#include "agent/record/writer.h"
#include "agent/watch/deadlock.h"
#include "agent/watch/detectors.h"
#include "agent/watch/watch_parts.h"

#define MOST_KNOWN   256u
#define MOST_MEMBERS 16u /* of one circle: the others are counted */
#define FEW_TASKS    4096u
#define TURN_NS	     UINT64_C(100000)
#define MOST_TURNS   500u

struct known {
	uint64_t signature;  /* hash of the tasks, and of the time since when each waits */
	uint64_t iterations; /* of their loop, when the circle was seen first */
	bool told;
};

static struct aw__deadlock_graph graph;
static struct known known[MOST_KNOWN];
static uint32_t next_known;
/* One sleep of a loop. */
struct sleep {
	uint64_t loop, iterations;
};

/* By the loop's index in the table: the sleep in which it is stuck, noted before the tasks are read, and the one that was reported last. */
static struct sleep stuck[AW__MOST_LOOPS], stuck_told[AW__MOST_LOOPS];
static uint64_t last_ns;
static atomic_flag looking = ATOMIC_FLAG_INIT; /* a lock: it protects all of the above */

static uint64_t mix(uint64_t hash, uint64_t value)
{
	return (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15) + (hash >> 29);
}

struct circle {
	uint32_t first; /* the node of the task that was created first */
	uint32_t count;
	uint64_t signature;
	uint64_t loop; /* of all its tasks; 0: they belong to several */
	bool ended;    /* not a circle, but a chain to a lock whose holder has ended */
};

/* NULL: no loop has that id. */
static const struct aw__box_loop *loop_of(uint64_t id)
{
	for (uint32_t i = 0; id != 0 && i < AW__MOST_LOOPS; i++)
		if (AW__LOAD(aw__loop_table()[i].id) == id)
			return &aw__loop_table()[i];
	return NULL;
}

/* Whether the tasks that were ready when the circle was seen first have run: its loop sleeps, or has begun a second iteration since. */
static bool has_gone_on(const struct known *seen, const struct aw__box_loop *loop)
{
	return loop == NULL || AW__LOAD_ACQUIRE(loop->busy_since_ns) == 0 ||
	       AW__LOAD(loop->iterations) - seen->iterations >= 2;
}

/* Whether to report the circle now: it was not reported yet, and is seen for the second time or by the loop's own thread (`sure`). */
static bool is_time(const struct circle *circle, bool sure)
{
	const struct aw__box_loop *loop = loop_of(circle->loop);

	for (uint32_t i = 0; i < MOST_KNOWN; i++) {
		const bool told = known[i].told;

		if (known[i].signature != circle->signature)
			continue;
		known[i].told = told || sure || has_gone_on(&known[i], loop);
		return known[i].told && !told;
	}
	known[next_known++ % MOST_KNOWN] = (struct known){
		.signature = circle->signature,
		.iterations = loop != NULL ? AW__LOAD(loop->iterations) : 0,
		.told = sure,
	};
	return sure;
}

static void measure(uint32_t start, struct circle *ret)
{
	uint32_t at = start;

	*ret = (struct circle){ .first = start, .loop = graph.nodes[start].view.loop };
	do {
		const struct aw__deadlock_node *node = &graph.nodes[at];

		if (node->view.task.id < graph.nodes[ret->first].view.task.id)
			ret->first = at;
		if (node->view.loop != ret->loop)
			ret->loop = 0;
		/* a sum: the same wherever the walk starts */
		ret->signature += mix(node->view.task.id, node->view.changed_ns);
		ret->count++;
		at = aw__deadlock_next(&graph, at);
	} while (at != start && at != AW__DEADLOCK_NONE && ret->count < graph.count);
	ret->ended = at == AW__DEADLOCK_NONE;
	/* one report for all tasks that wait for such a lock */
	if (ret->ended)
		ret->signature = mix(1, graph.nodes[start].view.wait_target);
}

static uint32_t list_members(const struct circle *circle, uint64_t *ret_list)
{
	uint32_t at = circle->first, count = 0;

	for (; count < circle->count && count < MOST_MEMBERS; count++) {
		const struct aw__task_view *view = &graph.nodes[at].view;
		uint64_t *member = ret_list + AW__FINDING_MEMBERS + count * AW__MEMBER_NUMBERS;

		member[AW__MEMBER_TASK] = view->task.id;
		member[AW__MEMBER_WAIT_KIND] = AW__VIEW_WAIT(view);
		member[AW__MEMBER_WAIT_TARGET] = view->wait_target;
		at = aw__deadlock_next(&graph, at);
	}
	return count;
}

static void put(struct aw__writer *writer, uint32_t first, uint32_t members, uint32_t total,
		uint64_t *list, const char *text, uint64_t error)
{
	const struct aw__task_view *view = &graph.nodes[first].view;
	const struct aw__box_task *slot = aw__task_slot(&view->task);
	struct aw__event event = { .list = list };

	event.list_length = AW__FINDING_MEMBERS + members * AW__MEMBER_NUMBERS;
	event.finding.kind = AW__DEADLOCK;
	event.finding.task = view->task.id;
	event.finding.stack = view->task.stack;
	event.finding.value = total;
	event.finding.error = error;
	list[AW__FINDING_COROUTINE] = slot != NULL ? AW__LOAD(slot->coroutine_stack) >> 32 : 0;
	list[AW__FINDING_LOOP] = view->loop;
	list[AW__FINDING_CREATOR] = view->creator;
	event.text = text;
	event.text_length = text != NULL ? (uint32_t)strlen(text) : 0;
	aw__finding_put(writer, &event);
}

static void tell_circle(struct aw__writer *writer, const struct circle *circle)
{
	uint64_t list[AW__FINDING_MEMBERS + MOST_MEMBERS * AW__MEMBER_NUMBERS] = { 0 };
	const uint32_t members = list_members(circle, list);
	uint32_t at = circle->first;

	for (uint32_t i = 0; i < members; i++, at = aw__deadlock_next(&graph, at))
		aw__task_tell(writer, &graph.nodes[at].view.task);
	put(writer, circle->first, members, circle->count, list,
	    circle->ended ? "the task that took the lock has ended, and the lock is still taken"
			  : NULL,
	    0);
}

static bool is_same(struct sleep one, struct sleep other)
{
	return one.loop == other.loop && one.iterations == other.iterations;
}

/* The sleep of the loop at that index, if it is stuck; else its `loop` is 0. */
static struct sleep stuck_at(uint32_t i)
{
	const struct aw__box_loop *loop = &aw__loop_table()[i];
	const uint64_t iterations = AW__LOAD_ACQUIRE(loop->iterations);

	if (AW__LOAD_ACQUIRE(loop->stuck) != AW__STUCK || AW__LOAD(loop->iterations) != iterations)
		return (struct sleep){ 0 };
	return (struct sleep){ AW__LOAD(loop->id), iterations };
}

/* If the loop is stuck, the circle that was reported is the reason: do not report the loop, too. */
static void say_stuck(uint64_t id)
{
	for (uint32_t i = 0; i < AW__MOST_LOOPS; i++) {
		const struct sleep now = stuck_at(i);

		if (id != 0 && now.loop == id)
			stuck_told[i] = now;
	}
}

/*
 * Cycle detection: walk from each blocked node; a node that meets its own mark closes a circle. `loop`: its run is over, and only circles among
 * its tasks are reported; 0: all are.
 */
static void find_circles(struct aw__writer *writer, uint64_t loop)
{
	for (uint32_t i = 0; i < graph.count; i++) {
		uint32_t at = i, previous = i;
		struct circle circle;

		while (at != AW__DEADLOCK_NONE && !graph.nodes[at].alive &&
		       graph.nodes[at].mark == 0) {
			graph.nodes[at].mark = i + 1;
			previous = at;
			at = aw__deadlock_next(&graph, at);
		}
		if (graph.nodes[i].alive ||
		    (at != AW__DEADLOCK_NONE && graph.nodes[at].mark != i + 1))
			continue;
		measure(at != AW__DEADLOCK_NONE ? at : previous, &circle);
		if (loop != 0 && circle.loop != loop)
			continue;
		if (is_time(&circle, loop != 0))
			tell_circle(writer, &circle);
		say_stuck(graph.nodes[i].view.loop);
	}
}

/*
 * The error of the loop's task that failed last, of the errors that nobody has retrieved; 0: there is none. Whether that task would have woken
 * the others is not known, but its error is the first thing to look at.
 */
static uint64_t last_error(struct aw__writer *writer, uint64_t loop)
{
	const uint64_t end = aw__slots_end();
	struct aw__task_view view, last = { .changed_ns = 0 };

	for (uint32_t slot = 1; slot < end; slot++)
		if (aw__slot_view(slot, &view) && view.loop == loop && aw__held_is(&view) &&
		    view.changed_ns >= last.changed_ns)
			last = view;
	if (last.task.id != 0)
		aw__task_tell(writer, &last.task);
	return last.task.id != 0 ? last.wait_target : 0;
}

/* Report that every task of the loop waits. The first MOST_MEMBERS are listed, in their order in the table. */
static void tell_stuck(struct aw__writer *writer, uint64_t loop)
{
	uint64_t list[AW__FINDING_MEMBERS + MOST_MEMBERS * AW__MEMBER_NUMBERS] = { 0 };
	const uint64_t error = last_error(writer, loop);
	uint32_t members = 0, total = 0, first = AW__DEADLOCK_NONE;

	for (uint32_t i = 0; i < graph.count; i++) {
		const struct aw__task_view *view = &graph.nodes[i].view;
		uint64_t *member = list + AW__FINDING_MEMBERS + members * AW__MEMBER_NUMBERS;

		if (view->loop != loop || AW__VIEW_STATE(view) != AW__TASK_WAITING)
			continue;
		if (total++ == 0)
			first = i;
		if (members == MOST_MEMBERS)
			continue;
		member[AW__MEMBER_TASK] = view->task.id;
		member[AW__MEMBER_WAIT_KIND] = AW__VIEW_WAIT(view);
		member[AW__MEMBER_WAIT_TARGET] = view->wait_target;
		aw__task_tell(writer, &view->task);
		members++;
	}
	if (total > 0)
		put(writer, first, members, total, list,
		    error == 0 ? "every task waits, and nothing is left that could wake one"
			       : "every task waits, and nothing is left that could wake one; a "
				 "task has failed before, "
				 "and nobody has retrieved its error",
		    error);
}

/* Call it before the tasks are read: those of a stuck loop wait by then. Returns whether a stuck loop is not reported yet. */
static bool note_stuck(void)
{
	bool any = false;

	for (uint32_t i = 0; i < AW__MOST_LOOPS; i++) {
		stuck[i] = stuck_at(i);
		any = any || (stuck[i].loop != 0 && !is_same(stuck[i], stuck_told[i]));
	}
	return any;
}

/* A loop that became stuck while the tasks were read has to wait for the next look. A circle may have been reported instead. */
static void find_stuck(struct aw__writer *writer)
{
	for (uint32_t i = 0; i < AW__MOST_LOOPS; i++) {
		if (stuck[i].loop == 0 || is_same(stuck[i], stuck_told[i]) ||
		    !is_same(stuck[i], stuck_at(i)))
			continue;
		stuck_told[i] = stuck[i];
		tell_stuck(writer, stuck[i].loop);
	}
}

/* How many looks there are in the time after which a circle is reported: the second one, which confirms it, must not come much later. */
static uint64_t looks(void)
{
	return graph.count < FEW_TASKS ? 8 : 2;
}

void aw__watch_deadlocks(uint64_t longest_ns)
{
	struct aw__writer *writer = aw__writer_get();

	if (writer == NULL)
		return;
	aw__writer_now(writer);
	if (atomic_flag_test_and_set_explicit(&looking, memory_order_acquire))
		return; /* the agent's thread looks again soon */
	aw__watch_alone(writer->now_ns, longest_ns);
	if (note_stuck() || writer->now_ns - last_ns >= longest_ns / looks()) {
		last_ns = writer->now_ns;
		if (aw__deadlock_build(&graph, writer->now_ns - longest_ns)) {
			find_circles(writer, 0);
			find_stuck(writer);
		}
	}
	atomic_flag_clear_explicit(&looking, memory_order_release);
}

/* Waits for the watchdog, whose look takes some ms at most. */
static bool take_turn(void)
{
	const struct timespec turn = { .tv_nsec = TURN_NS };

	for (unsigned i = 0; i < MOST_TURNS; i++) {
		if (!atomic_flag_test_and_set_explicit(&looking, memory_order_acquire))
			return true;
		nanosleep(&turn, NULL);
	}
	return false;
}

/* Reports circles among tasks of this loop alone: on its own thread, so that none of them changes meanwhile. */
void aw_agent_loop_ending(struct aw_agent_loop *loop)
{
	struct aw__writer *writer = aw__writer_get();

	if (writer == NULL || loop->id == 0 || !take_turn())
		return;
	aw__writer_now(writer);
	if (aw__deadlock_build(&graph, writer->now_ns))
		find_circles(writer, loop->id);
	atomic_flag_clear_explicit(&looking, memory_order_release);
}

void aw__deadlock_reset(void)
{
	atomic_flag_clear_explicit(&looking, memory_order_release);
}
