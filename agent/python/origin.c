/* SPDX-License-Identifier: MIT */
/*
 * Where a coroutine that nobody awaited was made.
 *
 * When it is collected only the place where that happens is known. CPython can remember where each coroutine is made
 * (sys.set_coroutine_origin_tracking_depth()), at a cost for every call of an async function. So that is asked for until a thread
 * that runs loops has used a tenth of a second of processor time, which bounds the cost of it: that covers a small program as a whole,
 * and the start of a large one. It is asked for again, for a while, when a coroutine was forgotten; and always by AWRY_PYTHON_ORIGIN.
 * A depth that the program has set is left alone, and CPython's own warning is what it is without awry.
 */
#include "agent/python/frame.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RAISED_DEPTH 8
#define RAISED_S     60
#define MOST_DEPTH   64
#define EARLY_NS     INT64_C(100000000) /* of processor time */
#define LOOKS	     16u		/* one in so many is taken: reading that time is a system call */

static int forced; /* AWRY_PYTHON_ORIGIN; 0: not */

static _Thread_local int ours; /* the depth that was set here; 0: none */
static _Thread_local time_t until;
static _Thread_local int64_t early_until; /* 0: no loop has run on this thread; -1: the time is over */
static _Thread_local unsigned looks;

static int depth_now(void)
{
	PyObject *function = PySys_GetObject("get_coroutine_origin_tracking_depth");
	PyObject *depth = function != NULL ? PyObject_CallNoArgs(function) : NULL;
	const long number = depth != NULL ? PyLong_AsLong(depth) : -1;

	PyErr_Clear();
	Py_XDECREF(depth);
	return (int)number;
}

static void set_depth(int depth)
{
	PyObject *function = PySys_GetObject("set_coroutine_origin_tracking_depth");

	Py_XDECREF(function != NULL ? PyObject_CallFunction(function, "i", depth) : NULL);
	PyErr_Clear();
}

static time_t now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return now.tv_sec;
}

/* What this thread has used of the processor. */
static int64_t used_ns(void)
{
	struct timespec used;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return (int64_t)used.tv_sec * INT64_C(1000000000) + used.tv_nsec;
}

void aw__py_origin_init(void)
{
	const char *asked = getenv("AWRY_PYTHON_ORIGIN");
	char *end;
	const long depth = asked != NULL ? strtol(asked, &end, 10) : 0;

	if (asked != NULL && *end == '\0' && depth > 0 && depth <= MOST_DEPTH)
		forced = (int)depth;
}

static void raise_to(int depth)
{
	if (ours != 0 || depth_now() != 0)
		return;
	set_depth(depth);
	ours = depth;
}

void aw__py_origin_begin(void)
{
	if (early_until == 0)
		early_until = used_ns() + EARLY_NS;
	if (forced != 0)
		raise_to(forced);
	else if (early_until > 0 || now_s() < until)
		raise_to(RAISED_DEPTH);
}

void aw__py_origin_missed(void)
{
	if (forced == 0)
		raise_to(RAISED_DEPTH);
	until = now_s() + RAISED_S;
}

/*
 * asyncio, asked for its debug mode while its loop ran, remembers the depth that it found, and sets that when the loop ends: it is to find
 * what the program had.
 */
static void mend_saved(PyObject *loop)
{
	static const char name[] = "_coroutine_origin_tracking_saved_depth";
	PyObject *saved = PyObject_GetAttrString(loop, name);
	PyObject *none = saved != NULL && PyLong_CheckExact(saved) && PyLong_AsLong(saved) == ours
				 ? PyLong_FromLong(0)
				 : NULL;

	if (none != NULL)
		PyObject_SetAttrString(loop, name, none);
	PyErr_Clear();
	Py_XDECREF(none);
	Py_XDECREF(saved);
}

void aw__py_origin_end(PyObject *loop)
{
	if (ours != 0 && depth_now() == ours)
		set_depth(0);
	else if (ours != 0)
		mend_saved(loop);
	ours = 0;
}

void aw__py_origin_look(PyObject *loop)
{
	if (__builtin_expect(ours == 0, 1) || forced != 0 || ++looks % LOOKS != 0)
		return;
	if (early_until > 0 && used_ns() >= early_until)
		early_until = -1;
	if (early_until < 0 && now_s() >= until && depth_now() == ours)
		aw__py_origin_end(loop);
}

void aw__py_origin_hide(PyObject *coroutine)
{
	/* without a depth of the program's own only ours can have asked for it */
	if (forced == 0 && (ours != 0 || depth_now() == 0))
		Py_CLEAR(((PyCoroObject *)coroutine)->cr_origin_or_finalizer);
}

aw_intern aw__py_origin_of(PyObject *coroutine, aw_intern link)
{
	PyObject *origin = PyObject_GetAttrString(coroutine, "cr_origin");
	aw_intern places[MOST_DEPTH];
	unsigned count = 0;

	PyErr_Clear();
	for (Py_ssize_t i = 0; origin != NULL && PyTuple_Check(origin) &&
			       i < PyTuple_GET_SIZE(origin) && count < MOST_DEPTH;
	     i++) {
		const char *file, *function;
		int line;

		if (!PyArg_ParseTuple(PyTuple_GET_ITEM(origin, i), "sis", &file, &line, &function)) {
			PyErr_Clear();
			continue;
		}
		if (strstr(file, "/asyncio/events.py") != NULL)
			break; /* what is below it is the loop's */
		places[count++] = aw__py_place_named(function, file, line);
	}
	Py_XDECREF(origin);
	return count > 0 ? aw_agent_stack_of(places, count, link) : AW_NONE;
}
