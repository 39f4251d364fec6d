/* SPDX-License-Identifier: MIT */
/*
 * Finds where _asyncio's objects keep the fields that the hooks read: makes some objects on a mock loop, and looks for the
 * values that were put into them. No layout is written down here, so that a version with another one is noticed.
 */
#include "agent/python/adapter.h"

#include <string.h>

struct aw__py_layout aw__py = { .own = AW__PY_NO_ROOM };

/*
 * A mock loop, and a function that calls another one on it. The loop and the task that run on this thread, if any, are put back: from 3.14 on no
 * task may run while another one does.
 */
#define MOCK_LOOP                                                                                  \
	"import _asyncio\n"                                                                        \
	"class Loop:\n"                                                                            \
	"    calls = []\n"                                                                         \
	"    def get_debug(self): return False\n"                                                  \
	"    def call_soon(self, callback, *args, context=None):\n"                                \
	"        Loop.calls.append((callback, args))\n"                                            \
	"    def call_exception_handler(self, context): pass\n"                                    \
	"    def is_running(self): return False\n"                                                 \
	"loop = Loop()\n"                                                                          \
	"def call(function, args=()):\n"                                                           \
	"    before = _asyncio._get_running_loop()\n"                                              \
	"    task = None\n"                                                                        \
	"    if before is not None and hasattr(_asyncio, '_swap_current_task'):\n"                 \
	"        task = _asyncio.current_task(before)\n"                                           \
	"    if task is not None:\n"                                                               \
	"        _asyncio._swap_current_task(before, None)\n"                                      \
	"    try:\n"                                                                               \
	"        _asyncio._set_running_loop(loop)\n"                                               \
	"        function(*args)\n"                                                                \
	"    finally:\n"                                                                           \
	"        _asyncio._set_running_loop(before)\n"                                             \
	"        if task is not None:\n"                                                           \
	"            _asyncio._swap_current_task(before, task)\n"

static const char make_objects[] =
	MOCK_LOOP "pending = _asyncio.Future(loop=loop)\n"
		  "async def wait():\n"
		  "    await pending\n"
		  "name = 'awry-' + str(id(loop))\n"
		  "coroutine = wait()\n"
		  "task = _asyncio.Task(coroutine, loop=loop, name=name)\n"
		  "task._log_destroy_pending = False\n"
		  "step = Loop.calls[0][0]\n"
		  "call(step)\n"
		  "finished = _asyncio.Future(loop=loop)\n"
		  "finished.set_result(1)\n"
		  "cancelled = _asyncio.Future(loop=loop)\n"
		  "cancelled.cancel()\n"
		  "error = ValueError()\n"
		  "failed = _asyncio.Future(loop=loop)\n"
		  "failed.set_exception(error)\n"
		  "failed.exception()\n"
		  "wakeup = pending._callbacks[0][0]\n";

static const char run_task[] = MOCK_LOOP
	"future = _asyncio.Future(loop=loop)\n"
	"async def work():\n"
	"    return await future\n"
	"task = _asyncio.Task(work(), loop=loop, name='awry')\n" /* without a name it would take a number */
	"call(Loop.calls.pop(0)[0])\n"
	"future.set_result(42)\n"
	"call(*Loop.calls.pop(0))\n"
	"right = task.done() and task.result() == 42 and task.exception() is None\n";

/* Run a script. Returns its global names; new reference, NULL with an error set. */
static PyObject *run(const char *script)
{
	PyObject *names = PyDict_New(), *result;

	if (names == NULL)
		return NULL;
	if (PyDict_SetItemString(names, "__builtins__", PyEval_GetBuiltins()) != 0) {
		Py_DECREF(names);
		return NULL;
	}
	result = PyRun_String(script, Py_file_input, names, names);
	if (result == NULL)
		Py_CLEAR(names);
	Py_XDECREF(result);
	return names;
}

static bool find_pointer(PyObject *object, PyObject *value, Py_ssize_t *ret_offset)
{
	const Py_ssize_t end = Py_TYPE(object)->tp_basicsize - (Py_ssize_t)sizeof(PyObject *);

	for (Py_ssize_t at = sizeof(PyObject); at <= end; at += (Py_ssize_t)sizeof(PyObject *)) {
		if (aw__py_object_at(object, at) != value)
			continue;
		*ret_offset = at;
		return true;
	}
	return false;
}

static int int_at(PyObject *object, Py_ssize_t offset)
{
	return *(int *)((char *)object + offset);
}

static bool find_state(PyObject *pending, PyObject *cancelled, PyObject *finished,
		       Py_ssize_t *ret_offset)
{
	const Py_ssize_t end = Py_TYPE(pending)->tp_basicsize - (Py_ssize_t)sizeof(int);

	for (Py_ssize_t at = sizeof(PyObject); at <= end; at += (Py_ssize_t)sizeof(int)) {
		if ((int_at(pending, at) & 3) != AW__PY_PENDING ||
		    int_at(cancelled, at) != AW__PY_CANCELLED ||
		    (int_at(finished, at) & 3) != AW__PY_FINISHED)
			continue;
		*ret_offset = at;
		return true;
	}
	return false;
}

