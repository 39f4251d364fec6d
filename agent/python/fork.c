/* SPDX-License-Identifier: MIT */
/*
 * Suppresses CPython's warning about a fork in a process with several threads, if the only other thread is the agent's. CPython warns from 3.12
 * on, and counts the threads in /proc; if warnings are errors, the call fails from 3.15 on. So for the length of the call a filter is put in
 * front of the program's own filters.
 */
#include "agent/python/adapter.h"

#include <string.h>
#include <sys/stat.h>

PyCFunction aw__py_old_fork, aw__py_old_forkpty;
aw__py_few *aw__py_old_fork_exec;

struct filter {
	PyObject *list; /* NULL: there is none */
	PyObject *item;
};

/* In place of the filter's regular expression, which is asked whether it matches the warning's text. */
static PyObject *match(PyObject *nothing, PyObject *text)
{
	const char *bytes = PyUnicode_Check(text) ? PyUnicode_AsUTF8(text) : NULL;
	const char first[] = "This process (pid=";

	(void)nothing;
	PyErr_Clear();
	return PyBool_FromLong(bytes != NULL && strncmp(bytes, first, sizeof(first) - 1) == 0 &&
			       strstr(bytes, ") is multi-threaded, use of ") != NULL);
}

static PyObject *make_item(void)
{
	static PyMethodDef method = { "match", match, METH_O, NULL };
	PyObject *implementation = PySys_GetObject("implementation"); /* a SimpleNamespace */
	PyObject *function = PyCFunction_New(&method, NULL), *names = NULL, *none = PyTuple_New(0);
	PyObject *expression = NULL;

	if (function != NULL && none != NULL && implementation != NULL &&
	    (names = Py_BuildValue("{sO}", "match", function)) != NULL)
		expression = PyObject_Call((PyObject *)Py_TYPE(implementation), none, names);
	Py_XDECREF(names);
	Py_XDECREF(none);
	Py_XDECREF(function);
	return expression != NULL ? Py_BuildValue("sNOOi", "ignore", expression,
						  PyExc_DeprecationWarning, Py_None, 0)
				  : NULL;
}

/* Besides the calling thread and the agent's. Each thread is a folder in /proc/self/task, which adds a link to that folder. */
static bool has_other_threads(void)
{
	struct stat status;

	return stat("/proc/self/task", &status) != 0 || status.st_nlink > 2 + 2;
}

static struct filter put(void)
{
	PyObject *module = PyDict_GetItemString(PyImport_GetModuleDict(), "warnings");
	struct filter filter = { NULL, NULL };

	if (!aw_agent_on() || !aw__py_is_main() || module == NULL || has_other_threads())
		return filter;
	filter.list = PyObject_GetAttrString(module, "filters");
	filter.item = make_item();
	if (filter.list == NULL || filter.item == NULL || !PyList_Check(filter.list) ||
	    PyList_Insert(filter.list, 0, filter.item) != 0) {
		Py_CLEAR(filter.list);
		Py_CLEAR(filter.item);
	}
	PyErr_Clear();
	return filter;
}

/* Called in the child, too, which has the parent's list. Functions that run at a fork may have changed the list. */
static void take(struct filter *filter)
{
	PyObject *type, *value, *traceback;

	if (filter->list == NULL)
		return;
	PyErr_Fetch(&type, &value, &traceback);
	for (Py_ssize_t i = 0; i < PyList_GET_SIZE(filter->list); i++) {
		if (PyList_GET_ITEM(filter->list, i) != filter->item)
			continue;
		PyList_SetSlice(filter->list, i, i + 1, NULL);
		break;
	}
	Py_DECREF(filter->list);
	Py_DECREF(filter->item);
	PyErr_Restore(type, value, traceback);
}

PyObject *aw__py_fork(PyObject *module, PyObject *nothing)
{
	struct filter filter = put();
	PyObject *result = aw__py_old_fork(module, nothing);

	take(&filter);
	return result;
}

PyObject *aw__py_forkpty(PyObject *module, PyObject *nothing)
{
	struct filter filter = put();
	PyObject *result = aw__py_old_forkpty(module, nothing);

	take(&filter);
	return result;
}

/* The child never returns here. CPython warns if the child is to run a function of the program (preexec_fn). */
PyObject *aw__py_fork_exec(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
	struct filter filter = put();
	PyObject *result = aw__py_old_fork_exec(module, args, count);

	take(&filter);
	aw__py_process_started(result);
	return result;
}
