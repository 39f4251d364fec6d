/* SPDX-License-Identifier: MIT */
/*
 * Where a coroutine that nobody awaited was made.
 *
 * When it is collected only the place where that happens is known. CPython can remember where each coroutine is made
 * (sys.set_coroutine_origin_tracking_depth()), at a cost for every call of an async function: so that is asked for when one was
 * forgotten on a thread, for a while, or by AWRY_PYTHON_ORIGIN from the beginning. A depth that the program has set is left alone.
 */
#include "agent/python/adapter.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RAISED_DEPTH 8
#define RAISED_S     60
#define MOST_DEPTH   64

static int forced; /* AWRY_PYTHON_ORIGIN; 0: not */

static _Thread_local int ours; /* the depth that was set here; 0: none */
static _Thread_local time_t until;

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
	if (forced != 0)
		raise_to(forced);
}

void aw__py_origin_missed(void)
{
	if (forced == 0)
		raise_to(RAISED_DEPTH);
	until = now_s() + RAISED_S;
}

void aw__py_origin_end(void)
{
	if (ours != 0 && depth_now() == ours)
		set_depth(0);
	ours = 0;
}

void aw__py_origin_look(void)
{
	if (__builtin_expect(ours == 0, 1) || forced != 0 || now_s() < until)
		return;
	aw__py_origin_end();
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
