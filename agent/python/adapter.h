/* SPDX-License-Identifier: MIT */
/*
 * Shared declarations of the adapter for CPython's asyncio.
 *
 * The adapter is one shared object for each minor version of CPython, since it reads the interpreter's own structures. It
 * observes by replacing C slots of _asyncio's types (swap.c), which changes no Python frame, module or attribute of the
 * program. Every hook calls the function that it replaced, and returns its result.
 *
 * All hooks run with the GIL held. They keep no Python object alive, and leave the error indicator as they found it.
 */
#ifndef AW__PYTHON_ADAPTER_H
#define AW__PYTHON_ADAPTER_H

#define PY_SSIZE_T_CLEAN
#define Py_BUILD_CORE_MODULE 1
#include <Python.h>

#include <awry/agent.h>
#include <stdbool.h>
#include <stdint.h>

#if PY_VERSION_HEX < 0x030b0000 || PY_VERSION_HEX >= 0x03100000
#error "the adapter is written for CPython 3.11 to 3.15"
#endif

/*
 * The adapter's part of a Task object, at its end: swap.c enlarges the type by it. Zeroed when the object is made. In a program
 * that began to record itself it is in a table instead (task_table.c).
 */
struct aw__py_task {
	struct aw_agent_task agent;
	bool in_table;
	uint64_t error; /* id of its error, if it failed */
	bool told;	/* the recorder knows the task */
	bool done;
	bool retrieved; /* somebody got its error */
	bool dropped; /* a finished gather has read its error and ignored it, or hand_on.c watches the error */
	bool cancelled; /* the program's own cancel() was delivered, and not taken back */
	bool went_on;	/* … and it has waited since */
	bool flagged; /* the recorder knows that it waits with a timeout, or shields what it waits for */
	bool yielded;	   /* it gave way to other tasks, and is ready */
	bool starved;	   /* it was reported once: ready, but not run for too long */
	bool unreferenced; /* the recorder knows that nothing but asyncio refers to it */
	uint32_t turn;	   /* count of steps when it yielded */
	uint32_t run;	   /* number of its loop's run at that time */
	bool has_locks;	   /* it has acquired a lock by a plain await at least once */
	uint32_t holds;	   /* first of the locks that it has while it waits (locks.c); 0: none */
	union {
		uintptr_t lock; /* the lock that it waits for: an index in locks.c; 0: none */
		struct { /* of a failed task whose error was given to another future (hand_on.c) */
			PyObject *traceback;
			struct aw__py_task **head; /* of its loop's list */
		} handed;
	};
	/*
	 * Links in one of its loop's lists: tasks whose await chain is not recorded yet, or failed tasks whose error was given to another future
	 * since the last poll. waits_in: the pointer that points to this task; NULL: it is in no list.
	 */
	struct aw__py_task *waits_next, **waits_in;
	/* tasks that this one waits for together: pending, or failed meanwhile */
	struct aw__py_task *members;
	struct aw__py_task *member_next, **member_in;
};

/* Offsets and types that the hooks need to read _asyncio's objects; found on live objects (calibrate.c). */
struct aw__py_layout {
	Py_ssize_t own;	      /* struct aw__py_task in a Task */
	Py_ssize_t state;     /* int: 0 pending, 1 cancelled, 2 finished */
	Py_ssize_t exception; /* PyObject *, NULL if there is none */
	Py_ssize_t waiter;    /* PyObject *: the future that a Task waits for */
	Py_ssize_t name;      /* PyObject *: a str, from 3.12 on perhaps an int */
	Py_ssize_t coroutine; /* PyObject *: what a Task runs */
	Py_ssize_t callback;  /* PyObject *: the first callback of a Future */
	getter awaited;	      /* returns what a coroutine or generator awaits */
	PyTypeObject *task, *future, *step;
	PyMethodDef *wakeup;
};

extern struct aw__py_layout aw__py;
/** Instead of the offset `own`: the type is not enlarged. */
#define AW__PY_NO_ROOM (PY_SSIZE_T_MAX - 4096)

enum aw__py_state { AW__PY_PENDING = 0, AW__PY_CANCELLED = 1, AW__PY_FINISHED = 2 };

