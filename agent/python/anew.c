/* SPDX-License-Identifier: MIT */
/*
 * Records loops and pending tasks that are older than the recording: once more, when another recording has begun, and those that existed when the
 * program began to record itself. asyncio's own sets of tasks are read without running Python code.
 */
#include "agent/python/adapter.h"

#include <awry/interpreter.h>

/* Borrowed from the task; NULL: not known. A subclass's own `_loop` is not read. */
static PyObject *loop_of(PyObject *task)
{
	PyObject *descriptor = PyDict_GetItemString(aw__py.future->tp_dict, "_loop"), *loop;

	if (descriptor == NULL || Py_TYPE(descriptor)->tp_descr_get == NULL)
		return NULL;
	loop = Py_TYPE(descriptor)->tp_descr_get(descriptor, task, (PyObject *)Py_TYPE(task));
	PyErr_Clear();
	Py_XDECREF(loop);
	return loop;
}

static bool is_of(PyObject *task, PyObject *loop)
{
	return PyObject_TypeCheck(task, aw__py.task) && aw__py_state_of(task) == AW__PY_PENDING &&
	       loop_of(task) == loop;
}

/* What is recorded of a loop's pending tasks. */
enum pass { ALL, UNTOLD, WAITS };

static void tell(PyObject *task, PyObject *loop, struct aw_agent_loop *agent, enum pass pass)
{
	struct aw__py_task *own;

	if (!is_of(task, loop))
		return;
	own = aw__py_uses_table ? aw__py_table_add(task) : aw__py_task_of(task);
	if (own == NULL)
		return;
	if (pass == WAITS)
		aw__py_task_tell_wait(task, own);
	else if (pass == ALL || !own->told)
		aw__py_task_tell_anew(task, own, agent);
}

/* The object of a weak reference. New reference; NULL: it was freed. */
static PyObject *referent(PyObject *reference)
{
	PyObject *object = NULL;

#if PY_VERSION_HEX >= 0x030d0000
	if (PyWeakref_GetRef(reference, &object) < 0)
		PyErr_Clear();
#else
	object = PyWeakref_GET_OBJECT(reference);
	object = object != Py_None && Py_REFCNT(object) > 0 ? Py_NewRef(object) : NULL;
#endif
	return object;
}

/* New reference, or NULL. */
static PyObject *task_in(PyObject *item)
{
	return PyWeakref_Check(item) ? referent(item) : Py_NewRef(item);
}

static void tell_list(PyObject *list, PyObject *loop, struct aw_agent_loop *agent, enum pass pass)
{
	for (Py_ssize_t i = 0; list != NULL && i < PyList_GET_SIZE(list); i++) {
		PyObject *task = task_in(PyList_GET_ITEM(list, i));

		if (task != NULL)
			tell(task, loop, agent, pass);
		Py_XDECREF(task);
	}
	Py_XDECREF(list);
}

#if PY_VERSION_HEX < 0x030e0000
/* New reference, a list of tasks or of weak references to them, or NULL. */
static PyObject *list_at(PyObject *module, const char *name)
{
	PyObject *set = PyObject_GetAttrString(module, name), *list = NULL;
	PyObject *inner =
		set != NULL && !PyAnySet_Check(set) ? PyObject_GetAttrString(set, "data") : NULL;

	if (inner != NULL && PyAnySet_Check(inner))
		list = PySequence_List(inner);
	else if (set != NULL && PyAnySet_Check(set))
		list = PySequence_List(set);
	PyErr_Clear();
	Py_XDECREF(inner);
	Py_XDECREF(set);
	return list;
}
#endif

static void tell_tasks(PyObject *loop, struct aw_agent_loop *agent, enum pass pass)
{
	PyObject *module = PyDict_GetItemString(PyImport_GetModuleDict(), "_asyncio");

	if (module == NULL)
		return;
#if PY_VERSION_HEX >= 0x030e0000
	PyObject *tasks = PyObject_CallMethod(module, "all_tasks", "O", loop);

	tell_list(tasks != NULL ? PySequence_List(tasks) : NULL, loop, agent, pass);
	PyErr_Clear();
	Py_XDECREF(tasks);
#else
	static const char *const names[] = { "_all_tasks", "_scheduled_tasks", "_eager_tasks" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (PyObject_HasAttrString(module, names[i]))
			tell_list(list_at(module, names[i]), loop, agent, pass);
#endif
}

static void tell_without_collections(PyObject *loop, struct aw_agent_loop *agent, enum pass pass)
{
	PyObject *type, *value, *traceback;
	/* a collection would change the sets */
	const int collects = PyGC_Disable();

	PyErr_Fetch(&type, &value, &traceback);
	tell_tasks(loop, agent, pass);
	tell_tasks(loop, agent, WAITS);
	PyErr_Restore(type, value, traceback);
	if (collects)
		PyGC_Enable();
}

void aw__py_tell_anew(PyObject *loop, struct aw_agent_loop *agent)
{
	aw_agent_loop_opened(agent, Py_TYPE(loop)->tp_name);
	aw__py_publish();
	aw_agent_loop_interpreted(agent, PyThreadState_Get());
	tell_without_collections(loop, agent, ALL);
}

void aw__py_tell_older(PyObject *loop, struct aw_agent_loop *agent)
{
	/* A loop that is told is not told again; one that was made after the hooks, at the address of an older loop, has no older tasks. */
	static const PyObject *told[16];
	static unsigned next;

	for (unsigned i = 0; i < sizeof(told) / sizeof(*told); i++)
		if (told[i] == loop)
			return;
	told[next++ % (sizeof(told) / sizeof(*told))] = loop;
	tell_without_collections(loop, agent, UNTOLD);
}

/* ---- loops that ran before the hooks were in place ---- */

/* The task that runs on a loop. New reference; Py_None: none. NULL with an error set. */
static PyObject *task_on(PyObject *module, PyObject *loop)
{
#if PY_VERSION_HEX >= 0x030c0000
	return PyObject_CallMethod(module, "current_task", "O", loop);
#else
	PyObject *tasks = PyObject_GetAttrString(module, "_current_tasks");
	PyObject *task = tasks != NULL && PyDict_CheckExact(tasks)
				 ? PyDict_GetItemWithError(tasks, loop)
				 : NULL;

	Py_XDECREF(tasks);
	return task != NULL ? Py_NewRef(task) : PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
#endif
}

PyObject *aw__py_unseen_loop(void)
{
	PyObject *module = PyDict_GetItemString(PyImport_GetModuleDict(), "_asyncio");
	PyObject *loop, *task = NULL;

	if (module == NULL)
		return NULL;
	loop = PyObject_CallMethod(module, "_get_running_loop", NULL);
	if (loop != NULL && loop != Py_None)
		task = task_on(module, loop);
	PyErr_Clear();
	if (task != Py_None)
		Py_CLEAR(loop);
	Py_XDECREF(task);
	return loop;
}
