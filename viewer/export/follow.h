/* SPDX-License-Identifier: MIT */
/*
 * Follows the state of each task from event to event, for formats that draw tasks or sum up their time.
 *
 * A task is known from its creation, or from the first row of its state, until it finishes. The latest AW__FOLLOW_KEPT
 * finished tasks are remembered, because later events may refer to them. The time of a task never moves backward, even
 * if the recording's does.
 */
#ifndef AW__EXPORT_FOLLOW_H
#define AW__EXPORT_FOLLOW_H

#include "base/map.h"
#include "viewer/export/export_internal.h"
#include "viewer/export/running.h"

#define AW__FOLLOW_KEPT	     65536u
#define AW__FOLLOW_MAX_TASKS (1u << 20)

enum aw__phase {
	AW__PHASE_UNKNOWN, /* no step was recorded so far */
	AW__PHASE_RUNNING,
	AW__PHASE_WAITING,
	AW__PHASE_READY,
};

struct aw__followed {
	uint64_t id, creator, coroutine, stack, loop, scope;
	uint32_t thread; /* of the first event that mentioned the task */
	char *name;	 /* never NULL */
	uint64_t from_ns;
	bool created;	       /* its creation was seen */
	bool before_recording; /* created before recording began: from_ns is the time of its first row */
	bool open;	       /* not finished */
	bool stepped;	       /* at least one step was seen */
	struct aw__step step; /* interrupted: its phase is UNKNOWN */
	enum aw__phase phase;
	uint64_t since_ns; /* when the phase began */
	uint64_t wait_kind, wait_target;
	void *own; /* owned by the format, freed by its `forgotten` */
};

/** Callbacks of a format. Each may be NULL. */
struct aw__follow_calls {
	void (*appeared)(struct aw__export *export, struct aw__followed *task,
			 const struct aw__event *event);
	void (*renamed)(struct aw__export *export, struct aw__followed *task);
	void (*function_known)(struct aw__export *export, struct aw__followed *task);
	/* The phase that began at task->since_ns ends now; called for UNKNOWN phases, too. */
	void (*phase_ended)(struct aw__export *export, struct aw__followed *task, uint64_t now_ns);
	/* `event` is TASK_DONE, or a TASK_STATE row. */
	void (*finished)(struct aw__export *export, struct aw__followed *task, uint64_t now_ns,
			 uint64_t outcome, const struct aw__event *event);
	/* The recording ends, and the task has not finished. Called in the order of ids. */
	void (*left)(struct aw__export *export, struct aw__followed *task, uint64_t now_ns);
	void (*forgotten)(struct aw__export *export, struct aw__followed *task);
};

struct aw__follow {
	struct aw__export *export;
	const struct aw__follow_calls *calls;
	struct aw__map tasks;
	struct aw__running running;
	uint64_t *finished; /* a ring of ids */
	size_t finished_count, finished_next;
	uint64_t last_ns;
	uint64_t left_out; /* tasks beyond the bound */
};

void aw__follow_init(struct aw__follow *follow, struct aw__export *export,
		     const struct aw__follow_calls *calls);
/** Take an event; one that is not about a task only moves the clock. */
void aw__follow_event(struct aw__follow *follow, const struct aw__event *event);
/** The task; NULL if it is unknown or was forgotten. */
struct aw__followed *aw__follow_task(const struct aw__follow *follow, uint64_t id);
/** Report the tasks that have not finished, and free everything. */
void aw__follow_finish(struct aw__follow *follow);

/** "running", "waiting: sleep", "ready", "suspended", written to `space`. */
const char *aw__phase_name(enum aw__phase phase, uint64_t wait_kind, char space[48]);

#endif
