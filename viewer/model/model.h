/* SPDX-License-Identifier: MIT */
/*
 * The state of a recorded process: definitions, tasks, errors, findings, loops and losses.
 *
 * One model is one process. Items go in with aw__model_ingest(), in the order in which a source
 * gives them; everything else here reads. The model does no I/O and has no clock: "now" is the time
 * of the last item, or the time that the caller passes.
 *
 * Items may be missing, repeated, out of order, or hostile: a task, an error or a type may be
 * referred to before it is recorded, or without ever being recorded; ids may dangle or form cycles.
 * So every walk that is offered here ends, and every pointer to another object may be NULL. Memory
 * is bounded; items that are left out are counted in struct aw__model_counts.
 *
 * Strings are NUL-terminated (a NUL byte inside has become the two characters \0) and otherwise as
 * the program wrote them: escape them (base/text.h) before they reach a terminal.
 *
 * Pointers that are handed out are valid until the next aw__model_ingest(), except definitions and
 * their strings, which last as long as the model.
 */
#ifndef AW__MODEL_H
#define AW__MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/stack_frame.h"
#include "proto/finding.h"
#include "proto/item.h"
#include "proto/lags.h"
#include "viewer/model/retention.h"

#define AW__MODEL_MAX_LOOPS   4096u
#define AW__MODEL_MAX_HANDLES (1u << 17) /* open ones */
#define AW__MODEL_MAX_HOLDS   (1u << 16)
#define AW__MODEL_MAX_NOTES   1024u		  /* of one error; the same for its attributes */
#define AW__MODEL_MAX_BYTES   (UINT64_C(1) << 29) /* of definitions and other texts */

/* The id of the reader's own finding that it missed findings; no recorder uses this id. */
#define AW__FOUND_BY_READER UINT64_MAX

struct aw__model;

struct aw__model *aw__model_create(void);
void aw__model_destroy(struct aw__model *model);
void aw__model_ingest(struct aw__model *model, const struct aw__item *item);

/* ---- the process ---- */

/** NULL before the Hello. */
const struct aw__hello *aw__model_hello(const struct aw__model *model);
/** The runtimes that recorded, "awry, asyncio"; empty: not known. */
const char *aw__model_runtimes(const struct aw__model *model);
/** True once the process said goodbye. */
bool aw__model_ended(const struct aw__model *model);
/** The latest time of any item; monotonic; 0 before the first. */
uint64_t aw__model_now_ns(const struct aw__model *model);
/** Wall-clock time (ns since 1970) of a monotonic time, by the Hello's clock pair; 0 without a Hello. */
uint64_t aw__model_realtime_ns(const struct aw__model *model, uint64_t monotonic_ns);

struct aw__model_counts {
	uint64_t items;
	uint64_t definitions;
	uint64_t events[AW__EVENT_KINDS]; /* seen, by kind */
	uint64_t first_ns, last_ns;	  /* of the events */
	uint64_t lost_events;	 /* of events that were overwritten before they were read */
	uint64_t history;	 /* of events that were overwritten before the reader began */
	uint64_t lost_important; /* of them: errors and findings */
	uint64_t lost_records;	 /* of them: records of tasks */
	uint64_t unlisted_tasks; /* alive, but beyond the recorder's memory bound */
	uint64_t tasks_live;
	uint64_t tasks_created, tasks_finished;
	uint64_t tasks_result, tasks_error, tasks_cancelled; /* how they finished */
	uint64_t errors, errors_lost, errors_retrieved;
	uint64_t findings[AW__FINDING_KINDS]; /* [0]: of kinds that this version does not know */
	uint64_t handles_opened, handles_closed;
	/* left out by the model itself, because of its bounds or because they make no sense; findings and errors: only
	   those that no kept group counts */
	uint64_t tasks_beyond, errors_beyond, findings_beyond, definitions_beyond;
	uint64_t handles_beyond;
	uint64_t nonsense;
};

