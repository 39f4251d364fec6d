/* SPDX-License-Identifier: MIT */
/*
 * One process in the viewer, at present or at an earlier time. A trace with an index moves its own model through
 * time. Other sources are read a second time, up to the wanted time; for a live process its black box is read,
 * which has the events that its rings still hold.
 */
#include "viewer/cli/viewer_process.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "viewer/cli/history.h"

#define TARGET_BYTES sizeof(((struct aw__session *)0)->target)

/* the longest time that keys wait for reading */
#define PUMP_NS	    5000000u
#define DISORDER_NS UINT64_C(5000000000)
#define PUMP_ITEMS  256	      /* between two looks at the clock */
#define SNAPSHOT_NS 50000000u /* longer for a snapshot: half of one cannot be shown */

/* A live process is asked for a snapshot once a second, and less often if it has many tasks. */
#define ASK_NS	      UINT64_C(1000000000)
#define ASK_A_TASK_NS UINT64_C(20000)

struct aw__viewer_process *aw__viewer_process_create(struct aw__session *session)
{
	struct aw__viewer_process *watched = aw__alloc_must_zeroed(1, sizeof(*watched));

	watched->session = session;
	watched->history = session->history = aw__history_create();
	watched->process.model = session->model;
	watched->process.files = session->files;
	watched->process.recorded = aw__source_kind(session->source) != AW__SOURCE_SOCKET;
	watched->process.arg = watched;
	watched->asked_ns = aw__clock_monotonic_ns();
	return watched;
}

static void forget_past(struct aw__viewer_process *watched)
{
	if (watched->past != NULL)
		aw__session_close(watched->past);
	aw__alloc_free(watched->past);
	watched->past = NULL;
}

void aw__viewer_process_destroy(struct aw__viewer_process *watched)
{
	forget_past(watched);
	watched->session->history = NULL;
	aw__history_destroy(watched->history);
	aw__alloc_free(watched);
}

/* The last events of a killed process are in its box only. */
static void read_box(struct aw__viewer_process *watched)
{
	const struct aw__hello *hello = aw__model_hello(watched->session->model);
	struct aw__problem ignored;
	struct aw__source_box box;

	if (watched->process.recorded || hello == NULL ||
	    aw__model_ended(watched->session->model) ||
	    !aw__source_find(hello->pid, &box, &ignored) ||
	    box.location.start_ticks != hello->process_start_ticks)
		return;
	watched->session->history = NULL; /* the history has these events already */
	aw__session_ingest_box(watched->session, box.path);
	watched->session->history = watched->history;
}

/* Waits are events only with AWRY_DETAIL=steps; otherwise snapshots keep the view up to date. */
static void ask(struct aw__viewer_process *watched, uint64_t now_ns)
{
	const uint64_t live = aw__model_counts(watched->session->model)->tasks_live;

	if (watched->process.recorded || now_ns - watched->asked_ns < ASK_NS + live * ASK_A_TASK_NS)
		return;
	watched->asked_ns = now_ns;
	aw__source_ask_snapshot(watched->session->source);
}

static bool is_in_time(const struct aw__viewer_process *watched, uint64_t start_ns)
{
	const uint64_t spent_ns = aw__clock_monotonic_ns() - start_ns;

	return spent_ns < PUMP_NS ||
	       (spent_ns < SNAPSHOT_NS && aw__model_in_snapshot(watched->session->model));
}

enum aw__tui_pumped aw__viewer_process_pump(struct aw__viewer_process *watched,
					    struct aw__problem *problem)
{
	uint64_t start_ns = aw__clock_monotonic_ns();
	enum aw__source_status status;

	do {
		status = aw__session_step(watched->session, PUMP_ITEMS, problem);
	} while (status == AW__SOURCE_GOT && is_in_time(watched, start_ns));
	if (status == AW__SOURCE_GOT)
		return AW__TUI_MORE;
	if (status == AW__SOURCE_WAIT) {
		ask(watched, start_ns);
		return AW__TUI_WAIT;
	}
	read_box(watched);
	watched->process.ended = true;
	return status == AW__SOURCE_FAILED ? AW__TUI_FAILED : AW__TUI_END;
}

/* ---- timeline and events ---- */

