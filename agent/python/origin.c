/* SPDX-License-Identifier: MIT */
/*
 * Where a coroutine that nobody awaited was made.
 *
 * When it is collected only the place where that happens is known. CPython can remember where each coroutine is made
 * (sys.set_coroutine_origin_tracking_depth()), at a cost for every call of an async function. So that is asked for until a thread
 * that runs loops has used a tenth of a second of processor time, which bounds the cost of it: that covers a small program as a whole,
 * and the start of a large one. When a coroutine was forgotten it is asked for again, for a second of that time, and at most once a
 * minute; and always by AWRY_PYTHON_ORIGIN. The time is looked at where coroutines end and loops poll.
 * A depth that the program has set is left alone. What awry asked for is hidden from the program: the depth that sys tells it, the cr_origin of
 * coroutines, and so CPython's own warning, are what they are without awry, until the program itself asks for origins.
 */
#include "agent/python/frame.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#if PY_VERSION_HEX < 0x030c0000
#include <structmember.h>
#define AW__PY_MEMBER_NONE T_NONE
#else
#define AW__PY_MEMBER_NONE _Py_T_NONE
#endif

#define RAISED_DEPTH 8
#define MOST_DEPTH   64
#define EARLY_NS     INT64_C(100000000)  /* of processor time */
#define RAISED_NS    INT64_C(1000000000) /* and after a coroutine that was forgotten */
#define BETWEEN_S    60			 /* from one of these to the next, by the clock */
#define LOOKS	     32u		 /* one in so many is taken: reading that time is a system call */

static int forced; /* AWRY_PYTHON_ORIGIN; 0: not */

static _Thread_local int ours; /* the depth that was set here; 0: none */
static _Thread_local int64_t until_ns; /* of the thread's processor time; 0: no loop has run on it; -1: that is over */
static _Thread_local time_t next_s;	/* not again before */
static _Thread_local unsigned looks;

PyCFunction aw__py_old_get_depth;
aw__py_fast *aw__py_old_set_depth;

/* Of this thread. By sys's own function an audit hook of the program's would hear of it. */
static int *depth_place(void)
{
	return &PyThreadState_Get()->coroutine_origin_tracking_depth;
}

static int depth_now(void)
{
	return *depth_place();
}

static void set_depth(int depth)
{
	*depth_place() = depth;
}

/* ---- what the program sees of it ---- */

static bool program_asks; /* the program itself has asked for origins, on some thread */

/* The descriptor of cr_origin reads it by what stands in `member`. */
static PyMemberDef **origin_member(void)
{
	PyObject *descriptor = PyObject_GetAttrString((PyObject *)&PyCoro_Type, "cr_origin");
	PyMemberDef **member = descriptor != NULL && Py_IS_TYPE(descriptor, &PyMemberDescr_Type)
				       ? &((PyMemberDescrObject *)descriptor)->d_member
				       : NULL;

	PyErr_Clear();
	Py_XDECREF(descriptor); /* the type has it */
	return member;
}

static void hide_origins(bool hidden)
{
	static PyMemberDef *before, none = { .name = "cr_origin", .type = AW__PY_MEMBER_NONE };
	PyMemberDef **member = origin_member();

	if (member == NULL)
		return;
	if (before == NULL) {
		before = *member;
		none.flags = before->flags;
		none.doc = before->doc;
	}
	*member = hidden ? &none : before;
}

PyObject *aw__py_get_depth(PyObject *module, PyObject *nothing)
{
	return forced == 0 && ours != 0 && depth_now() == ours && aw__py_is_main()
		       ? PyLong_FromLong(0)
		       : aw__py_old_get_depth(module, nothing);
}

PyObject *aw__py_set_depth(PyObject *module, PyObject *const *args, Py_ssize_t count,
			   PyObject *names)
{
	PyObject *result = aw__py_old_set_depth(module, args, count, names);

	if (result == NULL || !aw__py_is_main())
		return result;
	ours = 0;
	if (depth_now() > 0 && !program_asks) {
		program_asks = true;
		hide_origins(false);
	}
	return result;
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
	if (ours != 0 || depth_now() != 0 ||
	    (forced == 0 && (program_asks || aw__py_old_get_depth == NULL || aw__py_old_set_depth == NULL)))
		return;
	if (forced == 0)
		hide_origins(true);
	set_depth(depth);
	ours = depth;
}

void aw__py_origin_begin(void)
{
	if (until_ns == 0)
		until_ns = used_ns() + EARLY_NS;
	if (forced != 0)
		raise_to(forced);
	else if (until_ns > 0)
		raise_to(RAISED_DEPTH);
}

void aw__py_origin_missed(void)
{
	const time_t now = now_s();

	if (forced != 0 || now < next_s)
		return;
	next_s = now + BETWEEN_S;
	until_ns = used_ns() + RAISED_NS;
	if (aw__py_loop_now() != NULL) /* else nothing would end it */
		raise_to(RAISED_DEPTH);
}

void aw__py_origin_end(void)
{
	if (ours != 0 && depth_now() == ours)
		set_depth(0);
	ours = 0;
}

void aw__py_origin_look(void)
{
	/* coroutines of other interpreters end on this thread, too: the depth is that of the main one's thread state */
	if (__builtin_expect(ours == 0, 1) || forced != 0 || ++looks % LOOKS != 0 ||
	    !aw__py_is_main() || used_ns() < until_ns)
		return;
	until_ns = -1;
	aw__py_origin_end();
}

aw_intern aw__py_origin_of(PyObject *coroutine, aw_intern link)
{
	PyObject *origin = PyCoro_CheckExact(coroutine)
				   ? ((PyCoroObject *)coroutine)->cr_origin_or_finalizer
				   : NULL;
	aw_intern places[MOST_DEPTH];
	unsigned count = 0;

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
	return count > 0 ? aw_agent_stack_of(places, count, link) : AW_NONE;
}
