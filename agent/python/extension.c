/* SPDX-License-Identifier: MIT */
/*
 * The extension module _awry.agent, for the Python package: loads awry-python.so (preload.c) into an interpreter that was started without
 * it, and asks the agent.
 */
#define Py_LIMITED_API 0x030b0000
#include <Python.h>

#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

typedef const char *start_function(void);

/* The function of the library that is preloaded by awry run, maybe from another installation, or of that at `path`. NULL: see dlerror(). */
static start_function *find_start(const char *path)
{
	void *symbol = dlsym(RTLD_DEFAULT, "awry_python_start"), *library;
	start_function *function;

	if (symbol == NULL) {
		library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
		symbol = library != NULL ? dlsym(library, "awry_python_start") : NULL;
	}
	*(void **)&function = symbol;
	return function;
}

static PyObject *start(PyObject *module, PyObject *path)
{
	start_function *function;
	PyObject *bytes;
	const char *why;

	(void)module;
	if (!PyUnicode_FSConverter(path, &bytes))
		return NULL;
	function = find_start(PyBytes_AsString(bytes));
	Py_DECREF(bytes);
	why = function != NULL ? function() : dlerror();
	if (why == NULL)
		Py_RETURN_NONE;
	return PyUnicode_DecodeFSDefault(why);
}

/* A symbol of the agent, which the adapter loads. NULL: it is not loaded yet. */
static void *agent_symbol(const char *name)
{
	void *agent = dlopen("libawry-agent.so.0", RTLD_NOW | RTLD_NOLOAD);
	void *symbol = agent != NULL ? dlsym(agent, name) : NULL;

	if (agent != NULL)
		dlclose(agent);
	return symbol;
}

static PyObject *number(const char *name)
{
	uint64_t (*function)(void);

	*(void **)&function = agent_symbol(name);
	return PyLong_FromUnsignedLongLong(function != NULL ? function() : 0);
}

static PyObject *finding_count(PyObject *module, PyObject *none)
{
	(void)module;
	(void)none;
	return number("aw_agent_finding_count");
}

static PyObject *wait_for_findings(PyObject *module, PyObject *waits)
{
	void (*function)(bool);

	(void)module;
	*(void **)&function = agent_symbol("aw_agent_thread_waits_for_findings");
	if (function != NULL)
		function(waits == Py_True);
	Py_RETURN_NONE;
}

static PyObject *new_task_id(PyObject *module, PyObject *none)
{
	(void)module;
	(void)none;
	return number("aw_agent_new_task_id");
}

static PyObject *is_recording(PyObject *module, PyObject *none)
{
	const int *on = agent_symbol("aw_agent_switch");

	(void)module;
	(void)none;
	return PyBool_FromLong(on != NULL && __atomic_load_n(on, __ATOMIC_RELAXED) != 0);
}

static PyMethodDef methods[] = {
	{ "start", start, METH_O,
	  "start(path)\n--\n\n"
	  "Begin to record this interpreter, by awry-python.so at `path`, unless that is "
	  "preloaded.\n\n"
	  "Returns None, or a str that says why it cannot be recorded." },
	{ "is_recording", is_recording, METH_NOARGS,
	  "is_recording()\n--\n\n"
	  "Whether this process records." },
	{ "finding_count", finding_count, METH_NOARGS,
	  "finding_count()\n--\n\n"
	  "How many findings this process has recorded; 0 if it does not record." },
	{ "wait_for_findings", wait_for_findings, METH_O,
	  "wait_for_findings(waits)\n--\n\n"
	  "Say whether the calling thread only waits for findings: then it could not end a "
	  "deadlock." },
	{ "new_task_id", new_task_id, METH_NOARGS,
	  "new_task_id()\n--\n\n"
	  "An id that is greater than those of the tasks that this thread has created, and less "
	  "than those of later ones; 0 if "
	  "this process does not record." },
	{ NULL, NULL, 0, NULL },
};

/*
 * The module has no state, so each interpreter may import it. 3.12 and later require the slot that says so, CPython's
 * Py_mod_multiple_interpreters with Py_MOD_PER_INTERPRETER_GIL_SUPPORTED. 3.11 does not know that slot.
 */
#define MULTIPLE_INTERPRETERS 3
#define OWN_GIL_SUPPORTED     ((void *)2)
static PyModuleDef_Slot slots[] = { { MULTIPLE_INTERPRETERS, OWN_GIL_SUPPORTED }, { 0, NULL } };

static struct PyModuleDef definition = {
	PyModuleDef_HEAD_INIT,
	"_awry.agent",
	"What the package awry asks of its library.",
	0,
	methods,
	slots,
	NULL,
	NULL,
	NULL,
};

PyMODINIT_FUNC PyInit_agent(void);

PyMODINIT_FUNC PyInit_agent(void)
{
	if (Py_Version < 0x030c0000)
		slots[0].slot = 0;
	return PyModuleDef_Init(&definition);
}
