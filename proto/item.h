/* SPDX-License-Identifier: MIT */
/*
 * Items: the content of a recording.
 *
 * A recording from any source (a black box, a socket, a trace file) is a sequence of items:
 *
 *	HELLO  (DEFINITION | EVENT)*  [GOODBYE]
 *
 * A definition gives an id to repeated data (a string, a place, a type, a stack, a module), and comes
 * before the first item that uses the id. An event records what happened to one subject. Events of
 * one thread come in order. Those of several threads are merged by time, which is exact only among
 * events that a reader gets at the same mark (blackbox_cursor.c).
 *
 * Each kind of event has up to five named numbers (`args`; the named structs of the union are views of
 * it), a list of further numbers, and a text. aw__event_specs[] in item.c lists them; the rings, the wire
 * format, the JSON export and the tests all use that table.
 */
#ifndef AW__ITEM_H
#define AW__ITEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AW__PROTOCOL_MAJOR 1
#define AW__PROTOCOL_MINOR 0

struct aw__hello {
	uint32_t major;
	uint32_t minor;
	uint32_t pid;
	uint64_t
		process_start_ticks; /* field 22 of /proc/PID/stat: with the pid, it identifies a process */
	uint64_t monotonic_ns; /* the same moment on both clocks: times of events are monotonic */
	uint64_t realtime_ns;
	char runtime[128]; /* the first that started: "awry", "asyncio", …; see AW__RUNTIME */
	char program[256]; /* the executable's path */
};

struct aw__goodbye {
	uint64_t monotonic_ns;
	uint64_t events_lost; /* for this reader: overwritten before they could be sent */
};

/* ---- definitions ---- */

enum aw__definition_kind {
	AW__STRING = 1,	  /* text */
	AW__PLACE = 2,	  /* numbers: AW__PLACE_… */
	AW__TYPE = 3,	  /* numbers: base (a type, 0 for a root); text: its name */
	AW__STACK = 4,	  /* numbers: AW__STACK_…, then frames, innermost first */
	AW__MODULE = 5,	  /* numbers: AW__MODULE_…; text: path */
	AW__BUILD_ID = 6, /* numbers: the module; text: the build id in hex */
	AW__RUNTIME = 7,  /* text: the name of a further runtime that records in this process */
	AW__DEFINITION_KINDS
};

enum { AW__PLACE_FUNCTION, AW__PLACE_FILE, AW__PLACE_LINE, AW__PLACE_ADDRESS, AW__PLACE_NUMBERS };

enum { AW__STACK_LINK, AW__STACK_FLAGS, AW__STACK_FRAMES };

enum {
	AW__STACK_CUT = 1,	/* deeper than AWRY_STACK_DEPTH */
	AW__STACK_LINK_CUT = 2, /* more ancestors than are kept: the link was left out */
	AW__STACK_REPEATS =
		4, /* the creator was created at this place, too: the link is to its creator's stack */
	AW__STACK_UNWALKED = 8, /* outer frames are missing: they could not be unwound */
	AW__STACK_BEFORE_RECORDING =
		16, /* of a task created before recording began; usually without frames */
};

/* start and end: addresses in the process; bias: address - bias = address in the file. */
enum { AW__MODULE_START, AW__MODULE_END, AW__MODULE_BIAS, AW__MODULE_NUMBERS };

#define AW__STACK_MOST_FRAMES 64u

/* A frame is a return address in the process or, with this bit, a place. */
#define AW__FRAME_IS_PLACE (UINT64_C(1) << 63)

/*
 * Addresses of code that may be unloaded (a plugin's), and its module's start, end and bias, have a number of the module
 * in these bits, so that they differ from those of another module that is loaded at the same address later.
 */
#define AW__ADDRESS_MODULE_SHIFT 52
#define AW__ADDRESS_MODULE_MASK	 (UINT64_C(0x7ff) << AW__ADDRESS_MODULE_SHIFT)