/** The parts are in the table of task_table.c, and not within the objects. */
extern bool aw__py_uses_table;
/** NULL: there is none. */
struct aw__py_task *aw__py_table_find(PyObject *task);
PyObject *aw__py_table_object(const struct aw__py_task *task);

/** The adapter's part of a task. NULL: it has none, and is not recorded. */
static inline struct aw__py_task *aw__py_task_of(PyObject *task)
{
	if (__builtin_expect(aw__py_uses_table, 0))
		return aw__py_table_find(task);
	/* the types of other interpreters have no room */
	return Py_TYPE(task)->tp_basicsize >= aw__py.own + (Py_ssize_t)sizeof(struct aw__py_task)
		       ? (struct aw__py_task *)((char *)task + aw__py.own)
		       : NULL;
}

/** The object that the part belongs to. Borrowed. */
static inline PyObject *aw__py_object_of(struct aw__py_task *task)
{
	return __builtin_expect(task->in_table, 0) ? aw__py_table_object(task)
						   : (PyObject *)((char *)task - aw__py.own);
}

static inline enum aw__py_state aw__py_state_of(PyObject *future)
{
	return (enum aw__py_state)(*(int *)((char *)future + aw__py.state) & 3);
}

static inline PyObject *aw__py_object_at(PyObject *object, Py_ssize_t offset)
{
	return *(PyObject **)((char *)object + offset);
}

/** The task that runs on this thread; NULL: none, or not known. Borrowed. */
extern _Thread_local PyObject *aw__py_current __attribute__((tls_model("initial-exec")));

/** Its part; NULL: there is none. */
static inline struct aw__py_task *aw__py_current_task(void)
{
	return aw__py_current != NULL ? aw__py_task_of(aw__py_current) : NULL;
}

static inline bool aw__py_is_watched(PyObject *self)
{
	const struct aw__py_task *task = aw__py_task_of(self);

	return aw_agent_on() && task != NULL && task->told;
}

/**
 * Whether the caller runs in the main interpreter. Subinterpreters share some of the hooked slots, but not the types that were measured, nor,
 * from 3.12 on, the GIL that guards the adapter's data.
 */
static inline bool aw__py_is_main(void)
{
	return PyInterpreterState_Get() == PyInterpreterState_Main();
}

/** Whether all hooks are in place. */
extern bool aw__py_ready;

/** Start recording at the first call. Returns whether recording is on for the calling interpreter. */
bool aw__py_on(void);

/* ---- calibrate.c ---- */

/** Find the layout on live objects. False with `ret_why` if something is not as expected. Leaves no error set. */
bool aw__py_calibrate(const char **ret_why);
/** Run a task on a mock loop, with the hooks in place, and check its result, and that the table forgets the task if it is used. */
bool aw__py_self_test(const char **ret_why);

/* ---- task_table.c ---- */

/** Use the table from now on. False: there is no memory. */
bool aw__py_table_begin(void);
/** Add a task, unless it is in the table. NULL: it is not recorded, for want of memory. */
struct aw__py_task *aw__py_table_add(PyObject *task);
/** Call when an object's finalizer, that of Task itself, has run: the table forgets the object if it is freed next. */
void aw__py_table_finalized(PyObject *task);

/* ---- swap.c ---- */

/**
 * Put the hooks in place, after _asyncio is imported. `in_use`: the program may have tasks, and subclasses of Task. False: nothing is changed.
 */
bool aw__py_swap(bool in_use, const char **ret_why);
void aw__py_swap_back(void);
/** Put the hooks that need all of asyncio to be imported. */
void aw__py_swap_late(void);
/** Call when a loop of this type begins to run: hooks uvloop. */
void aw__py_swap_loop(PyTypeObject *type);
/** Hook the queue that hands jobs to threads, if it is imported. Returns the type of executors' work items; NULL: not hooked. */
PyTypeObject *aw__py_swap_jobs(void);

/* ---- py_text.c ---- */

