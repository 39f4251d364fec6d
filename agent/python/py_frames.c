/* SPDX-License-Identifier: MIT */
/*
 * Code objects of Python frames: their role for the adapter, and the places in them.
 *
 * The interpreter's frames are read directly: the public API would make a frame object of each. The recorder's number for a place is looked up
 * once, and kept with the code object (co_extra), so that it is freed with it: a program that makes and drops code without end leaks nothing.
 */
#include "agent/python/py_frame.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if PY_VERSION_HEX >= 0x030c0000
#define request_extra PyUnstable_Eval_RequestCodeExtraIndex
#define set_extra     PyUnstable_Code_SetExtra
#else
#define request_extra _PyEval_RequestCodeExtraIndex
#define set_extra     _PyCode_SetExtra
#endif

#define DEFINITION (-1) /* an offset: the function's first line */
#define NO_PLACE   INT32_MIN

/* As CPython has it in Objects/codeobject.c. */
struct extras {
	Py_ssize_t count;
	void *list[1];
};

struct spot {
	int offset; /* NO_PLACE: free */
	aw_intern place;
};

/* The places of one code object: a hash table by offset, which grows by doubling. */
struct spots {
	enum aw__py_code kind;
	bool releases; /* it names an attribute "release" */
	uint32_t mask, used;
	struct spot list[];
};

static Py_ssize_t extra_index = -1;
static char start_folder[4096]; /* what relative file names are relative to */

static bool names_release(PyCodeObject *code)
{
	for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(code->co_names); i++)
		if (PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(code->co_names, i),
						     "release") == 0)
			return true;
	return false;
}

static struct spots *make_spots(enum aw__py_code kind, bool releases, uint32_t places)
{
	struct spots *spots = malloc(sizeof(*spots) + places * sizeof(struct spot));

	if (spots == NULL)
		return NULL;
	spots->kind = kind;
	spots->releases = releases;
	spots->mask = places - 1;
	spots->used = 0;
	for (uint32_t i = 0; i < places; i++)
		spots->list[i].offset = NO_PLACE;
	return spots;
}

unsigned aw__py_code_gone;

/* A code object is freed, or has a larger table now. */
static void forget(void *spots)
{
	aw__py_code_gone++;
	free(spots);
}

bool aw__py_frames_init(void)
{
	static bool done; /* it may be called again after a failure, and there are few indices */

	if (!done)
		extra_index = request_extra(forget);
	done = true;
	if (getcwd(start_folder, sizeof(start_folder)) == NULL)
		start_folder[0] = '\0';
	return extra_index >= 0;
}

const char *aw__py_start_folder(void)
{
	return start_folder;
}

/* ---- the role of a code object ---- */