struct aw__definition {
	uint32_t id;
	enum aw__definition_kind kind;
	uint32_t number_count;
	uint32_t text_length;
	const uint64_t *numbers;
	const char *text; /* untrusted: any bytes, not NUL-terminated */
};

/* ---- events ---- */

enum aw__event_kind {
	AW__THREAD_STARTED = 1,
	AW__LOOP_OPENED = 2,
	AW__LOOP_CLOSED = 3,
	AW__LOOP_STATE = 4,
	AW__LOOP_UNBLOCKED = 5,
	AW__TASK_CREATED = 6,
	AW__TASK_NAMED = 7,
	AW__TASK_STEP = 8,
	AW__TASK_WAIT = 9,
	AW__TASK_WOKEN = 10,
	AW__TASK_DONE = 11,
	AW__TASK_STATE = 12,
	AW__CANCEL_ASKED = 13,
	AW__ERROR = 14,
	AW__ERROR_NOTE = 15,
	AW__ERROR_ATTRIBUTE = 16,
	AW__ERROR_RETRIEVED = 17,
	AW__FINDING = 18,
	AW__HANDLE_OPENED = 19,
	AW__HANDLE_CLOSED = 20,
	AW__EVENTS_LOST = 21,
	AW__SNAPSHOT_BEGIN = 22,
	AW__SNAPSHOT_END = 23,
	AW__RESOURCE_HELD = 24,
	AW__ATTEMPT = 25,
	AW__BREAKER = 26,
	AW__SERVICE = 27,
	AW__RECOVERY = 28,
	AW__LOOP_LAGS = 29,
	AW__LOOP_BLOCKED = 30, /* repeated, less and less often, while the loop is still blocked */
	AW__TASK_WAITS_AT =
		31,	      /* where a task waits that still waits when its loop goes to sleep */
	AW__CANCEL_TOLD = 32, /* with a finding: the last request to cancel its task */
	AW__TASK_FUNCTION = 33, /* the task's function, if unknown when it was created */
	AW__EVENT_KINDS
};

enum aw__task_state {
	AW__TASK_PENDING = 0, /* created, never stepped */
	AW__TASK_RUNNING = 1,
	AW__TASK_WAITING = 2,
	AW__TASK_READY = 3, /* woken, not yet running */
	AW__TASK_FINISHED = 4,
	AW__TASK_STATES,
	/* set by viewers: the task was created, and its steps were not recorded (AWRY_DETAIL) */
	AW__TASK_UNTOLD = AW__TASK_STATES
};

/* Beyond enum aw_agent_outcome: the task was pending, and was destroyed. */
#define AW__OUTCOME_DESTROYED (AW_OUTCOME_CANCELLED + 1)

/* What EVENTS_LOST counts: lost records, in units of 64 bytes; a record has at least one. */
enum aw__lost {
	AW__LOST_RECORDS = 0,	  /* overwritten before they were read */
	AW__LOST_FINDINGS = 1,	  /* likewise, findings and the records that they refer to */
	AW__LOST_DEFINITIONS = 2, /* the arena was full: stacks and names are missing */
	AW__LOST_THREADS = 3,	  /* records of threads that found no room for rings */
	AW__LOST_HISTORY =
		4, /* overwritten before this reader began: expected, since the box is bounded */
	AW__LOST_KINDS
};

/* Indexes in the list of a TASK_STATE. */
enum {
	AW__STATE_CREATED_NS,
	AW__STATE_CHANGED_NS, /* when this state began */
	AW__STATE_RUN_NS,     /* processor time in its steps */
	AW__STATE_STEPS,
	AW__STATE_WAIT_KIND, /* enum aw_agent_wait */
	AW__STATE_WAIT_TARGET,
	AW__STATE_SCOPE,
	AW__STATE_OUTCOME,    /* enum aw_agent_outcome, if finished */
	AW__STATE_WAIT_STACK, /* where it waits; 0: unknown, or it does not wait */
	AW__STATE_NUMBERS
};