/* The getter of a coroutine's cr_await. The coroutine awaits something. */
static bool find_awaited(PyObject *coroutine)
{
	const PyGetSetDef *at = PyCoro_Type.tp_getset;
	PyObject *awaited;

	while (at != NULL && at->name != NULL && strcmp(at->name, "cr_await") != 0)
		at++;
	if (at == NULL || at->name == NULL || !PyCoro_CheckExact(coroutine))
		return false;
	aw__py.awaited = at->get;
	awaited = at->get(coroutine, NULL);
	Py_XDECREF(awaited);
	return awaited != NULL && awaited != Py_None;
}

static bool read_layout(PyObject *names, const char **ret_why)
{
	PyObject *task = PyDict_GetItemString(names, "task");
	PyObject *pending = PyDict_GetItemString(names, "pending");
	PyObject *wakeup = PyDict_GetItemString(names, "wakeup");

	aw__py.task = Py_TYPE(task);
	aw__py.future = Py_TYPE(pending);
	aw__py.step = Py_TYPE(PyDict_GetItemString(names, "step"));
	*ret_why = "unknown layout of _asyncio.Task";
	if (!find_pointer(task, pending, &aw__py.waiter) ||
	    !find_pointer(task, PyDict_GetItemString(names, "name"), &aw__py.name))
		return false;
	if (!find_pointer(task, PyDict_GetItemString(names, "coroutine"), &aw__py.coroutine) ||
	    !find_awaited(PyDict_GetItemString(names, "coroutine")))
		return false;
	*ret_why = "unknown layout of _asyncio.Future";
	if (!find_pointer(pending, wakeup, &aw__py.callback) ||
	    !find_pointer(PyDict_GetItemString(names, "failed"),
			  PyDict_GetItemString(names, "error"), &aw__py.exception) ||
	    !find_state(pending, PyDict_GetItemString(names, "cancelled"),
			PyDict_GetItemString(names, "finished"), &aw__py.state))
		return false;
	*ret_why = "unknown way in which tasks are woken";
	if (aw__py.step == &PyCFunction_Type || !PyCFunction_Check(wakeup) ||
	    PyCFunction_GET_SELF(wakeup) != task ||
	    *(PyObject **)((char *)PyDict_GetItemString(names, "step") + sizeof(PyObject)) != task)
		return false;
	aw__py.wakeup = ((PyCFunctionObject *)wakeup)->m_ml;
	return true;
}

/*
 * Free a script's objects now. Its tasks were made before the type was enlarged by the adapter's part: one that stayed would be taken for one
 * that has it.
 */
static bool finish(PyObject *names, const char *last, const char **ret_why)
{
	PyObject *task = PyDict_GetItemString(names, "task");
	PyObject *weak = task != NULL ? PyWeakref_NewRef(task, NULL) : NULL;
	PyObject *result = PyRun_String(last, Py_file_input, names, names);
	bool gone;

	Py_XDECREF(result);
	PyDict_Clear(names);
	Py_DECREF(names);
	PyErr_Clear();
	result = weak != NULL ? PyObject_CallNoArgs(weak) : NULL;
	gone = result == Py_None;
	Py_XDECREF(result);
	Py_XDECREF(weak);
	if (!gone)
		*ret_why = "a task that was made to find the layout is not freed";
	return gone;
}

bool aw__py_calibrate(const char **ret_why)
{
	PyObject *names = run(make_objects);
	bool found;

	if (names == NULL) {
		PyErr_Clear();
		*ret_why = "_asyncio does not work as expected";
		return false;
	}
	found = read_layout(names, ret_why);
	return finish(names,
		      "pending.set_result(None)\n"
		      "call(wakeup, (pending,))\n"
		      "Loop.calls.clear()\n",
		      found ? ret_why : &(const char *){ NULL }) &&
	       found;
}

bool aw__py_self_test(const char **ret_why)
{
	PyObject *names = run(run_task);
	PyObject *task = names != NULL ? PyDict_GetItemString(names, "task") : NULL;
	bool right = names != NULL && PyDict_GetItemString(names, "right") == Py_True;

	PyErr_Clear();
	*ret_why = "a task does not end as it should with the hooks in place";
	if (right && aw__py_uses_table)
		right = aw__py_table_add(task) != NULL;
	if (names == NULL || !finish(names, "Loop.calls.clear()\n", ret_why) || !right)
		return false;
	/* only the address is used: the task is freed */
	if (!aw__py_uses_table || aw__py_table_find(task) == NULL)
		return true;
	*ret_why = "the end of a task is not noticed";
	return false;
}