/** A str as UTF-8; surrogates are escaped. Never NULL. Valid until aw__py_text_finish(). */
struct aw__py_text {
	const char *bytes;
	size_t length;
	PyObject *owner;
};

struct aw__py_text aw__py_text(PyObject *str);
void aw__py_text_finish(struct aw__py_text *text);

/* ---- py_frames.c ---- */

/** The role of a code object, found once by its file and name. */
enum aw__py_code {
	AW__PY_PROGRAM = 0,
	AW__PY_LOOP, /* runs a callback (Handle._run()) or an executor's job: the frames that called it are not the program's */
	AW__PY_LOCK_WAIT,
	AW__PY_LOCK_ENTER, /* of "async with lock" */
	AW__PY_LOCK_EXIT,
	AW__PY_EVENT_WAIT,
	AW__PY_CONDITION_WAIT,
	AW__PY_QUEUE_WAIT,
	AW__PY_WAIT_ALL, /* wait() */
	AW__PY_SLEEP,
	AW__PY_THREAD_WAIT,
	AW__PY_READ_WAIT,
	AW__PY_SHIELD, /* shield()'s callback of the outer future */
	AW__PY_CHAIN, /* the callback that passes a cancellation on to a future of concurrent.futures */
	AW__PY_SUBMIT,	   /* ThreadPoolExecutor.submit() */
	AW__PY_WORKER,	   /* … and the function by which its threads take jobs */
	AW__PY_MACHINERY,  /* asyncio itself: left out where the program's own frames follow */
	AW__PY_GATHER,	   /* gather()'s callback of its members */
	AW__PY_HAND_ON,	   /* gives a task's outcome to a future of concurrent.futures */
	AW__PY_WAIT,	   /* wait()'s callback of its members */
	AW__PY_STREAM_DEL, /* StreamWriter.__del__() */
	AW__PY_TIMEOUT,	   /* a cancel() from here is a timeout */
	AW__PY_GROUP,
	AW__PY_SHUTDOWN,
	AW__PY_SIGNAL,
	AW__PY_SCOPES, /* other libraries that cancel tasks to leave a scope */
};

bool aw__py_frames_init(void);
/**
 * Whether the caller is gather()'s callback of a member, and the gather was done before: it reads the member's error only to suppress the
 * message that the error was never retrieved.
 */
bool aw__py_is_late_gather(void);
/** The StreamWriter whose __del__() runs. Borrowed; NULL: none does. */
PyObject *aw__py_dropped_stream(void);
/** Whether the caller is wait()'s callback of a member, which reads an error only to see whether there is one. */
bool aw__py_is_in_wait(void);
/** The future of concurrent.futures that the caller gives a task's error to. Borrowed; NULL: the caller is other code. */
PyObject *aw__py_handed_to(void);
/** A variable in the closure of a function, by its name. Borrowed; NULL: there is none. */
PyObject *aw__py_shared(PyObject *function, const char *name);
/** Whether asyncio itself is among the innermost callers. */
bool aw__py_is_in_asyncio(void);
/**
 * The gather whose callback of a member this is, if it is pending and was called with return_exceptions=True. Borrowed; NULL: anything else.
 */
PyObject *aw__py_gather_of(PyObject *callback);
/** The pending future that a task in wait() awaits, whose callback of a member this is. Borrowed; NULL: anything else. */
PyObject *aw__py_wait_of(PyObject *callback);
/** A place by its names; a relative file name starts in the folder where the program was started. */
aw_intern aw__py_place_named(const char *function, const char *file, int line);
/** The role of a code object. */
enum aw__py_code aw__py_kind(PyCodeObject *code);
/** The same, if it was found before. False: it was not, as there was no memory. */
bool aw__py_kind_known(PyCodeObject *code, enum aw__py_code *ret);
/** Counts code objects that were freed, of those whose role was found: after a change a remembered address may be that of another one. */
extern unsigned aw__py_code_gone;
/** Whether the code names an attribute "release". */
bool aw__py_names_release(PyCodeObject *code);
struct _PyInterpreterFrame;
/** The code that a frame runs, and the offset in it. Borrowed; NULL: no Python code, or it has not begun. */
PyCodeObject *aw__py_frame_code_at(struct _PyInterpreterFrame *frame, int *ret_offset);
PyCodeObject *aw__py_frame_python(struct _PyInterpreterFrame *frame);
/** A variable of a frame, by its name; also one that is kept in a cell. Borrowed; NULL: there is none. */
PyObject *aw__py_variable(struct _PyInterpreterFrame *frame, PyCodeObject *code, const char *name);
/** Where a function is defined. AW_NONE: not known. */
aw_intern aw__py_place_of_coroutine(PyObject *coroutine);
aw_intern aw__py_place_of_code(PyCodeObject *code);
/** A place within a code object, by the offset of its instruction. */
aw_intern aw__py_place(PyCodeObject *code, int offset);

