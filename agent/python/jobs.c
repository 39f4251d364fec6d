/* SPDX-License-Identifier: MIT */
/*
 * Records jobs that are handed to threads by asyncio.to_thread(), loop.run_in_executor() and ThreadPoolExecutor.submit(). A job is recorded as a
 * task, from when a thread takes it until it has ended, with the task that submitted it, and where.
 *
 * An executor hands its work items over by a queue that is implemented in C. The queue's put() and get() are hooked, and so is the finalizer of work
 * items, since a thread drops an item as soon as its job has ended. They are hooked when an executor starts its first thread: the modules are
 * imported by then. The table of jobs is keyed by their futures, which are only compared: an entry exists only while its item keeps the future alive.
 */
#include "agent/python/jobs.h"
#include "agent/python/py_frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS	  4096u
#define FAILURES  256u
#define MOST_NAME 32u /* bytes of a task's name that the agent keeps */
/* Ids of tasks are as a rule the numbers in asyncio's names: jobs have other ids. */
#define FIRST_ID  (UINT64_C(1) << 40)
#define MOST_SEEN 16u /* running jobs whose threads are looked at */

enum state { QUEUED, RUNS, ENDED };

/* The part that is kept of a job that has failed. */
struct known {
	uint64_t id;
	/* id, slot and stack of the task that submitted it; id 0: none did */
	struct aw_agent_task by;
	aw_intern function, stack; /* where it was submitted */
	char name[MOST_NAME + 1];
	size_t name_length;
};

struct job {
	struct job *next, *next_running;
	PyObject *future; /* of concurrent.futures */
	struct aw_agent_task agent;
	struct known known;
	/* id of the thread state, which may be freed before the job's item */
	uint64_t thread;
	enum state state;
};

/* The last jobs that failed: the newest replaces the oldest. */
struct failure {
	uint64_t error;
	struct known job;
};

static struct job *jobs[BUCKETS], *running;
static struct failure failures[FAILURES];
static unsigned failure_count;
static PyTypeObject *item_type; /* NULL: not hooked yet. Borrowed: its module is never unloaded */
static uint64_t submitted_count;
static unsigned count;	     /* of jobs that have begun */
static bool has_begun;	     /* a job has, since the last look */
static unsigned suspensions; /* of tasks, while jobs run, in loops whose polls are not seen */
/* the future of the job that runs on this thread */
static _Thread_local PyObject *taken __attribute__((tls_model("initial-exec")));

aw__py_fast *aw__py_old_queue_put;
aw__py_method *aw__py_old_queue_get, *aw__py_old_queue_get_nowait;
PyCFunction aw__py_old_start_thread;
PyCFunctionWithKeywords aw__py_old_start_joinable_thread;
destructor aw__py_old_item_finalize;

/* ---- the table ---- */

static struct job **bucket_of(const PyObject *future)
{
	return &jobs[((uintptr_t)future >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 52];
}

static struct job *find(const PyObject *future)
{
	struct job *job = future != NULL ? *bucket_of(future) : NULL;

