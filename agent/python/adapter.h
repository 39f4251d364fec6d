/* SPDX-License-Identifier: MIT */
/*
 * What the files of the adapter for CPython's asyncio share.
 *
 * The adapter is one shared object for each minor version of CPython, since it reads the interpreter's own structures. It
 * observes by replacing C slots of _asyncio's types (swap.c): no Python frame, module or attribute of the program's
 * changes by that. Every hook calls what it replaced, and returns what that returned.
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

/* At the end of each Task object, whose type's size is enlarged by it. Zeroed when the object is made. */
struct aw__py_task {
	struct aw_agent_task agent;
	uint64_t error; /* its id, if it failed */
	bool told;	/* the recorder knows the task */
	bool done;
	bool retrieved; /* somebody got its error */
	bool dropped;	/* a gather that was done already looked at its error, and let it go */
	bool cancelled; /* a cancel() of the program's own was delivered, and not taken back */
	bool went_on;	/* … and it has waited since */
	bool flagged; /* it waits under a timeout, or for what it shields, and the recorder knows */
	bool yielded; /* it waits for nothing but its loop */
	bool starved; /* … for so long, once, that it was told */
	bool unreferenced; /* only what wakes it refers to it, and the recorder knows */
	uint32_t turn;	   /* when it yielded */
	uint32_t run;	   /* of its loop, then */
	bool has_locks;	   /* it has acquired one by a plain await, once */
	uint32_t holds;	   /* locks that it has while it waits, as locks.c numbers them; 0: none */
	union {
		uintptr_t lock; /* that it waits for, likewise */
		struct {	/* of one that has failed, when another future got its error */
			PyObject *traceback;
			struct aw__py_task **head; /* of its loop's list */
		} handed;
	};
	/*
	 * The list of its loop's tasks that wait, and where was not told yet; or of those that have failed, and whose error another future got
	 * just now. waits_in: what points to it, NULL: it is in none.
	 */
	struct aw__py_task *waits_next, **waits_in;
	/* this one waits for them, and they are pending, or failed meanwhile */
	struct aw__py_task *members;
	struct aw__py_task *member_next, **member_in;
};

/* Where _asyncio's objects have what the hooks read; found on live objects (calibrate.c). */
struct aw__py_layout {
	Py_ssize_t own;	      /* struct aw__py_task in a Task */
	Py_ssize_t state;     /* int: 0 pending, 1 cancelled, 2 finished */
	Py_ssize_t exception; /* PyObject *, NULL if there is none */
	Py_ssize_t waiter;    /* PyObject *: the future that a Task waits for */
	Py_ssize_t name;      /* PyObject *: a str, from 3.12 on perhaps an int */
	Py_ssize_t coroutine; /* PyObject *: what a Task runs */
	Py_ssize_t callback;  /* PyObject *: the first one that a Future calls when it is done */
	getter awaited;	      /* what a coroutine, or a generator of another kind, awaits */
	PyTypeObject *task, *future, *step;
	PyMethodDef *wakeup;
};

extern struct aw__py_layout aw__py;

enum aw__py_state { AW__PY_PENDING = 0, AW__PY_CANCELLED = 1, AW__PY_FINISHED = 2 };