/** The folder that relative file names are relative to; empty: not known. */
const char *aw__py_start_folder(void);

/* ---- py_stacks.c ---- */

/**
 * The stack of the Python code that runs now, up to the loop. `ret_why`: the role of the innermost frames, if they are not the
 * program's; may be NULL.
 */
aw_intern aw__py_stack(aw_intern link, enum aw__py_code *ret_why);
/** The stack of another thread, which does not have the GIL. */
aw_intern aw__py_stack_of_thread(PyThreadState *thread, aw_intern link);

/* ---- interpreter.c ---- */

/** Tell the agent how to read the frames of a thread from outside. */
void aw__py_publish(void);

/* ---- anew.c ---- */

/** Another recording has begun: record the loop that runs on this thread, and its pending tasks. Call while none of these runs. */
void aw__py_tell_anew(PyObject *loop, struct aw_agent_loop *agent);
/** Record the pending tasks of a loop that were created before the hooks were in place. Call while none of these runs. */
void aw__py_tell_older(PyObject *loop, struct aw_agent_loop *agent);
/** The loop that runs on this thread, between its tasks' steps, if the hooks have not seen it begin. New reference; NULL: there is none. */
PyObject *aw__py_unseen_loop(void);
/** Record a pending task, and then, when all tasks of its loop are recorded, what it waits for. In py_tasks.c. */
void aw__py_task_tell_anew(PyObject *self, struct aw__py_task *task, struct aw_agent_loop *loop);
void aw__py_task_tell_wait(PyObject *self, struct aw__py_task *task);

/* ---- py_waits.c ---- */

/** Call when recording has begun. */
void aw__py_waits_init(void);
/** Call when the task has suspended itself. */
void aw__py_waits(PyObject *self, struct aw__py_task *task);
/** Take the task out of its list, if it is in one. */
void aw__py_waits_leave(struct aw__py_task *task);
/** Put a task in a list, until the loop's next poll or the task's end. */
void aw__py_waits_enter(struct aw__py_task *task, struct aw__py_task **head);
/** Empty a list; `on`: record where its tasks wait, if they still do. */
void aw__py_waits_tell(struct aw__py_task **head, bool on);

/* ---- members.c ---- */

/**
 * Before a step: the task's first callback, if the loop may not show its ready queue. New reference; NULL: there is none, or it is not needed.
 */
PyObject *aw__py_members_callback(PyObject *self);
/** Call when the task has failed: find the gather or wait that gets its error. `callback`: its first one, or NULL. */
void aw__py_members_find(PyObject *self, struct aw__py_task *task, PyObject *callback);
/** Take the task out of the list of members that it is in. */
void aw__py_members_leave(struct aw__py_task *member);
/** Empty the task's list of members: their errors are held from now on, if nobody retrieves them. */
void aw__py_members_let_go(struct aw__py_task *task);
/**
 * Call when a task waits for several futures: if all pending ones are tasks, makes them its members, and records what it waits for. `future`:
 * the one that ends its wait.
 */
void aw__py_members_waited(struct aw__py_task *task, PyObject *future, PyObject *futures,
			   bool for_all);
/** Call when the task has resumed. */
static inline void aw__py_members_release(struct aw__py_task *task)
{
	if (__builtin_expect(task->members != NULL, 0))
		aw__py_members_let_go(task);
}

/* ---- resources.c ---- */

#define AW__PY_MOST_HELD 8u