/** Whether a snapshot is being read: some tasks are older than others. */
bool aw__model_in_snapshot(const struct aw__model *model);
/** Whether each step of tasks is recorded (AWRY_DETAIL=steps), so that their states are always known. */
bool aw__model_steps_recorded(const struct aw__model *model);
/** Whether there was a snapshot. `ret_ns`: the time of the last one; 0: the end of the recording. */
bool aw__model_listed(const struct aw__model *model, uint64_t *ret_ns);
/** Declare that nothing changed until `until_ns`: a loop that was blocked has been blocked until then. */
void aw__model_lasts(struct aw__model *model, uint64_t until_ns);
const struct aw__model_counts *aw__model_counts(const struct aw__model *model);
/** Events of all kinds. */
uint64_t aw__model_event_count(const struct aw__model *model);
/** From the first event to the last, or until `now_ns` if that is later. */
uint64_t aw__model_span_ns(const struct aw__model *model, uint64_t now_ns);
/** How much of AW__MODEL_MAX_BYTES is used. */
uint64_t aw__model_bytes(const struct aw__model *model);
uint64_t aw__model_finding_count(const struct aw__model *model); /* all kinds */

/* ---- definitions ---- */

/** The text of a string definition; NULL if there is none. */
const char *aw__model_string(const struct aw__model *model, uint64_t id);
/** The name of an error type; NULL if there is none. */
const char *aw__model_type_name(const struct aw__model *model, uint64_t id);
/** The base of an error type, 0 for none. A chain of bases may be a cycle: bound your walk. */
uint64_t aw__model_type_base(const struct aw__model *model, uint64_t id);

struct aw__stack {
	uint32_t id;
	uint32_t link;	/* the stack that continues this one: where its task was created; 0: none */
	uint32_t flags; /* AW__STACK_… */
	uint32_t count;
	const uint64_t *frames; /* innermost first; aw__model_frames() resolves one */
};

bool aw__model_stack(const struct aw__model *model, uint64_t id, struct aw__stack *ret_stack);
/** Whether a task with this creation stack was created before recording began: its time of creation is not known. */
bool aw__model_before_recording(const struct aw__model *model, uint64_t stack);

/** A walk along the links, from a stack through its task's ancestors up to main. It always ends. */
struct aw__stack_walk {
	const struct aw__model *model;
	uint64_t next;
	uint64_t mark; /* the walk meets this one again only in a cycle */
	uint64_t steps, lap;
	bool circular; /* set when the links turned out to be a cycle */
	bool dangling; /* set when a link refers to a stack that was not recorded */
};

void aw__model_walk(const struct aw__model *model, uint64_t stack, struct aw__stack_walk *ret_walk);
bool aw__model_walk_next(struct aw__stack_walk *walk, struct aw__stack *ret_stack);

/** Set the resolver of addresses; without one they stay addresses. */
void aw__model_set_resolver(struct aw__model *model, aw__frame_resolver *resolve, void *arg);
/**
 * Resolve one number of a stack: at least one frame, at most `capacity` (which is 1 or more).
 * `frame` is a place (with AW__FRAME_IS_PLACE) or a return address.
 */
size_t aw__model_frames(const struct aw__model *model, uint64_t frame, struct aw__frame *ret_frames,
			size_t capacity);
/** Resolve a place. False (and an empty frame) if there is no such place. */
bool aw__model_place(const struct aw__model *model, uint64_t place, struct aw__frame *ret_frame);

/** True if a frame belongs to the runtime, or to a library of the system. */
bool aw__model_is_foreign(const struct aw__frame *frame);
typedef void aw__frame_take(void *arg, const struct aw__frame *frame);

/** Pass the frames of a stack that are the program's own to `take`, innermost first. */
void aw__model_program_frames(const struct aw__model *model, uint64_t id, aw__frame_take *take,
			      void *arg);
/**
 * The program's innermost frame with a known file in one stack (without its ancestors); or else one of a library of the
 * system. False if there is neither.
 */
