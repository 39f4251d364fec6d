/* SPDX-License-Identifier: MIT */
/*
 * Event loops: which one runs on a thread, and when it is busy.
 *
 * A loop is busy between two polls. asyncio's own loops poll by epoll.poll(), which is hooked. The poll of other loops (uvloop,
 * or another selector) is not seen: they count as busy only during a step of a task, so that blocked loops are found in tasks,
 * and not in plain callbacks.
 */
#include "agent/python/adapter.h"
#include "agent/python/jobs.h"

#include <awry/interpreter.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MOST_LOOPS 64u

struct running {
	struct aw_agent_loop agent;
	PyObject *loop;		   /* the running loop; NULL: free */
	uint32_t epoch;		   /* the recording in which it was told */
	struct aw__py_task *waits; /* waiting tasks whose await chain is not recorded yet */
	/* failed tasks whose error was handed on since the last poll */
	struct aw__py_task *handed;
	unsigned polls; /* count of those that did not sleep */
};

static struct running running[MOST_LOOPS]; /* guarded by the GIL */

/* the loop that runs on this thread */
static _Thread_local struct running *here __attribute__((tls_model("initial-exec")));
/* its poll is seen */
static _Thread_local bool polls __attribute__((tls_model("initial-exec")));

static _Thread_local struct {
	PyObject *loop; /* the last one that ran on this thread; only compared */
	uint64_t ended_ns, pause_ns;
	uint32_t number;
} run __attribute__((tls_model("initial-exec")));

PyCFunction aw__py_old_set_running_loop;
aw__py_fast *aw__py_old_poll;