/** Facts from an await chain: what its task waits for, and which locks it has. */
struct aw__py_resources {
	enum aw_agent_wait kind; /* OTHER: nothing that is known here */
	bool asyncios; /* the innermost coroutine is not the program's: its code ends the wait */
	uint64_t target;
	PyObject *lock; /* the lock or semaphore that it waits for. Borrowed; NULL: none */
	/* locks and semaphores that the task releases next, by its own code. Borrowed */
	PyObject *held[AW__PY_MOST_HELD];
	bool plain[AW__PY_MOST_HELD]; /* … by a call of release(), and not by "async with" */
	unsigned held_count;
	bool timed;   /* a timeout may end the wait */
	bool shields; /* what it waits for is not cancelled with it */
	/* a set or list of futures, if it waits for these. Borrowed; NULL: none */
	PyObject *members;
	bool for_all; /* … until all of them are done, and not for one or for the first error */
};

/** Look at the next coroutine of a chain, from the outermost on. */
void aw__py_resources_look(struct aw__py_resources *found, const struct aw__py_task *task,
			   PyObject *coroutine);
/** Look at the future that a task waits for, if its coroutines do not show what the wait is for. */
void aw__py_resources_look_at_future(struct aw__py_resources *found, PyObject *future);
void aw__py_resources_tell(struct aw__py_task *task, const struct aw__py_resources *found);
/** Call when the task resumes, or is freed. */
void aw__py_resources_forget(struct aw__py_task *task);

/* ---- locks.c ---- */

/** Find the acquire() functions of the module asyncio.locks, which may be NULL. Returns whether aw__py_coroutine_finalize() is needed. */
bool aw__py_locks_init(PyObject *locks);
void aw__py_coroutine_finalize(PyObject *self);
extern destructor aw__py_old_coroutine_finalize;
/** Call when a task waits: records which locks it has, and which it waits for, until aw__py_locks_goes_on(). */
void aw__py_locks_waits(struct aw__py_task *task, const struct aw__py_resources *found);
void aw__py_locks_goes_on(struct aw__py_task *task);
/** Call when a task that has acquired locks by a plain await has failed: it does not release those that it was about to release. */
void aw__py_locks_failed(struct aw__py_task *task, PyObject *exception);
/** The lock itself, the lock of a condition, or the semaphore itself; only of asyncio's own types. Borrowed; NULL: it is none of these. */
PyObject *aw__py_locks_inner(PyObject *object);
/** Whether the last plain await that acquired the lock was this task's. */
bool aw__py_locks_has_taken(const struct aw__py_task *task, PyObject *lock);

/* ---- ahead.c ---- */

#define AW__PY_MOST_AHEAD 8u

/** Locks that a frame's code releases next, without a condition on the way. Borrowed. */
struct aw__py_ahead {
	PyObject *released[AW__PY_MOST_AHEAD];
	PyObject *acquired[AW__PY_MOST_AHEAD]; /* … before it releases them */
	unsigned count, acquired_count;
	bool full;
};

/** Find the locks that a frame releases next. `offset`: of the frame's current instruction, in bytes. */
void aw__py_look_ahead(struct aw__py_ahead *ahead, struct _PyInterpreterFrame *frame, int offset);
/** An attribute of the object itself, read without running the program's code. Borrowed; NULL: there is none, or it needs such code. */
PyObject *aw__py_plain_attribute(PyObject *object, const char *name);

/* ---- permits.c ---- */

int aw__py_semaphore_init(PyObject *self, PyObject *args, PyObject *names);
void aw__py_semaphore_finalize(PyObject *self);
extern initproc aw__py_old_semaphore_init;
extern destructor aw__py_old_semaphore_finalize;
/** The number of permits that an asyncio.Semaphore was made with. 0: not known. */
long aw__py_permits_of(PyObject *semaphore);
/** Forget that number: there may be more permits by now. The address of the semaphore is only compared. */
void aw__py_permits_forget(uintptr_t semaphore);

/* ---- py_loops.c ---- */

