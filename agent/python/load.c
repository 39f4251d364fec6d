/* SPDX-License-Identifier: MIT */
/*
 * The extension module awry._load: loads awry-python.so (preload.c) into an interpreter that was started without it. A module of its own,
 * because its call holds the GIL while the library's constructor adds an audit hook, which ctypes does not promise.
 */
#define Py_LIMITED_API 0x030b0000
#include <Python.h>

#include <dlfcn.h>

static PyObject *load(PyObject *module, PyObject *path)
{
	const char *name;
	PyObject *bytes, *problem = NULL;

	(void)module;
	/* awry run has preloaded it: perhaps that of another installation */
	if (dlsym(RTLD_DEFAULT, "awry_python_preloaded") != NULL)
		Py_RETURN_NONE;
	if (!PyUnicode_FSConverter(path, &bytes))
		return NULL;
	name = PyBytes_AsString(bytes);
	if (dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) == NULL)
		problem = PyUnicode_DecodeFSDefault(dlerror());
	Py_DECREF(bytes);
	if (problem != NULL || PyErr_Occurred())
		return problem;
	Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
	{ "load", load, METH_O,
	  "load(path)\n--\n\n"
	  "Load awry-python.so from `path`, unless it is preloaded.\n\n"
	  "Returns None, or a str that says why it cannot be loaded." },
	{ NULL, NULL, 0, NULL },
};

static struct PyModuleDef definition = {
	PyModuleDef_HEAD_INIT,
	"awry._load",
	"Loads awry's library into this interpreter.",
	0,
	methods,
	NULL,
	NULL,
	NULL,
	NULL,
};

PyMODINIT_FUNC PyInit__load(void);

PyMODINIT_FUNC PyInit__load(void)
{
	return PyModuleDef_Init(&definition);
}