/* Code objects with a role of their own, by file and name. */
static const struct known {
	const char *file, *function;
	enum aw__py_code kind;
} known[] = {
	{ "/asyncio/events.py", "Handle._run", AW__PY_LOOP },
	{ "/asyncio/tasks.py", "gather.<locals>._done_callback", AW__PY_GATHER },
	{ "/asyncio/futures.py", "_set_concurrent_future_state", AW__PY_HAND_ON },
	{ "/asyncio/tasks.py", "_wait.<locals>._on_completion", AW__PY_WAIT },
	{ "/asyncio/locks.py", "Lock.acquire", AW__PY_LOCK_WAIT },
	{ "/asyncio/locks.py", "Semaphore.acquire", AW__PY_LOCK_WAIT },
	{ "/asyncio/locks.py", "_ContextManagerMixin.__aenter__", AW__PY_LOCK_ENTER },
	{ "/asyncio/locks.py", "_ContextManagerMixin.__aexit__", AW__PY_LOCK_EXIT },
	{ "/asyncio/locks.py", "Event.wait", AW__PY_EVENT_WAIT },
	{ "/asyncio/locks.py", "Condition.wait", AW__PY_CONDITION_WAIT },
	{ "/asyncio/queues.py", "Queue.get", AW__PY_QUEUE_WAIT },
	{ "/asyncio/queues.py", "Queue.put", AW__PY_QUEUE_WAIT },
	{ "/asyncio/timeouts.py", NULL, AW__PY_TIMEOUT },
	{ "/asyncio/tasks.py", "wait_for", AW__PY_TIMEOUT },
	{ "/asyncio/tasks.py", "_wait", AW__PY_WAIT_ALL },
	{ "/asyncio/tasks.py", "sleep", AW__PY_SLEEP },
	{ "/asyncio/threads.py", "to_thread", AW__PY_THREAD_WAIT },
	{ "/asyncio/streams.py", "StreamReader._wait_for_data", AW__PY_READ_WAIT },
	{ "/asyncio/streams.py", "StreamWriter.__del__", AW__PY_STREAM_DEL },
	{ "/asyncio/tasks.py", "shield.<locals>._outer_done_callback", AW__PY_SHIELD },
	{ "/asyncio/futures.py", "_chain_future.<locals>._call_check_cancel", AW__PY_CHAIN },
	{ "/asyncio/taskgroups.py", NULL, AW__PY_GROUP },
	{ "/asyncio/runners.py", "_cancel_all_tasks", AW__PY_SHUTDOWN },
	{ "/asyncio/runners.py", "Runner._on_sigint", AW__PY_SIGNAL },
	{ "/concurrent/futures/_base.py", "Executor.map", AW__PY_MACHINERY },
	{ "/concurrent/futures/_base.py", "Executor.map.<locals>.<listcomp>", AW__PY_MACHINERY },
	{ "/concurrent/futures/thread.py", "ThreadPoolExecutor.submit", AW__PY_SUBMIT },
	{ "/concurrent/futures/thread.py", "ThreadPoolExecutor._adjust_thread_count",
	  AW__PY_MACHINERY },
	{ "/threading.py", "Thread.start", AW__PY_MACHINERY },
	{ "/concurrent/futures/thread.py", "_worker", AW__PY_WORKER },
	{ "/concurrent/futures/thread.py", "_WorkItem.run", AW__PY_LOOP },
	{ "/concurrent/futures/thread.py", "WorkerContext.run", AW__PY_LOOP },
	{ "/anyio/_backends/_asyncio.py", NULL, AW__PY_SCOPES },
	{ "/async_timeout/__init__.py", NULL, AW__PY_SCOPES },
	{ "/aiohttp/helpers.py", NULL, AW__PY_SCOPES },
};

static bool ends_with(const char *text, size_t length, const char *end)
{
	const size_t end_length = strlen(end);

	return length >= end_length && memcmp(text + length - end_length, end, end_length) == 0;
}

static bool is_of_asyncio(const char *file, size_t length)
{
	size_t slash = length;

	while (slash > 0 && file[slash - 1] != '/')
		slash--;
	return slash > 0 && ends_with(file, slash, "/asyncio/");
}

static enum aw__py_code kind_of(PyCodeObject *code)
{
	struct aw__py_text file = aw__py_text(code->co_filename);
	struct aw__py_text name = aw__py_text(code->co_qualname);
	enum aw__py_code kind =
		is_of_asyncio(file.bytes, file.length) ? AW__PY_MACHINERY : AW__PY_PROGRAM;

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (ends_with(file.bytes, file.length, known[i].file) &&
		    (known[i].function == NULL || strcmp(name.bytes, known[i].function) == 0))
			kind = known[i].kind;
	aw__py_text_finish(&file);
	aw__py_text_finish(&name);
	return kind;
}

/* ---- places ---- */

static struct spots *spots_of(PyCodeObject *code)
{
	const struct extras *extras = code->co_extra;

	return extras != NULL && extras->count > extra_index ? extras->list[extra_index] : NULL;
}

/* The entry for `offset` in the table, which is replaced by a larger one if needed. NULL: no memory. */
static struct spot *spot_for(PyCodeObject *code, int offset)
{
	struct spots *spots = spots_of(code), *larger;
	uint32_t i;

	if (spots == NULL || spots->used > spots->mask / 4 * 3) {
		larger = make_spots(spots != NULL ? spots->kind : kind_of(code),
				    spots != NULL ? spots->releases : names_release(code),
				    spots != NULL ? 2 * (spots->mask + 1) : 4);
		if (larger == NULL)
			return NULL;
		for (i = 0; spots != NULL && i <= spots->mask; i++) {
			uint32_t at = (uint32_t)spots->list[i].offset * 2654435761u >> 8;

			if (spots->list[i].offset == NO_PLACE)
				continue;
			while (larger->list[at & larger->mask].offset != NO_PLACE)
				at++;
			larger->list[at & larger->mask] = spots->list[i];
			larger->used++;
		}
		/* which frees the smaller one */
		if (set_extra((PyObject *)code, extra_index, larger) != 0) {
			PyErr_Clear();
			free(larger);
			return NULL;
		}
		spots = larger;
	}
	i = (uint32_t)offset * 2654435761u >> 8;
	while (spots->list[i & spots->mask].offset != NO_PLACE &&
	       spots->list[i & spots->mask].offset != offset)
		i++;
	return &spots->list[i & spots->mask];
}