/** The list of waiting tasks of the loop that runs on this thread. NULL: no loop runs, or its poll is not seen. */
struct aw__py_task **aw__py_loop_waits(void);
/** Likewise the failed tasks whose error was handed on since the last poll. */
struct aw__py_task **aw__py_loop_handed(void);

struct aw_agent_loop *aw__py_loop_now(void);
/** The number of the current run of a loop on this thread. */
uint32_t aw__py_loop_run(void);
/**
 * For how many ns this thread's loop was stopped before its current run, if the run before had that number. 0: it had another
 * number, or another loop.
 */
uint64_t aw__py_loop_pause(uint32_t run);
/** Call before a poll, or a task's step: records the loop that runs on this thread, if it began before the hooks were in place. */
void aw__py_loop_meet(void);
/** Call around a task's step: for loops whose poll is not seen. */
void aw__py_loop_enter(void);
void aw__py_loop_leave(void);
PyObject *aw__py_set_running_loop(PyObject *module, PyObject *loop);
PyObject *aw__py_poll(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names);
extern PyCFunction aw__py_old_set_running_loop;
typedef PyObject *aw__py_fast(PyObject *self, PyObject *const *args, Py_ssize_t count,
			      PyObject *names);
extern aw__py_fast *aw__py_old_poll;

/* ---- py_errors.c ---- */

/** The traceback of an exception. Borrowed; NULL: it has none, which 3.11 stores as None if the program has set it to None. */
const PyTracebackObject *aw__py_traceback_of(PyObject *exception);

/** A flag beside AW_ERROR_LOST: the program's __str__() may run, since asyncio is about to run it. */
#define AW__PY_ASKS (UINT32_C(1) << 31)

/**
 * Record an error with its causes, contexts and members. `id`: of the error itself; 0: a new one. With AW_ERROR_LOST in `flags` its
 * attributes are described, too; the program's code runs only with AW__PY_ASKS. Returns its id.
 */
uint64_t aw__py_error(PyObject *exception, const struct aw__py_task *task, uint32_t flags,
		      uint64_t id);
/** Call when the task is freed: forgets its error, unless something else refers to the error. */
void aw__py_error_forget(PyObject *exception);
/** Whether it is a normal end of a program or connection, which is never lost: KeyboardInterrupt, SystemExit, a clean close in websockets. */
bool aw__py_error_is_an_end(PyObject *exception);

/* ---- describe.c ---- */

/** Whether it is None, or exactly a str, int, float, bool or bytes; true for NULL. */
bool aw__py_is_plain(PyObject *value);
/** Whether each item of a tuple is plain; true for NULL. */
bool aw__py_are_plain(PyObject *tuple);
/** Whether it is a str or bytes longer than what is kept of a text. */
bool aw__py_is_long(PyObject *value);
/** Describe it in a line, without running the program's code. New reference; NULL, with an error set: there is no memory. */
PyObject *aw__py_describe(PyObject *value);

/* ---- py_findings.c ---- */

/** Whether asyncio itself logs the lost and unhandled errors of that loop, and so asks for their messages. */
bool aw__py_loop_logs(PyObject *loop);

/** Replace warnings._warn_unawaited_coroutine() and a loop's call_exception_handler(). `before`: the replaced function. */
PyObject *aw__py_unawaited(PyObject *before, PyObject *coroutine);
PyObject *aw__py_exception_handler(PyObject *before, PyObject *args, PyObject *names);

/* ---- origin.c ---- */

/** Call when recording has begun. */
void aw__py_origin_init(void);
/** Call when a loop begins or ends its run on this thread. */
void aw__py_origin_begin(void);
void aw__py_origin_end(void);
/** Call when a coroutine was never awaited, and its origin is not known. */
void aw__py_origin_missed(void);
/** Call where coroutines begin or end: counts them, and turns the tracking of origins on or off. A Python error may be set. */
void aw__py_origin_look(void);
/** The stack that created a coroutine. AW_NONE: not known. */
aw_intern aw__py_origin_of(PyObject *coroutine, aw_intern link);
/** Replace sys.get_coroutine_origin_tracking_depth() and sys.set_coroutine_origin_tracking_depth(). */
PyObject *aw__py_get_depth(PyObject *module, PyObject *nothing);
PyObject *aw__py_set_depth(PyObject *module, PyObject *const *args, Py_ssize_t count,
			   PyObject *names);