static inline struct aw__py_task *aw__py_task_of(PyObject *task)
{
	/* A type that was made before the adapter came has no room for it. */
	return Py_TYPE(task)->tp_basicsize >= aw__py.own + (Py_ssize_t)sizeof(struct aw__py_task)
		       ? (struct aw__py_task *)((char *)task + aw__py.own)
		       : NULL;
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

/**
 * Whether the code that calls is the main interpreter's. Others share some of the slots, but neither the types that were measured nor, from
 * 3.12 on, the GIL that guards what the adapter knows.
 */
static inline bool aw__py_is_main(void)
{
	return PyInterpreterState_Get() == PyInterpreterState_Main();
}

/** Start recording when it is first needed. Returns whether it is on, for the interpreter that calls. */
bool aw__py_on(void);

/* ---- calibrate.c ---- */

/** Find the layout on live objects. False with `ret_why` if something is not as it should be. Leaves no error set. */
bool aw__py_calibrate(const char **ret_why);
/** Run a task on a loop that is none, with the hooks in place, and compare what they saw. */
bool aw__py_self_test(const char **ret_why);

/* ---- swap.c ---- */

/** Put the hooks in place; _asyncio is whole. False: nothing is changed. */
bool aw__py_swap(const char **ret_why);
void aw__py_swap_back(void);
/** What can only be hooked when asyncio is whole, too. */
void aw__py_swap_late(void);
/** A loop of that type begins to run. */
void aw__py_swap_loop(PyTypeObject *type);
/** Hook what hands jobs to threads, if that is there. Returns the type of executors' work items; NULL: it is not there yet. */
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

/** What a frame's code is to the adapter; by its file and name, found out once. */
enum aw__py_code {
	AW__PY_PROGRAM = 0,
	AW__PY_LOOP, /* Handle._run(): what is below it is the loop's; or an executor's, which runs a job */
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
	AW__PY_SHIELD,	  /* its callback by which the one who waits tells it that he is gone */
	AW__PY_CHAIN,	  /* likewise of a future of concurrent.futures */
	AW__PY_SUBMIT,	  /* of an executor of threads */
	AW__PY_WORKER,	  /* … by which its threads take jobs */
	AW__PY_MACHINERY, /* asyncio itself: left out where the program's own frames follow */
	AW__PY_GATHER,	  /* … its callback by which a gather learns that a member is done */
	AW__PY_HAND_ON,	  /* … which gives a task's outcome to a future of concurrent.futures */
	AW__PY_WAIT,	  /* … and that by which a wait() does */
	AW__PY_TIMEOUT,	  /* … and if it cancels, that is a timeout */
	AW__PY_GROUP,
	AW__PY_SHUTDOWN,
	AW__PY_SIGNAL,
	AW__PY_SCOPES, /* other libraries that cancel tasks to leave a scope */
};

bool aw__py_frames_init(void);
/**
 * Whether the code that calls now is the callback by which a gather learns that a member is done, and the gather itself was done before: it
 * looks at the member's error only so that nobody complains.
 */
bool aw__py_is_late_gather(void);
/** Whether it is the callback of a wait() for the first error, which looks at each error only to see whether there is one. */
bool aw__py_is_in_wait(void);
/** The future of concurrent.futures that the code which calls now gives a task's error to. Borrowed; NULL: it is other code. */
PyObject *aw__py_handed_to(void);
/** What inner functions share with a function, by its name. Borrowed; NULL: there is none. */
PyObject *aw__py_shared(PyObject *function, const char *name);
/** Whether asyncio itself is among the innermost callers. */
bool aw__py_is_in_asyncio(void);
/**
 * Whether a function is that callback, of a gather that is pending and keeps its members' errors until all of them are done: the
 * gather then. Borrowed; NULL: it is not.
 */
PyObject *aw__py_gather_of(PyObject *callback);
/** The same of a wait(): the future that its task awaits meanwhile. */
PyObject *aw__py_wait_of(PyObject *callback);
/** A place by its names; a relative file is the one of the program's first folder. */
aw_intern aw__py_place_named(const char *function, const char *file, int line);
/** What a code object is. */
enum aw__py_code aw__py_kind(PyCodeObject *code);
/** The same, without finding it out. False: it was not found out yet, as there was no memory. */
bool aw__py_kind_known(PyCodeObject *code, enum aw__py_code *ret);
/** Counts the code objects that are gone, of those that were found out: what is kept of any may be that of another one. */
extern unsigned aw__py_code_gone;
/** Whether its code names an attribute "release". */
bool aw__py_names_release(PyCodeObject *code);
struct _PyInterpreterFrame;
/** What a frame runs, and where. Borrowed; NULL: no Python code, or it has not begun. */
PyCodeObject *aw__py_frame_code_at(struct _PyInterpreterFrame *frame, int *ret_offset);
PyCodeObject *aw__py_frame_python(struct _PyInterpreterFrame *frame);
/** A variable of a frame, by its name; one that inner functions share is looked up in its cell. Borrowed; NULL: there is none. */
PyObject *aw__py_variable(struct _PyInterpreterFrame *frame, PyCodeObject *code, const char *name);
/** Where a function is defined. AW_NONE: not known. */
aw_intern aw__py_place_of_coroutine(PyObject *coroutine);
aw_intern aw__py_place_of_code(PyCodeObject *code);
/** A place within a code object, by the offset of its instruction. */
aw_intern aw__py_place(PyCodeObject *code, int offset);

/** The folder that relative file names are relative to; empty: not known. */
const char *aw__py_start_folder(void);

/* ---- py_stacks.c ---- */

/** The stack of the Python code that runs now, up to the loop. `ret_why` may be NULL: what the frames above the program's own are. */
aw_intern aw__py_stack(aw_intern link, enum aw__py_code *ret_why);
/** The stack of another thread, which does not have the GIL. */
aw_intern aw__py_stack_of_thread(PyThreadState *thread, aw_intern link);

/* ---- interpreter.c ---- */

/** Tell the agent how to read the frames of a thread from outside. */
void aw__py_publish(void);

/* ---- anew.c ---- */

/** Another recording has begun: tell of a loop that runs on this thread, and of its pending tasks. None of them runs. */
void aw__py_tell_anew(PyObject *loop, struct aw_agent_loop *agent);
/** Tell of a pending task. In py_tasks.c. */
void aw__py_task_tell_anew(PyObject *self, struct aw_agent_loop *loop);

/* ---- py_waits.c ---- */

/** Recording has begun. */
void aw__py_waits_init(void);
/** The task has suspended itself. */
void aw__py_waits(PyObject *self, struct aw__py_task *task);
/** The task is in no list from now on. */
void aw__py_waits_leave(struct aw__py_task *task);
/** Put a task in a list that it is to be in until the loop's next poll, if it lives so long. */
void aw__py_waits_enter(struct aw__py_task *task, struct aw__py_task **head);
/** Empty a list; `on`: tell where those wait that still do. */
void aw__py_waits_tell(struct aw__py_task **head, bool on);

/* ---- members.c ---- */

/**
 * Before a step: the task's first callback, if its loop does not show what it is to run next. New reference; NULL: there is none, or it is not
 * needed.
 */
PyObject *aw__py_members_callback(PyObject *self);
/** The task has failed: look for a gather or wait that gets its error. `callback`: its first one, or NULL. */
void aw__py_members_find(PyObject *self, struct aw__py_task *task, PyObject *callback);
/** The task is in no list from now on. */
void aw__py_members_leave(struct aw__py_task *member);
void aw__py_members_let_go(struct aw__py_task *task);
/** The task has gone on: what failed while it waited is its own affair. */
/**
 * A task waits for several futures. If all that are pending are tasks, they are its members from now on, and the recorder knows what it waits
 * for. `future`: that ends its wait.
 */
void aw__py_members_waited(struct aw__py_task *task, PyObject *future, PyObject *futures,
			   bool for_all);
static inline void aw__py_members_release(struct aw__py_task *task)
{
	if (__builtin_expect(task->members != NULL, 0))
		aw__py_members_let_go(task);
}

/* ---- resources.c ---- */

#define AW__PY_MOST_HELD 8u

/** What an await chain says: what its task waits for, and which locks it has. */
struct aw__py_resources {
	enum aw_agent_wait kind; /* OTHER: nothing that is known here */
	bool asyncios; /* the innermost coroutine is asyncio's, which is to end the wait */
	uint64_t target;
	PyObject *lock; /* or semaphore, if it is that. Borrowed; NULL: none */
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
/** Look at the future that a task waits for, if its coroutines do not tell what that is. */
void aw__py_resources_look_at_future(struct aw__py_resources *found, PyObject *future);
void aw__py_resources_tell(struct aw__py_task *task, const struct aw__py_resources *found);
/** The task goes on, or is gone. */
void aw__py_resources_forget(struct aw__py_task *task);

/* ---- locks.c ---- */

/** Find what acquires locks in the module asyncio.locks, which may be NULL. Whether aw__py_coroutine_finalize() is of use. */
bool aw__py_locks_init(PyObject *locks);
void aw__py_coroutine_finalize(PyObject *self);
extern destructor aw__py_old_coroutine_finalize;
/** A task waits: tell which locks it has, and which it waits for, until it goes on. */
void aw__py_locks_waits(struct aw__py_task *task, const struct aw__py_resources *found);
void aw__py_locks_goes_on(struct aw__py_task *task);
/** A task that has acquired locks by a plain await has failed: it releases none of those that it was to release. */
void aw__py_locks_failed(struct aw__py_task *task, PyObject *exception);
/** The lock of a lock or condition, or a semaphore; of asyncio's own types alone. Borrowed; NULL: it is none. */
PyObject *aw__py_locks_inner(PyObject *object);
/** Whether the task was the last one that acquired the lock, by a plain await. */
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

/** `offset`: of the instruction that the frame stands at, in bytes. */
void aw__py_look_ahead(struct aw__py_ahead *ahead, struct _PyInterpreterFrame *frame, int offset);
/** An attribute of an object's own, without code of the program. Borrowed; NULL: there is none, or it takes such code. */
PyObject *aw__py_plain_attribute(PyObject *object, const char *name);

/* ---- permits.c ---- */

int aw__py_semaphore_init(PyObject *self, PyObject *args, PyObject *names);
void aw__py_semaphore_finalize(PyObject *self);
extern initproc aw__py_old_semaphore_init;
extern destructor aw__py_old_semaphore_finalize;
/** With how many permits an asyncio.Semaphore was made. 0: not known. */
long aw__py_permits_of(PyObject *semaphore);
/** There may be more permits by now. The semaphore is only compared. */
void aw__py_permits_forget(uintptr_t semaphore);

/* ---- py_loops.c ---- */

/** The list of tasks that wait, of the loop that runs on this thread. NULL: its poll is not seen. */
struct aw__py_task **aw__py_loop_waits(void);
/** Likewise of those that have failed, and whose error was handed on since the last poll. */
struct aw__py_task **aw__py_loop_handed(void);

struct aw_agent_loop *aw__py_loop_now(void);
/** The number of the run of a loop that goes on, on this thread. */
uint32_t aw__py_loop_run(void);
/** How long the loop that runs here was not run, if it ran last in the run with that number. 0: it was another one, or is it still. */
uint64_t aw__py_loop_pause(uint32_t run);
/** Around a task's step: for loops whose poll is not seen. */
void aw__py_loop_enter(void);
void aw__py_loop_leave(void);
PyObject *aw__py_set_running_loop(PyObject *module, PyObject *loop);
PyObject *aw__py_poll(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names);
extern PyCFunction aw__py_old_set_running_loop;
typedef PyObject *aw__py_fast(PyObject *self, PyObject *const *args, Py_ssize_t count,
			      PyObject *names);
extern aw__py_fast *aw__py_old_poll;

/* ---- py_errors.c ---- */

/** Borrowed; NULL: it has none. In 3.11 one that the program has set to None is None in the object, and not NULL. */
const PyTracebackObject *aw__py_traceback_of(PyObject *exception);

/** A flag beside AW_ERROR_LOST: __str__() of the program's may run, since asyncio is about to run it. */
#define AW__PY_ASKS (UINT32_C(1) << 31)

/**
 * Tell an error with its causes, contexts and members. `id`: of the error itself; 0: a new one. With AW_ERROR_LOST in `flags` its
 * attributes are described, too; code of the program's runs only with AW__PY_ASKS. Returns its id.
 */
uint64_t aw__py_error(PyObject *exception, const struct aw__py_task *task, uint32_t flags,
		      uint64_t id);
/** The task is going: its error is remembered only if somebody else has it, too. */
void aw__py_error_forget(PyObject *exception);
/** Whether it is how a program or a connection ends, and lost by nobody: KeyboardInterrupt, SystemExit, a clean close of websockets'. */
bool aw__py_error_is_an_end(PyObject *exception);

/* ---- describe.c ---- */

/** Whether it is None, or exactly a str, int, float, bool or bytes; true for NULL. */
bool aw__py_is_plain(PyObject *value);
/** Whether each item of a tuple is; true for NULL. */
bool aw__py_are_plain(PyObject *tuple);
/** Whether it is a str or bytes longer than what is kept of a text. */
bool aw__py_is_long(PyObject *value);
/** Describe it in a line, without running code of the program's. New reference; NULL, with an error set: there is no memory. */
PyObject *aw__py_describe(PyObject *value);

/* ---- py_findings.c ---- */

/** Whether asyncio itself logs an error of that loop's which is lost, or that nobody handles; it asks for the messages then. */
bool aw__py_loop_logs(PyObject *loop);

/** In place of warnings' and loops' functions; `before`: what they replace. */
PyObject *aw__py_unawaited(PyObject *before, PyObject *coroutine);
PyObject *aw__py_exception_handler(PyObject *before, PyObject *args, PyObject *names);

/* ---- origin.c ---- */

/** Recording has begun. */
void aw__py_origin_init(void);
/** A loop begins, or ends, to run on this thread. */
void aw__py_origin_begin(void);
void aw__py_origin_end(void);
/** A coroutine was forgotten, and where it was made is not known. */
void aw__py_origin_missed(void);
/** Often, where coroutines end or begin: counts them, and asks for their origins or no longer. An error may be set. */
void aw__py_origin_look(void);
/** The stack that made a coroutine. AW_NONE: not known. */
aw_intern aw__py_origin_of(PyObject *coroutine, aw_intern link);
/** sys.get_coroutine_origin_tracking_depth() and its counterpart. */
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
/** A process was started: what its function returned, or NULL. */
void aw__py_process_started(PyObject *result);
/** Starts a process, by 3.11's convention; that of the others is in fork.c. */
PyObject *aw__py_fork_exec_packed(PyObject *module, PyObject *args);
extern PyCFunction aw__py_old_fork_exec_packed;

/* ---- hand_on.c ---- */

/** Asyncio gives the error of a task to a future of concurrent.futures: whether it is to be seen yet if anybody will look at it. */
bool aw__py_hand_on(PyObject *self, struct aw__py_task *task);
/** The loop is about to poll: whoever has a future that got an error keeps the task alive by it, and may look at the error. */
void aw__py_hand_on_settle(struct aw__py_task **head);
/** The task is going: whether its error was handed on to a future that goes with it. */
bool aw__py_hand_on_failed(PyObject *self, const struct aw__py_task *task);

/* ---- jobs.c ---- */

/** The id of the task by which a job is told, or will be; `future`: of concurrent.futures. 0: it is none, has ended, or is not known. */
uint64_t aw__py_job_of(PyObject *future);
/** The loop is about to sleep: tell where the threads of jobs are. */
void aw__py_jobs_look(void);
/** The same, where it would be too often. */
void aw__py_jobs_look_seldom(void);
bool aw__py_jobs_run(void);
/** A job that has failed with this exception has ended. */
void aw__py_jobs_end_failed(PyObject *exception);
/** Tell that the error of a job's future was lost. False: no job is known that has failed with it. */
bool aw__py_job_lost(uint64_t error);
/** In a child of a fork() the threads of its parent's jobs are not there. */
void aw__py_jobs_forget(void);

typedef PyObject *aw__py_method(PyObject *self, PyTypeObject *type, PyObject *const *args,
				size_t count, PyObject *names);

PyObject *aw__py_queue_put(PyObject *self, PyObject *const *args, Py_ssize_t number,
			   PyObject *names);
PyObject *aw__py_queue_get(PyObject *self, PyTypeObject *type, PyObject *const *args, size_t number,
			   PyObject *names);
PyObject *aw__py_queue_get_nowait(PyObject *self, PyTypeObject *type, PyObject *const *args,
				  size_t number, PyObject *names);
void aw__py_item_finalize(PyObject *self);
PyObject *aw__py_start_thread(PyObject *module, PyObject *args);
PyObject *aw__py_start_joinable_thread(PyObject *module, PyObject *args, PyObject *names);
extern aw__py_fast *aw__py_old_queue_put;
extern aw__py_method *aw__py_old_queue_get, *aw__py_old_queue_get_nowait;
extern destructor aw__py_old_item_finalize;
extern PyCFunction aw__py_old_start_thread;
extern PyCFunctionWithKeywords aw__py_old_start_joinable_thread;

/* ---- py_tasks.c ---- */

struct aw__py_counts {
	unsigned created, steps, done;
};
extern struct aw__py_counts aw__py_counts; /* for the self-test */

int aw__py_init(PyObject *self, PyObject *args, PyObject *names);
void aw__py_finalize(PyObject *self);
PyObject *aw__py_step(PyObject *self, PyObject *args, PyObject *names);
PyObject *aw__py_wakeup(PyObject *task, PyObject *future);
PyObject *aw__py_cancel(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names);
PyObject *aw__py_uncancel(PyObject *self, PyObject *nothing);
PyObject *aw__py_set_name(PyObject *self, PyObject *name);
PyObject *aw__py_exception(PyObject *self, PyObject *nothing);
PyObject *aw__py_exception_method(PyObject *self, PyTypeObject *type, PyObject *const *args,
				  size_t count, PyObject *names);
PyObject *aw__py_result(PyObject *self, PyObject *nothing);
PyObject *aw__py_await(PyObject *self);
PyObject *aw__py_iter(PyObject *self);

/** Somebody got the error of `future`, if it is a task's: `by` a task, or NULL. */
void aw__py_retrieved(PyObject *future, PyObject *by);

/* What was in the slots before. */
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