aw_intern aw__py_place_named(const char *function, const char *file, int line)
{
	char path[sizeof(start_folder) + 4096];

	/* __main__'s file is as it was named on the command line, up to 3.13 */
	if (file[0] != '/' && file[0] != '<' && start_folder[0] != '\0' && strlen(file) < 4095) {
		snprintf(path, sizeof(path), "%s/%s", start_folder, file);
		file = path;
	}
	return aw_agent_place(function, file, line > 0 ? (uint32_t)line : 0, NULL);
}

static aw_intern name_place(PyCodeObject *code, int offset)
{
	const int line =
		offset == DEFINITION ? code->co_firstlineno : PyCode_Addr2Line(code, offset);
	struct aw__py_text function = aw__py_text(code->co_qualname);
	struct aw__py_text file = aw__py_text(code->co_filename);
	const aw_intern place = aw__py_place_named(function.bytes, file.bytes, line);

	aw__py_text_finish(&function);
	aw__py_text_finish(&file);
	return place;
}

aw_intern aw__py_place(PyCodeObject *code, int offset)
{
	struct spots *spots = spots_of(code);
	struct spot *spot;
	aw_intern place;

	if (spots != NULL) {
		uint32_t i = (uint32_t)offset * 2654435761u >> 8;

		for (; spots->list[i & spots->mask].offset != NO_PLACE; i++)
			if (spots->list[i & spots->mask].offset == offset)
				return spots->list[i & spots->mask].place;
	}
	place = name_place(code, offset);
	spot = place != AW_NONE ? spot_for(code, offset) : NULL;
	if (spot != NULL) {
		spots_of(code)->used += spot->offset == NO_PLACE;
		*spot = (struct spot){ offset, place };
	}
	return place;
}

aw_intern aw__py_place_of_code(PyCodeObject *code)
{
	return aw__py_place(code, DEFINITION);
}

aw_intern aw__py_place_of_coroutine(PyObject *coroutine)
{
	PyCodeObject *code;
	aw_intern place;

	if (coroutine == NULL || (!PyCoro_CheckExact(coroutine) && !PyGen_CheckExact(coroutine)))
		return AW_NONE;
#if PY_VERSION_HEX >= 0x030c0000
	code = PyGen_GetCode((PyGenObject *)coroutine);
#else
	code = ((PyGenObject *)coroutine)->gi_code;
	Py_XINCREF(code);
#endif
	if (code == NULL)
		return AW_NONE;
	place = aw__py_place(code, DEFINITION);
	Py_DECREF(code);
	return place;
}

/* ---- frames ---- */

PyCodeObject *aw__py_frame_code_at(_PyInterpreterFrame *frame, int *ret_offset)
{
	PyCodeObject *code;

#if PY_VERSION_HEX >= 0x030e0000
	if (frame->owner >= FRAME_OWNED_BY_INTERPRETER)
		return NULL;
#elif PY_VERSION_HEX >= 0x030c0000
	if (frame->owner == FRAME_OWNED_BY_CSTACK)
		return NULL;
#endif
	code = aw__py_frame_code(frame);
	if (code == NULL)
		return NULL;
	*ret_offset = aw__py_frame_offset(frame, code);
	return frame->owner == FRAME_OWNED_BY_GENERATOR ||
			       *ret_offset >= code->_co_firsttraceable * (int)sizeof(_Py_CODEUNIT)
		       ? code
		       : NULL;
}

PyCodeObject *aw__py_frame_python(_PyInterpreterFrame *frame)
{
	int offset;

	return aw__py_frame_code_at(frame, &offset);
}

bool aw__py_kind_known(PyCodeObject *code, enum aw__py_code *ret)
{
	const struct spots *spots = spots_of(code);

	*ret = spots != NULL ? spots->kind : AW__PY_PROGRAM;
	return spots != NULL;
}