bool aw__model_program_frame(const struct aw__model *model, uint64_t stack,
			     struct aw__frame *ret_frame);

/* ---- tasks ---- */

/** Facts about a task that do not change, except its name. */
struct aw__task_facts {
	uint64_t creator;   /* a task; 0: none, or unknown */
	uint64_t coroutine; /* a place */
	uint64_t stack;	    /* where it was created */
	uint64_t loop;
	char *name; /* NULL: unknown, or Task-<id> */
};

struct aw__task_cancel {
	uint64_t count;		     /* number of requests */
	uint64_t time_ns, by, stack; /* of the last request */
	uint64_t why;		     /* enum aw_agent_cancel_why */
	uint64_t origin;	     /* the stack where the timeout or group was opened; 0: none */
	uint64_t deadline_ns;	     /* of the timeout; 0: none */
	char *message;		     /* NULL: none */
};

/** A task's row that was recorded with an error or finding about it: the recorder does not overwrite such rows. */
struct aw__task_recorded {
	struct aw__task_facts facts;
	uint64_t time_ns;
	uint64_t state, outcome, wait_kind, wait_target, wait_stack;
	/* the last request to cancel it, recorded with a finding: `count` is 0; message and deadline are not known; time_ns 0: none */
	struct aw__task_cancel cancel;
};

struct aw__task {
	uint64_t id;
	struct aw__task_facts facts;
	bool known;    /* false: other items refer to it, but it was not recorded itself */
	bool live;     /* seen alive, and not known to have finished */
	bool vanished; /* its end was not seen, but a later snapshot does not list it */
	uint8_t state, outcome, wait_kind;
	uint64_t wait_target;
	uint64_t wait_stack; /* where it waits; 0: not recorded, or it does not wait */
	uint64_t scope;
	uint64_t known_since_ns; /* its creation, or later: aw__model_created_ns() */
	uint64_t changed_ns;	 /* the beginning of its state */
	uint64_t run_ns, steps;	 /* run_ns: without the step that lasts, see aw__model_run_ns() */
	uint64_t error;		 /* the error that it ended with, 0: none */
	uint32_t finding_count;	 /* of findings that refer to it */
	uint32_t error_count;
	struct aw__task_recorded *recorded; /* NULL: never */
	struct aw__task_cancel *cancel;	    /* NULL: never asked */
	/* The tree of which task created which; roots are in a list of their own. */
	struct aw__task *parent, *first_child, *last_child, *next, *previous;
	/* For the model alone. */
	struct aw__task *older, *newer;
	uint32_t snapshot;
	bool queued, counted;
	size_t position; /* in the list of live tasks */
};

/** NULL if there is none with that id. */
const struct aw__task *aw__model_task(const struct aw__model *model, uint64_t id);
/** When a task was created; 0: not known, because it was created before recording began. */
uint64_t aw__model_created_ns(const struct aw__model *model, const struct aw__task *task);
/** How long a task has run so far, with the step that lasts. */
uint64_t aw__model_run_ns(const struct aw__task *task, uint64_t now_ns);
/** The live tasks: counts.tasks_live of them, in no particular order. */
const struct aw__task *aw__model_task_live_at(const struct aw__model *model, size_t index);
size_t aw__model_task_live_count(const struct aw__model *model);
/** The first task without a known creator; the others follow by `next`. */
const struct aw__task *aw__model_task_roots(const struct aw__model *model);
/** Pre-order walk over the whole forest without recursion; NULL at the end. Starts at the roots. */
const struct aw__task *aw__model_task_next(const struct aw__task *task, int *depth);
/** Its name, or "Task-<id>" written to `space`. */
const char *aw__task_name(const struct aw__task_facts *facts, uint64_t id, char space[32]);

/* ---- errors ---- */

enum aw__error_state {
	AW__ERROR_PENDING, /* not retrieved yet */
	AW__ERROR_TAKEN,   /* retrieved */
	AW__ERROR_LOST,	   /* never-retrieved */
};