static void timeline_of_index(const struct aw__index *index, struct aw__tui_timeline *timeline)
{
	size_t count = AW__INDEX_BUCKETS < AW__TUI_BUCKETS ? AW__INDEX_BUCKETS : AW__TUI_BUCKETS;

	memset(timeline, 0, sizeof(*timeline));
	timeline->first_ns = index->first_ns;
	timeline->last_ns = index->last_ns;
	timeline->bucket_ns = index->bucket_ns;
	for (size_t i = 0; i < count; i++) {
		const struct aw__index_bucket *bucket = &index->buckets[i];

		for (unsigned kind = 1; kind < AW__EVENT_KINDS; kind++)
			if (!aw__history_is_row((enum aw__event_kind)kind))
				aw__history_count(&timeline->buckets[i], (enum aw__event_kind)kind,
						  bucket->events[kind]);
		timeline->buckets[i].live = bucket->live;
		timeline->buckets[i].lag_ns = bucket->lag_ns;
	}
}

void aw__viewer_process_timeline(const struct aw__tui_process *process,
				 struct aw__tui_timeline *ret_timeline)
{
	const struct aw__viewer_process *watched = process->arg;

	if (watched->session->replay != NULL)
		timeline_of_index(aw__replay_index(watched->session->replay), ret_timeline);
	else
		aw__history_timeline(watched->history, ret_timeline);
}

struct taking {
	struct aw__tui_event *events;
	size_t count, most;
};

static bool take(void *arg, uint64_t number, const struct aw__event *event)
{
	struct taking *taking = arg;

	(void)number;
	if (!aw__history_is_row(event->kind))
		aw__history_copy(&taking->events[taking->count++], event);
	return taking->count < taking->most;
}

size_t aw__viewer_process_events(const struct aw__tui_process *process, uint64_t from_ns,
				 uint64_t to_ns, struct aw__tui_event *ret_events, size_t most)
{
	const struct aw__viewer_process *watched = process->arg;
	struct taking taking = { .events = ret_events, .most = most };
	struct aw__problem ignored;

	if (watched->session->replay == NULL)
		return aw__history_events(watched->history, from_ns, to_ns, ret_events, most);
	aw__replay_between(watched->session->replay, from_ns, to_ns, take, &taking, &ignored);
	return taking.count;
}

/* ---- time travel ---- */

static bool find_target(const struct aw__viewer_process *watched, char ret_target[TARGET_BYTES],
			struct aw__problem *problem)
{
	const struct aw__hello *hello = aw__model_hello(watched->session->model);
	struct aw__source_box box;

	snprintf(ret_target, TARGET_BYTES, "%s", watched->session->target);
	if (watched->process.recorded)
		return true;
	if (hello == NULL)
		return aw__problem_set(problem, "the process has not sent anything yet");
	if (!aw__source_find(hello->pid, &box, problem))
		return false;
	snprintf(ret_target, TARGET_BYTES, "%s", box.path);
	return true;
}

static bool open_past(struct aw__viewer_process *watched, struct aw__problem *problem)
{
	char target[TARGET_BYTES];
	struct aw__source *source;

	if (!find_target(watched, target, problem))
		return false;
	source = aw__source_open(target, 0, problem);
	if (source == NULL)
		return false;
	watched->past = aw__alloc_must_zeroed(1, sizeof(*watched->past));
	aw__session_init(watched->past, target, source);
	return true;
}

/*
 * Read on up to the time. Events of threads are merged only within what the recorder read at once, so events from
 * before the time may still follow it for a while.
 */
static void read_past(struct aw__viewer_process *watched, uint64_t time_ns)
{
	enum aw__source_status status;
	struct aw__problem ignored;
	struct aw__item item;

	do {
		status = aw__source_next(watched->past->source, &item, &ignored);
		if (status == AW__SOURCE_DAMAGED)
			continue;
		if (status != AW__SOURCE_GOT || item.kind == AW__ITEM_GOODBYE)
			return;
		if (item.kind == AW__ITEM_EVENT && item.event.time_ns > time_ns) {
			if (item.event.time_ns - time_ns > DISORDER_NS)
				return;
			continue;
		}
		aw__session_ingest(watched->past, &item);
	} while (true);
}

bool aw__viewer_process_seek(const struct aw__tui_process *process, uint64_t time_ns,
			     struct aw__problem *problem)
{
	struct aw__viewer_process *watched = process->arg;
	struct aw__session *session = watched->session;

	if (session->replay != NULL)
		return time_ns == AW__TUI_NOW
			       ? aw__replay_to_end(session->replay, problem)
			       : aw__replay_to_time(session->replay, time_ns, problem);
	forget_past(watched);
	watched->process.model = session->model;
	if (time_ns == AW__TUI_NOW)
		return true;
	if (!open_past(watched, problem))
		return false;
	read_past(watched, time_ns);
	watched->process.model = watched->past->model;
	return true;
}
