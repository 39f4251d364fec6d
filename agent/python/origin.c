/* SPDX-License-Identifier: MIT */
/*
 * Finds where a coroutine that nobody awaited was created.
 *
 * When it is collected, only the place of the collection is known. CPython can track where each coroutine is created
 * (sys.set_coroutine_origin_tracking_depth()), at a cost for every call of an async function. So a thread that runs loops has an allowance of
 * tracked coroutines: AT_FIRST at the start, and A_SECOND more each second. If the program creates fewer, all are tracked; if it creates more, those
 * of the start and a sample are. When a coroutine was never awaited and its origin is not known, the allowance is raised, at most once a minute.
 * With AWRY_PYTHON_ORIGIN tracking is always on. Coroutines are counted where they end, and where tasks are made of them.
 *
 * A depth that the program has set is left alone. Tracking by awry is hidden from the program: the depth that sys returns, the cr_origin of
 * coroutines, and so CPython's own warning, are the same as without awry, until the program itself asks for origins.
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
#define AT_LEAST     500   /* for fewer it is not turned on again */
#define MISSED	     50000 /* the allowance after a coroutine that was never awaited */
#define BETWEEN_S    60	   /* … which is given once in this time */
#define LOOKS	     64u   /* while tracking is off, one call in so many reads the clock */

static int forced; /* the depth by AWRY_PYTHON_ORIGIN; 0: not set */

static _Thread_local int ours; /* the depth that awry has set; 0: none */
static _Thread_local struct {
	int64_t left;	    /* coroutines */
	int64_t counted_ms; /* when it was counted last; 0: no loop has run on this thread */
} allowance;
static _Thread_local int64_t next_s; /* the allowance is not raised again before */
static _Thread_local unsigned looks;

PyCFunction aw__py_old_get_depth;
aw__py_fast *aw__py_old_set_depth;

/* The depth of this thread. It is accessed directly, since sys's own function would call the program's audit hooks. */
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

/* Where the descriptor of cr_origin has its definition. NULL: the descriptor is not as expected. */
static PyMemberDef **origin_member;
static PyMemberDef *member_before;
static PyMemberDef member_none = { .name = "cr_origin", .type = AW__PY_MEMBER_NONE };

/* Called early: where tracking is turned on later, a Python error of the program may be set. */
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
	Py_XDECREF(descriptor); /* the type keeps it alive */
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

/* Add the allowance since the last count, up to AT_FIRST. */
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
	if (aw__py_loop_now() != NULL) /* else nothing would turn it off */
		raise_to(RAISED_DEPTH);
}

void aw__py_origin_end(void)
{
	if (ours != 0 && depth_now() == ours)
		set_depth(0);
	ours = 0;
}

/* The allowance of the last count is used up. Coroutines of subinterpreters end on this thread, too, but the depth is the main interpreter's. */
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
			break; /* the rest is the loop's */
		places[count++] = aw__py_place_named(function, file, line);
	}
	return count > 0 ? aw_agent_stack_of(places, count, link) : AW_NONE;
}