/* Indexes in the list of an ERROR: two ids, then the members of a group. */
enum { AW__ERROR_CAUSE, AW__ERROR_CONTEXT, AW__ERROR_CHILDREN };

/* Indexes in the list of a FINDING. */
enum {
	AW__FINDING_COROUTINE, /* a place */
	AW__FINDING_LOOP,
	AW__FINDING_COROUTINE_ID,
	AW__FINDING_CREATOR, /* a task */
	AW__FINDING_BY,	     /* the task that asked it to cancel */
	AW__FINDING_NUMBERS, /* from here on: AW__MEMBER_… of each task of a deadlock, in order */
	AW__FINDING_MEMBERS = AW__FINDING_NUMBERS
};

/* A deadlock's members: each waits for something that the next one holds, and the last one for the first. */
enum { AW__MEMBER_TASK, AW__MEMBER_WAIT_KIND, AW__MEMBER_WAIT_TARGET, AW__MEMBER_NUMBERS };

/* Indexes in the list of an ATTEMPT. */
enum {
	AW__ATTEMPT_TASK,
	AW__ATTEMPT_BREAKER, /* the breaker that the attempt went through; 0: none */
	AW__ATTEMPT_NUMBERS
};

/* Indexes in the list of a SERVICE. */
enum { AW__SERVICE_TASK, AW__SERVICE_NUMBERS };

#define AW__EVENT_ARGS 5

struct aw__event {
	enum aw__event_kind kind;
	uint32_t thread;  /* index of the thread that recorded it */
	uint64_t time_ns; /* monotonic */
	uint64_t subject; /* the id of a task, error, loop, finding, handle or thread, by kind */
	union {
		uint64_t args[AW__EVENT_ARGS];
		struct {
			uint64_t tid;
		} thread_started; /* text: its name */
		struct {
			uint64_t tid;
		} loop_opened; /* text: label */
		struct {
			uint64_t tid, busy_since_ns, task, iterations;
		} loop_state; /* text: label. Rows of a snapshot */
		struct {
			uint64_t duration_ns, finding;
		} loop_unblocked; /* also LOOP_BLOCKED, with the duration so far */
		struct {
			uint64_t longest_ns;
		} loop_lags; /* list: pairs, of all iterations so far (lags.h). A newer event replaces older ones */
		struct {
			uint64_t creator, coroutine, stack, loop, scope;
		} created; /* text: name; empty: Task-<id> */
		struct {
			uint64_t kind, target;
		} wait;
		struct {
			uint64_t stack;
		} waits_at;
		struct {
			uint64_t coroutine;
		} function;
		struct {
			uint64_t by;
		} woken;
		struct {
			uint64_t outcome, error, run_ns, steps;
		} done;
		struct {
			uint64_t creator, coroutine, stack, loop, state;
		} state; /* list: AW__STATE_…; text: name. Rows of a snapshot; before errors and findings */
		struct {
			uint64_t by, stack, why, origin, deadline_ns;
		} cancel; /* subject: the task to be cancelled; text: message */
		struct {
			uint64_t by, stack, why, origin, time_ns;
		} cancel_told; /* as above; time_ns: when it was asked */
		struct {
			uint64_t type, task, site, stack, flags;
		} error; /* list: AW__ERROR_…; text: message; flags: AW_ERROR_… of awry/agent.h */
		struct {
			uint64_t key;
		} attribute; /* subject: the error; text: value */
		struct {
			uint64_t owner, by;
		} retrieved; /* subject: the error; two tasks */
		struct {
			uint64_t kind, task, error, stack, value;
		} finding; /* list: AW__FINDING_…; text: detail */
		struct {
			uint64_t kind, task;
		} handle; /* kind: a string */
		struct {
			uint64_t count, what;
		} lost; /* subject: the thread; what: enum aw__lost */
		struct {
			uint64_t task;
		} held; /* subject: a lock that tasks wait for; task: its holder, 0: none */
		struct {
			uint64_t attempt, attempts, error, delay_ns, outcome;
		} attempt; /* subject: the retry; list: AW__ATTEMPT_…; text: what is tried; outcome: enum
			      aw_agent_attempt_outcome */
		struct {
			uint64_t state, failures, since_ns, recovery_ns, error;
		} breaker; /* text: its name; state: enum aw_agent_breaker_state */
		struct {
			uint64_t service, services, error, failures, failed;
		} service; /* subject: the fallback; list: AW__SERVICE_…; text: the service's name */
		struct {
			uint64_t severity, retry_count, delay_ns, again;
		} recovery; /* subject: the error; text: component.operation */
		struct {
			uint64_t tasks, unlisted;
		} snapshot; /* unlisted: alive, but beyond the memory bound */
	};
	uint32_t list_length;
	uint32_t text_length;
	const uint64_t *list;
	const char *text; /* untrusted: any bytes, not NUL-terminated */
};