struct aw_agent_loop *aw__py_loop_now(void)
{
	return here != NULL ? &here->agent : NULL;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

uint32_t aw__py_loop_run(void)
{
	return run.number;
}

uint64_t aw__py_loop_pause(uint32_t number)
{
	return number + 1 == run.number ? run.pause_ns : 0;
}

static void begin(PyObject *loop)
{
	run.number++;
	run.pause_ns = run.loop == loop ? now_ns() - run.ended_ns : 0;
	run.loop = loop;
	aw__py_swap_loop(Py_TYPE(loop));
	for (unsigned i = 0; i < MOST_LOOPS; i++) {
		if (running[i].loop != NULL)
			continue;
		memset(&running[i], 0, sizeof(running[i]));
		running[i].loop = loop;
		here = &running[i];
		polls = false;
		aw_agent_loop_opened(&here->agent, Py_TYPE(loop)->tp_name);
		aw_agent_loop_interpreted(&here->agent, PyThreadState_Get());
		here->epoch = aw_agent_epoch();
		aw__py_origin_begin();
		if (aw__py_uses_table)
			aw__py_tell_older(loop, &here->agent);
		return;
	}
}

/* In the child of a fork() its parent's loops do not run: nothing is recorded of them there. */
static void forget_parents(void)
{
	static pid_t owner;
	const pid_t own = getpid();

	if (owner == own)
		return;
	for (unsigned i = 0; owner != 0 && i < MOST_LOOPS; i++) {
		aw__py_waits_tell(&running[i].waits, false);
		aw__py_waits_tell(&running[i].handed, false);
		running[i].loop = NULL;
	}
	if (owner != 0)
		aw__py_jobs_forget();
	if (here != NULL)
		aw__py_origin_end();
	here = NULL;
	owner = own;
}

static void end(void)
{
	aw__py_origin_end();
	aw__py_waits_tell(&here->waits, true);
	aw__py_hand_on_settle(&here->handed);
	aw_agent_loop_ending(&here->agent);
	aw_agent_loop_closed(&here->agent);
	here->loop = NULL;
	here = NULL;
	run.ended_ns = now_ns();
}

PyObject *aw__py_set_running_loop(PyObject *module, PyObject *loop)
{
	PyObject *result = aw__py_old_set_running_loop(module, loop);

	if (result == NULL || !aw__py_on())
		return result;
	forget_parents();
	if (here != NULL && here->loop != loop)
		end();
	if (here == NULL && loop != Py_None)
		begin(loop);
	return result;
}

/* Record the loop that runs on this thread, if it began before the hooks were in place. */
static void adopt(void)
{
	PyObject *type, *value, *traceback, *loop;

	if (!aw__py_is_main())
		return;
	PyErr_Fetch(&type, &value, &traceback);
	loop = aw__py_unseen_loop();
	if (loop != NULL && aw__py_on()) {
		forget_parents();
		begin(loop);
	}
	Py_XDECREF(loop); /* it runs, and so lives on */
	PyErr_Restore(type, value, traceback);
}

void aw__py_loop_meet(void)
{
	if (__builtin_expect(aw__py_uses_table, 0) && here == NULL && aw__py_current == NULL)
		adopt();
}

/* Record the loop once more if another recording has begun. None of its tasks runs. */
static void tell_anew(void)
{
	const uint32_t epoch = aw_agent_epoch();

	if (here->epoch == epoch || !aw_agent_on())
		return;
	here->epoch = epoch;
	aw__py_tell_anew(here->loop, &here->agent);
}

struct aw__py_task **aw__py_loop_waits(void)
{
	return here != NULL && polls ? &here->waits : NULL;
}

struct aw__py_task **aw__py_loop_handed(void)
{
	return here != NULL && polls ? &here->handed : NULL;
}

/* Whether the poll is to return at once: its first argument, the timeout, is 0. */
static bool is_zero(PyObject *const *args, Py_ssize_t count)
{
	if (PyVectorcall_NARGS((size_t)count) < 1)
		return false;
	return (PyFloat_CheckExact(args[0]) || PyLong_CheckExact(args[0])) &&
	       PyObject_IsTrue(args[0]) == 0;
}

/*
 * While some tasks are always ready, no poll sleeps: then only one poll in 64 records where tasks wait. So a task that resumes in the next
 * iteration costs nothing, as a rule.
 */
static void tell_waits(PyObject *const *args, Py_ssize_t count)
{
	if ((here->waits == NULL && !aw__py_jobs_run()) ||
	    (is_zero(args, count) && ++here->polls % 64 != 0))
		return;
	aw__py_waits_tell(&here->waits, true);
	aw__py_jobs_look();
}

/* Whether a poll has no timeout, and watches only the loop's own pipe, by which other threads and signals wake it: there is no timer, and no file. */
static bool waits_for_nothing(PyObject *const *args, Py_ssize_t count)
{
	return PyVectorcall_NARGS((size_t)count) == 2 && PyLong_CheckExact(args[0]) &&
	       PyLong_CheckExact(args[1]) && PyLong_AsLong(args[0]) == -1 &&
	       PyLong_AsLong(args[1]) == 1;
}

/* Whether a handler is the one that asyncio.run() sets for SIGINT: a partial of its own method. */
static bool is_of_runner(PyObject *handler)
{
	PyObject *method, *name;
	bool is;

	if (strcmp(Py_TYPE(handler)->tp_name, "functools.partial") != 0)
		return false;
	method = PyObject_GetAttrString(handler, "func");
	name = method != NULL && PyMethod_Check(method)
		       ? PyObject_GetAttrString(PyMethod_GET_FUNCTION(method), "__qualname__")
		       : NULL;
	is = name != NULL && PyUnicode_Check(name) &&
	     PyUnicode_CompareWithASCIIString(name, "Runner._on_sigint") == 0;
	PyErr_Clear();
	Py_XDECREF(name);
	Py_XDECREF(method);
	return is;
}

/* Whether the program has a signal handler, which may wake any task. */
static bool has_signal_handlers(void)
{
	PyObject *module = PyDict_GetItemString(PyImport_GetModuleDict(), "_signal");
	bool has = false;

	for (int number = 1; module != NULL && number < NSIG && !has; number++) {
		PyObject *handler = PyObject_CallMethod(module, "getsignal", "i", number);

		has = handler != NULL && PyCallable_Check(handler) && !PyCFunction_Check(handler) &&
		      !is_of_runner(handler);
		Py_XDECREF(handler);
	}
	PyErr_Clear();
	return has;
}

PyObject *aw__py_poll(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
	PyObject *result;

	aw__py_loop_meet();
	/* Within a task it is the program's own poll, which blocks the loop. */
	if (here == NULL || aw__py_current != NULL || !aw_agent_on())
		return aw__py_old_poll(self, args, count, names);
	polls = true;
	tell_anew();
	aw__py_origin_look();
	aw__py_hand_on_settle(&here->handed);
	tell_waits(args, count);
	if (waits_for_nothing(args, count) && !has_signal_handlers())
		aw_agent_loop_stuck_if_alone(&here->agent);
	aw_agent_loop_idle(&here->agent);
	result = aw__py_old_poll(self, args, count, names);
	if (here != NULL)
		aw_agent_loop_busy(&here->agent);
	return result;
}

void aw__py_loop_enter(void)
{
	aw__py_loop_meet();
	if (here == NULL || polls)
		return;
	tell_anew();
	aw_agent_loop_busy(&here->agent);
}

void aw__py_loop_leave(void)
{
	if (here == NULL || polls)
		return;
	aw__py_origin_look();
	aw_agent_loop_idle(&here->agent);
}
