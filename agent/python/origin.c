/* SPDX-License-Identifier: MIT */
/*
 * Where a coroutine that nobody awaited was made.
 *
 * When it is collected only the place where that happens is known. CPython can remember where each coroutine is made
 * (sys.set_coroutine_origin_tracking_depth()), at a cost for every call of an async function. So a thread that runs loops has an allowance of
 * coroutines for which that is asked: some at first, and so many a second. Of a program that makes fewer all are known; of one that makes more, those
 * of the start and a sample. When a coroutine was forgotten whose origin is not known the allowance is raised, at most once a minute;
 * AWRY_PYTHON_ORIGIN asks always. Coroutines are counted where they end, and where tasks are made of them.
 * A depth that the program has set is left alone. What awry asked for is hidden from the program: the depth that sys tells it, the cr_origin of
 * coroutines, and so CPython's own warning, are what they are without awry, until the program itself asks for origins.
 */
#include "agent/python/py_frame.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#if PY_VERSION_HEX < 0x030c0000
#include <structmember.h>
#define AW__PY_MEMBER_NONE T_NONE
#else
#define AW__PY_MEMBER_NONE _Py_T_NONE
#endif

#define RAISED_DEPTH 4
#define MOST_DEPTH   64
#define AT_FIRST     8000 /* coroutines; 1 to 5 us each */
#define A_SECOND     1000
#define AT_LEAST     500   /* it is not asked again for fewer */
#define MISSED	     50000 /* after a coroutine that was forgotten */
#define BETWEEN_S    60	   /* from one of these to the next, by the clock */
#define LOOKS	     64u   /* while it is not asked, one in so many reads the clock */

static int forced; /* AWRY_PYTHON_ORIGIN; 0: not */

static _Thread_local int ours; /* the depth that was set here; 0: none */
static _Thread_local struct {
	int64_t left;	    /* coroutines */
	int64_t counted_ms; /* up to then; 0: no loop has run on this thread */
} allowance;
static _Thread_local int64_t next_s; /* not raised again before */
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

/* The descriptor of cr_origin reads it by what stands there. NULL: it is not as expected. */
static PyMemberDef **origin_member;
static PyMemberDef *member_before;
static PyMemberDef member_none = { .name = "cr_origin", .type = AW__PY_MEMBER_NONE };

/* Beforehand: where origins are asked for an error of the program's may be set. */
static void find_origin_member(void)
{
	PyObject *descriptor = PyObject_GetAttrString((PyObject *)&PyCoro_Type, "cr_origin");

	if (descriptor != NULL && Py_IS_TYPE(descriptor, &PyMemberDescr_Type)) {
		origin_member = &((PyMemberDescrObject *)descriptor)->d_member;
		member_before = *origin_member;
		member_none.flags = member_before->flags;
		member_none.doc = member_before->doc;
	}
	PyErr_Clear();
	Py_XDECREF(descriptor); /* the type has it */
}

static void hide_origins(bool hidden)
{
	if (origin_member != NULL)
		*origin_member = hidden ? &member_none : member_before;
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

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void aw__py_origin_init(void)
{
	const char *asked = getenv("AWRY_PYTHON_ORIGIN");
	char *end;
	const long depth = asked != NULL ? strtol(asked, &end, 10) : 0;

	find_origin_member();
	if (asked != NULL && *end == '\0' && depth > 0 && depth <= MOST_DEPTH)
		forced = (int)depth;
}

static void raise_to(int depth)
{
	if (ours != 0 || depth_now() != 0 ||
	    (forced == 0 &&
	     (program_asks || aw__py_old_get_depth == NULL || aw__py_old_set_depth == NULL)))
		return;
	if (forced == 0)
		hide_origins(true);
	set_depth(depth);
	ours = depth;
}

/* What has come since it was counted last; what is not used goes. */
static void count_allowance(void)
{
	const int64_t now = now_ms(), came = (now - allowance.counted_ms) * A_SECOND / 1000;

	if (allowance.counted_ms == 0)
		allowance.left = AT_FIRST;
	else if (allowance.left < AT_FIRST)
		allowance.left =
			came < AT_FIRST - allowance.left ? allowance.left + came : AT_FIRST;
	allowance.counted_ms = now;
}

void aw__py_origin_begin(void)
{
	if (forced != 0) {
		raise_to(forced);
		return;
	}
	count_allowance();
	if (allowance.left >= AT_LEAST)
		raise_to(RAISED_DEPTH);
}

void aw__py_origin_missed(void)
{
	const int64_t now = now_ms() / 1000;

	if (forced != 0 || now < next_s)
		return;
	next_s = now + BETWEEN_S;
	allowance.left = MISSED;
	if (aw__py_loop_now() != NULL) /* else nothing would end it */
		raise_to(RAISED_DEPTH);
}

void aw__py_origin_end(void)
{
	if (ours != 0 && depth_now() == ours)
		set_depth(0);
	ours = 0;
}

/* The allowance is used up, as far as it was counted. Coroutines of other interpreters end on this thread, too: the depth is the main one's. */
static void look_while_asked(void)
{
	if (!aw__py_is_main())
		return;
	count_allowance();
	if (allowance.left <= 0)
		aw__py_origin_end();
}

static void look_while_not(void)
{
	if (aw__py_loop_now() == NULL || !aw__py_is_main())
		return;
	count_allowance();
	if (allowance.left >= AT_LEAST)
		raise_to(RAISED_DEPTH);
}

void aw__py_origin_look(void)
{
	if (__builtin_expect(forced != 0, 0))
		return;
	if (ours != 0 && --allowance.left <= 0)
		look_while_asked();
	else if (ours == 0 && ++looks % LOOKS == 0)
		look_while_not();
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

		if (!PyArg_ParseTuple(PyTuple_GET_ITEM(origin, i), "sis", &file, &line,
				      &function)) {
			PyErr_Clear();
			continue;
		}
		if (strstr(file, "/asyncio/events.py") != NULL)
			break; /* what is below it is the loop's */
		places[count++] = aw__py_place_named(function, file, line);
	}
	return count > 0 ? aw_agent_stack_of(places, count, link) : AW_NONE;
}