struct aw__error_note {
	uint64_t time_ns;
	uint64_t key; /* of an attribute: the id of a string */
	char *text;
};

/** Retries, breakers, services and decisions about an error. */
struct aw__handled {
	uint64_t attempt, attempts; /* 0: it was not raised by an attempt */
	uint64_t outcome;	    /* enum aw_agent_attempt_outcome */
	uint64_t delay_ns;	    /* until the next attempt */
	char *what;		    /* what was attempted; NULL: unknown */
	bool breaker; /* a breaker let it through, was opened by it, or refused; its state then: */
	uint64_t breaker_state, breaker_since_ns, breaker_failures;
	char *breaker_name;
	uint64_t services,
		service_index; /* number of services, and which one; 0: not a service's */
	uint64_t service_failures;
	char *service;
	bool decided; /* by its severity: */
	uint64_t severity, retry_count, wait_ns;
	bool again;
	char *operation;
};

struct aw__error {
	uint64_t id;
	bool told; /* false: only its id is known */
	enum aw__error_state state;
	uint64_t time_ns;
	uint64_t type, task, site, stack;
	uint32_t flags; /* AW_ERROR_… */
	uint32_t child_count;
	uint64_t cause, context; /* ids; 0: none */
	const uint64_t *children;
	char *message; /* NULL: none */
	struct aw__error_note *notes, *attributes;
	uint32_t note_count, attribute_count;
	uint32_t note_cursor, attribute_cursor;
	uint32_t named_by;    /* number of errors that have it as a part; 0: a root */
	uint32_t found_count; /* number of kept findings that refer to it */
	bool among_first;     /* for the model alone */
	uint64_t owner, taker,
		taken_ns; /* task that had it, task that took it; 0: none, or not a task */
	uint64_t finding; /* the first that refers to it, if it is kept; 0: none */
	struct aw__error_group *group; /* NULL until told */
	struct aw__handled *handled;   /* NULL: no retry, breaker or the like is known */
	size_t position;	       /* for the model alone */
};

/** Equal errors: same type, same site, same stack. */
struct aw__error_group {
	uint64_t first; /* id of the first error, which may have been dropped */
	uint64_t count; /* dropped ones included */
	uint64_t kept;
	uint64_t dropped[AW__DROPPED_COUNTED]; /* root errors that were dropped, by state */
	uint64_t among_first;		       /* for the model alone */
	uint64_t type, site, stack;
	struct aw__error_group *chain;
};

const struct aw__error *aw__model_error(const struct aw__model *model, uint64_t id);
/**
 * The request that a CancelledError comes from: the last one before it. NULL if there is none, and for other errors.
 *
 * @param strict  only a request that was recorded with a finding, which is the same from every source
 */
const struct aw__task_cancel *aw__model_error_cancel(const struct aw__model *model,
						     const struct aw__error *error, bool strict);
/** In no order: sort them. */
size_t aw__model_error_count(const struct aw__model *model);
const struct aw__error *aw__model_error_at(const struct aw__model *model, size_t index);

/* ---- findings ---- */

/* One task of a deadlock, and the resource that it waits for, which the next one has. */
struct aw__found_member {
	uint64_t task, wait_kind, wait_target;
	uint64_t wait_stack; /* where it waited; 0: not recorded */
};

struct aw__found {
	uint64_t id;
	uint64_t time_ns;
	uint32_t kind; /* as recorded; aw__finding_spec() accepts any value */
	uint32_t thread;
	uint64_t task, error, stack, value;
	uint64_t coroutine, loop, coroutine_id, creator;
	uint64_t by;	     /* swallowed-cancel: the task that asked it to cancel */
	uint64_t wait_stack; /* where its task waited; 0: not known, or it did not wait */
	struct aw__found_member *members; /* deadlock: in order; `value` is how many there were */
	uint32_t member_count;
	bool early;	    /* for the model alone: one of the first of its group */
	uint64_t serial;    /* increases in the order of arrival */
	uint64_t lasted_ns; /* blocked-loop: the whole duration; 0: not known (yet) */
	char *text;	    /* the finding's own text; NULL: none */
	struct aw__found_group *group;
	struct aw__found *next, *previous; /* of the same group */
};