	while (job != NULL && job->future != future)
		job = job->next;
	return job;
}

static void take_out(const struct job *job)
{
	struct job **at = bucket_of(job->future);

	while (*at != job)
		at = &(*at)->next;
	*at = job->next;
}

static void take_out_running(const struct job *job)
{
	struct job **at = &running;

	while (*at != NULL && *at != job)
		at = &(*at)->next_running;
	if (*at != NULL)
		*at = job->next_running;
}

void aw__py_jobs_forget(void)
{
	for (unsigned i = 0; i < BUCKETS; i++)
		while (jobs[i] != NULL) {
			struct job *job = jobs[i];

			jobs[i] = job->next;
			free(job);
		}
	running = NULL;
	taken = NULL;
	memset(failures, 0, sizeof(failures));
}

/* ---- the fields of a work item ---- */

/* Read without running the program's code. Borrowed; NULL: there is none. */
static PyObject *attribute_of(PyObject *object, const char *name)
{
	return object != NULL ? aw__py_plain_attribute(object, name) : NULL;
}

static bool is_state(PyObject *future, const char *name)
{
	PyObject *state = attribute_of(future, "_state");

	return state != NULL && PyUnicode_Check(state) &&
	       PyUnicode_CompareWithASCIIString(state, name) == 0;
}

static uint64_t own_thread(void)
{
	return PyThreadState_GetID(PyThreadState_Get());
}

static bool is_item(PyObject *object)
{
	return item_type != NULL && Py_TYPE(object) == item_type && aw_agent_on() &&
	       aw__py_is_main();
}

static PyObject *item_at(PyObject *tuple, Py_ssize_t index)
{
	return tuple != NULL && PyTuple_CheckExact(tuple) && PyTuple_GET_SIZE(tuple) > index
		       ? PyTuple_GET_ITEM(tuple, index)
		       : NULL;
}

/* The arguments are in a tuple with the function from 3.14 on. */
static PyObject *function_of(PyObject *item, PyObject **ret_args)
{
#if PY_VERSION_HEX >= 0x030e0000
	PyObject *call = attribute_of(item, "task");

	*ret_args = item_at(call, 1);
	return item_at(call, 0);
#else
	*ret_args = attribute_of(item, "args");
	return attribute_of(item, "fn");
#endif
}

static bool is_context_run(PyObject *function)
{
	return PyCFunction_Check(function) && PyCFunction_GET_SELF(function) != NULL &&
	       PyContext_CheckExact(PyCFunction_GET_SELF(function));
}

/* to_thread() submits a partial of its context's run(). */
static PyObject *unwrapped(PyObject *function, PyObject *args)
{
	for (unsigned i = 0; i < 8 && function != NULL; i++) {
		PyObject *inner = NULL;

		if (is_context_run(function)) {
			inner = item_at(args, 0);
			args = NULL;
		} else if (strcmp(Py_TYPE(function)->tp_name, "functools.partial") == 0) {
			args = attribute_of(function, "args");
			inner = attribute_of(function, "func");
		}
		if (inner == NULL)
			break;
		function = inner;
	}
	return function;
}

static aw_intern place_of(PyObject *function)
{
	if (function == NULL)
		return AW_NONE;
	if (PyMethod_Check(function))
		function = PyMethod_GET_FUNCTION(function);
	if (PyFunction_Check(function))
		return aw__py_place_of_code((PyCodeObject *)PyFunction_GET_CODE(function));
	if (PyCFunction_Check(function))
		return aw_agent_place(((PyCFunctionObject *)function)->m_ml->ml_name, NULL, 0,
				      NULL);
	return aw_agent_place(Py_TYPE(function)->tp_name, NULL, 0, NULL);
}

/* ---- submitted ---- */

static void submitted(PyObject *item)
{
	const struct aw__py_task *by = aw__py_current_task();
	PyObject *future = attribute_of(item, "future"), *args, *function;
	struct job *job = find(future);

	if (future == NULL || job != NULL)
		return;
	job = calloc(1, sizeof(*job));
	if (job == NULL)
		return;
	if (by != NULL && by->told) {
		job->known.by.id = by->agent.id;
		job->known.by.slot = by->agent.slot;
		job->known.by.stack = by->agent.stack;
	}
	job->future = future;
	job->known.id = job->agent.id = FIRST_ID + submitted_count++;
	function = function_of(item, &args);
	job->known.function = place_of(unwrapped(function, args));
	job->known.stack = aw__py_stack(job->known.by.stack, NULL);
	job->next = *bucket_of(future);
	*bucket_of(future) = job;
}

PyObject *aw__py_queue_put(PyObject *self, PyObject *const *args, Py_ssize_t number,
			   PyObject *names)
{
	if (PyVectorcall_NARGS((size_t)number) > 0 && is_item(args[0]))
		submitted(args[0]);
	return aw__py_old_queue_put(self, args, number, names);
}

/* ---- begun and ended ---- */

/* The name of the calling thread in the module threading. Borrowed; NULL: none. */
static PyObject *thread_name(void)
{
	PyObject *module = PyDict_GetItemString(PyImport_GetModuleDict(), "threading");
	PyObject *threads = module != NULL && PyModule_CheckExact(module)
				    ? PyDict_GetItemString(PyModule_GetDict(module), "_active")
				    : NULL;
	PyObject *own = PyLong_FromUnsignedLong(PyThread_get_thread_ident());
	PyObject *thread = own != NULL && threads != NULL && PyDict_CheckExact(threads)
				   ? PyDict_GetItem(threads, own)
				   : NULL;
	PyObject *name = attribute_of(thread, "_name");

	Py_XDECREF(own);
	PyErr_Clear();
	return name != NULL && PyUnicode_Check(name) ? name : NULL;
}

/* "Job-7 in asyncio_0". A long name of a thread loses its beginning, since the end tells threads apart. Returns the length. */
static size_t format_name(char name[MOST_NAME + 1], PyObject *thread)
{
	static const char dots[] = "…";
	struct aw__py_text text = aw__py_text(thread);
	const size_t length = (size_t)snprintf(name, MOST_NAME + 1, "Job-%u in ", ++count);
	const size_t room = MOST_NAME - length;
	const char *end = text.bytes;

	if (thread == NULL) {
		aw__py_text_finish(&text);
		return length - strlen(" in ");
	}
	if (text.length > room) {
		end = text.bytes + text.length - (room - strlen(dots));
		while (((unsigned char)*end & 0xc0) == 0x80)
			end++;
	}
	snprintf(name + length, room + 1, "%s%s", end != text.bytes ? dots : "", end);
	aw__py_text_finish(&text);
	return strlen(name);
}

static struct aw_agent_birth birth_of(const struct known *job)
{
	return (struct aw_agent_birth){ .creator = job->by.id != 0 ? &job->by : NULL,
					.coroutine = job->function,
					.stack = job->stack,
					.name = job->name,
					.name_length = job->name_length };
}

static void begun(PyObject *item)
{
	PyObject *future = attribute_of(item, "future");
	struct job *job = find(future);
	struct aw_agent_birth birth;

	if (job == NULL || job->state != QUEUED)
		return;
	job->known.name_length = format_name(job->known.name, thread_name());
	birth = birth_of(&job->known);
	aw_agent_task_created(&job->agent, &birth);
	aw_agent_task_step(&job->agent);
	job->state = RUNS;
	job->thread = own_thread();
	job->next_running = running;
	running = job;
	has_begun = true;
	taken = future;
}

/* The job's future has the error from now on. */
static void failed(struct job *job, PyObject *exception)
{
	struct aw__py_task like = { .agent = job->agent };
	const uint64_t error = aw__py_error(exception, &like, 0, 0);

	aw_agent_task_done(&job->agent, AW_OUTCOME_ERROR, error);
	aw_agent_error_retrieved(&job->agent, error, NULL);
	failures[failure_count++ % FAILURES] = (struct failure){ error, job->known };
}

static bool was_cancelled(PyObject *future)
{
	return is_state(future, "CANCELLED") || is_state(future, "CANCELLED_AND_NOTIFIED");
}

static void ended(struct job *job)
{
	PyObject *exception;

	if (job->state != RUNS)
		return;
	job->state = ENDED;
	take_out_running(job);
	exception = attribute_of(job->future, "_exception");
	if (exception != NULL && PyExceptionInstance_Check(exception))
		failed(job, exception);
	else
		aw_agent_task_done(
			&job->agent,
			was_cancelled(job->future) ? AW_OUTCOME_CANCELLED : AW_OUTCOME_RESULT, 0);
}

/* Whether the caller is an executor's worker: other code may take items, which then never run, and a job may have queues of its own. */
static bool is_worker(void)
{
	_PyInterpreterFrame *frame = aw__py_frame_innermost();
	PyCodeObject *code = frame != NULL ? aw__py_frame_python(frame) : NULL;

	return code != NULL && aw__py_kind(code) == AW__PY_WORKER;
}

/* A worker that asks for its next item has ended its job, although something may still refer to the job's item. */
static void end_own(void)
{
	struct job *job;

	if (!is_worker())
		return;
	job = find(taken);
	taken = NULL;
	if (job != NULL && job->thread == own_thread() && aw_agent_on())
		ended(job);
}

static PyObject *got(PyObject *item)
{
	if (item != NULL && is_item(item) && is_worker())
		begun(item);
	return item;
}

PyObject *aw__py_queue_get(PyObject *self, PyTypeObject *type, PyObject *const *args, size_t number,
			   PyObject *names)
{
	if (taken != NULL)
		end_own();
	return got(aw__py_old_queue_get(self, type, args, number, names));
}

PyObject *aw__py_queue_get_nowait(PyObject *self, PyTypeObject *type, PyObject *const *args,
				  size_t number, PyObject *names)
{
	if (taken != NULL)
		end_own();
	return got(aw__py_old_queue_get_nowait(self, type, args, number, names));
}

void aw__py_item_finalize(PyObject *self)
{
	PyObject *type, *value, *traceback;
	struct job *job;

	PyErr_Fetch(&type, &value, &traceback);
	job = aw__py_is_main() ? find(attribute_of(self, "future")) : NULL;
	if (job != NULL) {
		if (aw_agent_on())
			ended(job);
		take_out_running(job);
		take_out(job);
		free(job);
	}
	PyErr_Restore(type, value, traceback);
	if (aw__py_old_item_finalize != NULL)
		aw__py_old_item_finalize(self);
}

/* ---- the first thread of an executor ---- */

/* The item that the calling submit() has put into its executor's queue. Borrowed; NULL: the caller is other code. */
static PyObject *item_submitted_now(void)
{
	_PyInterpreterFrame *frame = aw__py_frame_innermost();

	for (unsigned i = 0; i < 8 && frame != NULL; i++, frame = frame->previous) {
		PyCodeObject *code = aw__py_frame_python(frame);

		if (code != NULL && aw__py_kind(code) == AW__PY_SUBMIT)
			return aw__py_variable(frame, code, "w");
	}
	return NULL;
}

static void look_for_executors(void)
{
	PyObject *type, *value, *traceback, *item;

	if (item_type != NULL || !aw__py_is_main())
		return;
	PyErr_Fetch(&type, &value, &traceback);
	item_type = aw__py_swap_jobs();
	item = item_type != NULL ? item_submitted_now() : NULL;
	if (item != NULL && is_item(item))
		submitted(item);
	PyErr_Restore(type, value, traceback);
}

PyObject *aw__py_start_thread(PyObject *module, PyObject *args)
{
	look_for_executors();
	return aw__py_old_start_thread(module, args);
}

PyObject *aw__py_start_joinable_thread(PyObject *module, PyObject *args, PyObject *names)
{
	look_for_executors();
	return aw__py_old_start_joinable_thread(module, args, names);
}

/* ---- for the rest of the adapter ---- */

uint64_t aw__py_job_of(PyObject *future)
{
	const struct job *job = find(future);

	/* a job that has not begun here, and whose future is not pending, was taken by an unknown worker */
	if (job == NULL || job->state == ENDED)
		return 0;
	return job->state == RUNS || is_state(future, "PENDING") ? job->known.id : 0;
}

/* List the running jobs to look at, up to MOST_SEEN of them. Returns how many there are. */
static unsigned to_be_seen(struct job *list[MOST_SEEN])
{
	unsigned number = 0;

	for (struct job *job = running; job != NULL && number < MOST_SEEN; job = job->next_running)
		list[number++] = job;
	return number;
}

/* Take the job of a thread out of the list. NULL: the list has none. */
static struct job *take_job_of(const PyThreadState *thread, struct job *list[MOST_SEEN],
			       unsigned *number)
{
	for (unsigned i = 0; i < *number; i++)
		if (list[i]->thread == thread->id) {
			struct job *job = list[i];

			list[i] = list[--*number];
			return job;
		}
	return NULL;
}

void aw__py_jobs_look(void)
{
	struct job *list[MOST_SEEN];
	unsigned number;

	if (running == NULL || !aw_agent_wait_stacks())
		return;
	number = to_be_seen(list);
	for (PyThreadState *thread = PyInterpreterState_ThreadHead(PyInterpreterState_Main());
	     thread != NULL && number > 0; thread = PyThreadState_Next(thread)) {
		struct job *job = take_job_of(thread, list, &number);

		if (job != NULL)
			aw_agent_task_runs_at(&job->agent,
					      aw__py_stack_of_thread(thread, job->known.stack));
	}
	/* the threads of the rest have ended, although something still refers to their items: a log record with an error's frames, for example */
	while (number > 0)
		ended(list[--number]);
}

/* Called at each suspension of a task where polls are not seen: looks at one in 64, and at the first one after a job has begun. */
void aw__py_jobs_look_seldom(void)
{
	if (running == NULL || (!has_begun && ++suspensions % 64 != 0))
		return;
	has_begun = false;
	aw__py_jobs_look();
}

bool aw__py_jobs_run(void)
{
	return running != NULL;
}

/* The job's future may get the error and lose it before the thread drops the item. */
static void end_failed(PyObject *exception)
{
	struct job *job = running;

	while (job != NULL && attribute_of(job->future, "_exception") != exception)
		job = job->next_running;
	if (job != NULL)
		ended(job);
}

void aw__py_jobs_end_failed(PyObject *exception)
{
	if (running != NULL)
		end_failed(exception);
}

static const struct known *job_of_error(uint64_t error)
{
	for (unsigned i = 0; error != 0 && i < FAILURES; i++)
		if (failures[i].error == error)
			return &failures[i].job;
	return NULL;
}

bool aw__py_job_lost(uint64_t error)
{
	const struct known *known = job_of_error(error);
	struct aw_agent_task job = { .id = 0 };
	struct aw_agent_birth birth;

	if (known == NULL)
		return false;
	job.id = known->id;
	job.stack = known->stack;
	birth = birth_of(known);
	aw_agent_future_lost(&job, &birth, error);
	return true;
}