/** A number of an event's list; 0 beyond its end: recordings of older versions have fewer numbers. */
static inline uint64_t aw__event_listed(const struct aw__event *event, size_t at)
{
	return at < event->list_length ? event->list[at] : 0;
}

/* The type of a number, which decides how it is shown. */
enum aw__arg {
	AW__ARG_NONE = 0,
	AW__ARG_NUMBER,
	AW__ARG_INTERN, /* the id of a definition */
	AW__ARG_TASK,	/* a task id */
	AW__ARG_ID,	/* another id */
	AW__ARG_NS,	/* a duration */
	AW__ARG_TIME,	/* a time on the monotonic clock; 0: none */
};

struct aw__event_spec {
	const char *name;    /* "task-created" */
	const char *subject; /* what the subject is: "task" */
	struct {
		const char *name;
		enum aw__arg arg;
	} args[AW__EVENT_ARGS];
	const char *list; /* what the list contains; NULL: no list */
	const char *text; /* what the text is; NULL: no text */
	bool important; /* always goes to the ring of findings; so do lost errors and their tasks */
	bool step;	/* recorded only at AWRY_DETAIL=steps */
};

/** Indexed by enum aw__event_kind; [0] is empty. */
extern const struct aw__event_spec aw__event_specs[AW__EVENT_KINDS];

/** Number of args that a kind uses. */
unsigned aw__event_arg_count(enum aw__event_kind kind);

/** Names of enumerators, for display: "waiting", "sleep", "result". "?" for an invalid number. */
const char *aw__task_state_name(uint64_t state);
/** The same, for sentences: "state unknown" for a task whose state was not recorded. */
const char *aw__task_state_text(uint64_t state);
/** How long a loop was blocked, according to this event; 0: it is an event of another kind. */
uint64_t aw__event_blocked_ns(const struct aw__event *event);
const char *aw__wait_name(uint64_t wait);
/** True if a task in that state has a current stack: it waits, or it is a job that runs in another thread. */
bool aw__state_has_place(uint64_t state, uint64_t wait);
const char *aw__outcome_name(uint64_t outcome);
const char *aw__attempt_name(uint64_t outcome);
const char *aw__breaker_name(uint64_t state);
const char *aw__severity_name(uint64_t severity);
const char *aw__cancel_why_name(uint64_t why); /* enum aw_agent_cancel_why */
/** The reason as a clause, to follow "because". */
const char *aw__cancel_why_text(uint64_t why);

/* ---- items ---- */

enum aw__item_kind {
	AW__ITEM_HELLO = 1,
	AW__ITEM_DEFINITION,
	AW__ITEM_EVENT,
	AW__ITEM_GOODBYE,
};

/** One item. Its pointers belong to the source of the item, and are valid until the next item is requested. */
struct aw__item {
	enum aw__item_kind kind;
	union {
		struct aw__hello hello;
		struct aw__definition definition;
		struct aw__event event;
		struct aw__goodbye goodbye;
	};
};

#endif
