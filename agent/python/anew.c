/* SPDX-License-Identifier: MIT */
/*
 * Records a running loop and its pending tasks once more when another recording has begun. The tasks are read from asyncio's own sets, without
 * running Python code.
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
	return PyObject_TypeCheck(task, aw__py.task) && aw__py_task_of(task) != NULL &&
	       aw__py_state_of(task) == AW__PY_PENDING && loop_of(task) == loop;
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

static void tell_all(PyObject *list, PyObject *loop, struct aw_agent_loop *agent)
{
	for (Py_ssize_t i = 0; list != NULL && i < PyList_GET_SIZE(list); i++) {
		PyObject *task = task_in(PyList_GET_ITEM(list, i));

		if (task != NULL && is_of(task, loop))
			aw__py_task_tell_anew(task, agent);
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

static void tell_tasks(PyObject *module, PyObject *loop, struct aw_agent_loop *agent)
{
#if PY_VERSION_HEX >= 0x030e0000
	PyObject *tasks = PyObject_CallMethod(module, "all_tasks", "O", loop);

	tell_all(tasks != NULL ? PySequence_List(tasks) : NULL, loop, agent);
	PyErr_Clear();
	Py_XDECREF(tasks);
#else
	static const char *const names[] = { "_all_tasks", "_scheduled_tasks", "_eager_tasks" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (PyObject_HasAttrString(module, names[i]))
			tell_all(list_at(module, names[i]), loop, agent);
#endif
}

void aw__py_tell_anew(PyObject *loop, struct aw_agent_loop *agent)
{
	PyObject *module = PyDict_GetItemString(PyImport_GetModuleDict(), "_asyncio");
	PyObject *type, *value, *traceback;
	/* a collection would change the sets */
	const int collects = PyGC_Disable();

	PyErr_Fetch(&type, &value, &traceback);
	aw_agent_loop_opened(agent, Py_TYPE(loop)->tp_name);
	aw__py_publish();
	aw_agent_loop_interpreted(agent, PyThreadState_Get());
	if (module != NULL)
		tell_tasks(module, loop, agent);
	PyErr_Restore(type, value, traceback);
	if (collects)
		PyGC_Enable();
}