/** The duration of a finding that lasts, as far as is known. */
static inline uint64_t aw__found_ns(const struct aw__found *found)
{
	return found->lasted_ns != 0 ? found->lasted_ns : found->value;
}

/** Equal findings: same kind, coroutine, creation stack, error type and raise stack. */
struct aw__found_group {
	uint32_t kind;
	uint64_t coroutine, stack, error_type, error_stack;
	uint64_t count;		    /* of all findings, kept or not */
	uint64_t first_ns, last_ns; /* of all of them */
	uint64_t longest_ns;	    /* the longest duration of those that are not kept */
	uint64_t kept;
	struct aw__found *first; /* in order of arrival */
	struct aw__found *last;
	struct aw__found *middle; /* for the model alone: the first that is not early */
	struct aw__found_group *chain;
};

const struct aw__found *aw__model_found(const struct aw__model *model, uint64_t id);
size_t aw__model_found_count(const struct aw__model *model);
/** In the order of arrival. */
const struct aw__found *aw__model_found_at(const struct aw__model *model, size_t index);
size_t aw__model_found_group_count(const struct aw__model *model);
/** Groups may be empty (`first` is NULL), if their findings moved to another group: skip those. */
const struct aw__found_group *aw__model_found_group_at(const struct aw__model *model, size_t index);

/* ---- the wait graph ---- */

/** The task that holds a resource; 0: none, or unknown. */
uint64_t aw__model_holder(const struct aw__model *model, uint64_t resource);

/** A cycle of waiting tasks, in order: the last one waits for the first. */
struct aw__circle {
	const struct aw__task **tasks;
	size_t count;
};

struct aw__circles {
	struct aw__circle *items;
	size_t count;
};

/**
 * Find the cycles among the live tasks that wait: for a task, for the task that has a lock, or for the members of a group
 * or gather that they created themselves. Takes time in proportion to the number of tasks for any recording; a task is in
 * one cycle at most. A timeout may end such a cycle, so it need not be a deadlock.
 */
void aw__circles_find(const struct aw__model *model, struct aw__circles *ret_circles);
void aw__circles_finish(struct aw__circles *circles);

/* ---- loops and threads ---- */

struct aw__loop {
	uint64_t id;
	char *label; /* NULL: none */
	uint64_t tid;
	uint32_t thread;
	bool closed;
	uint64_t opened_ns;
	uint64_t busy_since_ns; /* 0: in its poll, or unknown */
	uint64_t task;		/* the task that runs now */
	uint64_t iterations;
	uint64_t blocked_count, blocked_ns, blocked_max_ns; /* iterations that took too long */
	struct aw__lags lags; /* of all its iterations; empty: not recorded */
};

size_t aw__model_loop_count(const struct aw__model *model);
const struct aw__loop *aw__model_loop_at(const struct aw__model *model, size_t index);
const struct aw__loop *aw__model_loop(const struct aw__model *model, uint64_t id);

/** The name and the kernel's id of a thread; NULL and 0 if they were not recorded. */
const char *aw__model_thread_name(const struct aw__model *model, uint32_t thread);
uint64_t aw__model_thread_tid(const struct aw__model *model, uint32_t thread);

/* ---- handles ---- */

/** An open handle whose opening was recorded. */
struct aw__handle {
	uint64_t id;
	uint64_t kind; /* id of a string */
	uint64_t task; /* the task that opened it; 0: none */
	uint64_t opened_ns;
	size_t position; /* for the model alone */
};

/** In no order. */
size_t aw__model_handle_count(const struct aw__model *model);
const struct aw__handle *aw__model_handle_at(const struct aw__model *model, size_t index);
/** NULL if none with that id is open. */
const struct aw__handle *aw__model_handle(const struct aw__model *model, uint64_t id);

#endif