extern PyCFunction aw__py_old_get_depth;
extern aw__py_fast *aw__py_old_set_depth;

/* ---- fork.c ---- */

typedef PyObject *aw__py_few(PyObject *self, PyObject *const *args, Py_ssize_t count);

PyObject *aw__py_fork(PyObject *module, PyObject *nothing);
PyObject *aw__py_forkpty(PyObject *module, PyObject *nothing);
PyObject *aw__py_fork_exec(PyObject *module, PyObject *const *args, Py_ssize_t count);
extern PyCFunction aw__py_old_fork, aw__py_old_forkpty;
extern aw__py_few *aw__py_old_fork_exec;

/* ---- py_handles.c ---- */

int aw__py_socket_init(PyObject *self, PyObject *args, PyObject *names);
void aw__py_socket_finalize(PyObject *self);
PyObject *aw__py_warn(PyObject *module, PyObject *const *args, Py_ssize_t count, PyObject *names);
extern initproc aw__py_old_socket_init;
extern destructor aw__py_old_socket_finalize;
extern aw__py_fast *aw__py_old_warn;
/** os.set_blocking(): asyncio calls it when it connects a pipe to a loop. */
PyObject *aw__py_set_blocking(PyObject *module, PyObject *const *args, Py_ssize_t count);
extern aw__py_few *aw__py_old_set_blocking;
/** Call when a process was started. `result`: what fork_exec() returned, or NULL. */
void aw__py_process_started(PyObject *result);
/** fork_exec() with the calling convention of 3.11; that of later versions is in fork.c. */
PyObject *aw__py_fork_exec_packed(PyObject *module, PyObject *args);
extern PyCFunction aw__py_old_fork_exec_packed;

/* ---- hand_on.c ---- */

/**
 * Whether the caller gives a task's error to a future of concurrent.futures that no thread waits for. Whether it is read is known
 * at the next poll.
 */
bool aw__py_hand_on(PyObject *self, struct aw__py_task *task);
/** Call when the loop is about to poll: a future that still exists with the error keeps its task alive, and counts the error as retrieved. */
void aw__py_hand_on_settle(struct aw__py_task **head);
/** Call when the task is freed: whether its error was handed on to a future that is freed with it. */
bool aw__py_hand_on_failed(PyObject *self, const struct aw__py_task *task);

/* ---- py_tasks.c ---- */

typedef PyObject *aw__py_method(PyObject *self, PyTypeObject *type, PyObject *const *args,
				size_t count, PyObject *names);

int aw__py_init(PyObject *self, PyObject *args, PyObject *names);
void aw__py_finalize(PyObject *self);
PyObject *aw__py_step(PyObject *self, PyObject *args, PyObject *names);
PyObject *aw__py_wakeup(PyObject *task, PyObject *future);
PyObject *aw__py_set_name(PyObject *self, PyObject *name);
PyObject *aw__py_exception(PyObject *self, PyObject *nothing);
PyObject *aw__py_exception_method(PyObject *self, PyTypeObject *type, PyObject *const *args,
				  size_t count, PyObject *names);
PyObject *aw__py_result(PyObject *self, PyObject *nothing);
PyObject *aw__py_await(PyObject *self);
PyObject *aw__py_iter(PyObject *self);

/** Whether an attribute of a task is True. Leaves no error set. */
bool aw__py_is_true(PyObject *self, const char *attribute);
/** Call when the error of `future` was read, which need not be a task. `by`: the task that read it, or NULL. */
void aw__py_retrieved(PyObject *future, PyObject *by);

/* The functions that the hooks replaced. */
struct aw__py_old {
	initproc init;
	destructor finalize;
	ternaryfunc step;
	PyCFunction wakeup, uncancel, set_name, exception, result;
	aw__py_method *exception_method;
	aw__py_fast *cancel, *exit;
	unaryfunc await;
	getiterfunc iter;
};
extern struct aw__py_old aw__py_old;

#endif