enum aw__py_code aw__py_kind(PyCodeObject *code)
{
	if (spots_of(code) == NULL && spot_for(code, DEFINITION) == NULL)
		return AW__PY_PROGRAM;
	return spots_of(code)->kind;
}

bool aw__py_names_release(PyCodeObject *code)
{
	(void)aw__py_kind(code); /* which makes its table */
	return spots_of(code) != NULL && spots_of(code)->releases;
}

/* ---- gather ---- */

PyObject *aw__py_variable(_PyInterpreterFrame *frame, PyCodeObject *code, const char *name)
{
	for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(code->co_localsplusnames); i++) {
		PyObject *value = aw__py_frame_value(frame, (int)i);

		if (PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(code->co_localsplusnames, i),
						     name) != 0)
			continue;
		return value != NULL && PyCell_Check(value) ? PyCell_GET(value) : value;
	}
	return NULL;
}

/* A variable of the innermost frame, if its code is of that kind. Borrowed; NULL: it is not, or there is none. */
static PyObject *variable_of(enum aw__py_code kind, const char *name)
{
	_PyInterpreterFrame *frame = aw__py_frame_innermost();
	PyCodeObject *code = NULL;
	int offset;

	while (frame != NULL && (code = aw__py_frame_code_at(frame, &offset)) == NULL)
		frame = frame->previous;
	return frame != NULL && aw__py_kind(code) == kind ? aw__py_variable(frame, code, name)
							  : NULL;
}

PyObject *aw__py_handed_to(void)
{
	return variable_of(AW__PY_HAND_ON, "concurrent");
}

bool aw__py_is_late_gather(void)
{
	PyObject *outer = variable_of(AW__PY_GATHER, "outer");

	return outer != NULL && outer != Py_None && PyObject_TypeCheck(outer, aw__py.future) &&
	       aw__py_state_of(outer) != AW__PY_PENDING;
}

PyObject *aw__py_dropped_stream(void)
{
	return variable_of(AW__PY_STREAM_DEL, "self");
}

bool aw__py_is_in_wait(void)
{
	return variable_of(AW__PY_WAIT, "waiter") != NULL;
}

PyObject *aw__py_shared(PyObject *function, const char *name)
{
	PyCodeObject *code = (PyCodeObject *)PyFunction_GET_CODE(function);
	PyObject *closure = PyFunction_GET_CLOSURE(function);

	for (Py_ssize_t i = 0; closure != NULL && i < code->co_nfreevars; i++) {
		PyObject *own = PyTuple_GET_ITEM(code->co_localsplusnames,
						 code->co_nlocalsplus - code->co_nfreevars + i);

		if (PyUnicode_CompareWithASCIIString(own, name) == 0)
			return PyCell_GET(PyTuple_GET_ITEM(closure, i));
	}
	return NULL;
}

/* The pending future in the closure of a callback of that kind. Borrowed; NULL: another kind, or not pending. */
static PyObject *pending_of(PyObject *callback, enum aw__py_code kind, const char *name)
{
	PyObject *future;

	if (!PyFunction_Check(callback) ||
	    aw__py_kind((PyCodeObject *)PyFunction_GET_CODE(callback)) != kind)
		return NULL;
	future = aw__py_shared(callback, name);
	return future != NULL && PyObject_TypeCheck(future, aw__py.future) &&
			       aw__py_state_of(future) == AW__PY_PENDING
		       ? future
		       : NULL;
}

PyObject *aw__py_gather_of(PyObject *callback)
{
	PyObject *outer = pending_of(callback, AW__PY_GATHER, "outer");

	return outer != NULL && aw__py_shared(callback, "return_exceptions") == Py_True ? outer
											: NULL;
}

PyObject *aw__py_wait_of(PyObject *callback)
{
	return pending_of(callback, AW__PY_WAIT, "waiter");
}

bool aw__py_is_in_asyncio(void)
{
	_PyInterpreterFrame *frame = aw__py_frame_innermost();

	for (unsigned i = 0; i < 4 && frame != NULL; i++, frame = frame->previous) {
		int offset;
		PyCodeObject *code = aw__py_frame_code_at(frame, &offset);

		if (code != NULL && aw__py_kind(code) == AW__PY_MACHINERY)
			return true;
	}
	return false;
}
