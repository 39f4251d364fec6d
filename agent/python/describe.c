/* SPDX-License-Identifier: MIT */
/*
 * Describes the program's objects as text without running its code, for the attributes of errors: a __repr__() of the program may never
 * return, or may change the object.
 */
#include "agent/python/adapter.h"

#include <string.h>

#define LONG	    4096 /* a string is long from here on: less than that is kept of a text */
#define SHOWN	    200	 /* of a long string */
#define MOST_FIELDS 6

bool aw__py_is_plain(PyObject *value)
{
	return value == NULL || value == Py_None || PyUnicode_CheckExact(value) ||
	       PyLong_CheckExact(value) || PyFloat_CheckExact(value) || PyBool_Check(value) ||
	       PyBytes_CheckExact(value);
}

bool aw__py_are_plain(PyObject *tuple)
{
	for (Py_ssize_t i = 0; tuple != NULL && i < PyTuple_GET_SIZE(tuple); i++)
		if (!aw__py_is_plain(PyTuple_GET_ITEM(tuple, i)))
			return false;
	return true;
}

/* The length of a str or bytes; 0: it is neither. */
static Py_ssize_t length_of(PyObject *value)
{
	if (value != NULL && PyUnicode_CheckExact(value))
		return PyUnicode_GET_LENGTH(value);
	return value != NULL && PyBytes_CheckExact(value) ? PyBytes_GET_SIZE(value) : 0;
}

bool aw__py_is_long(PyObject *value)
{
	return length_of(value) > LONG;
}

/* The repr() of a value; of a long string, that of its beginning. */
static PyObject *show_plain(PyObject *value)
{
	PyObject *part, *shown;

	if (!aw__py_is_long(value))
		return PyObject_Repr(value);
	part = PySequence_GetSlice(value, 0, SHOWN);
	shown = part != NULL
			? PyUnicode_FromFormat("%R… (%zd more)", part, length_of(value) - SHOWN)
			: NULL;
	Py_XDECREF(part);
	return shown;
}

/* The name of a type, without asking its metaclass. New reference. */
static PyObject *name_of(PyTypeObject *type)
{
	const char *point = strrchr(type->tp_name, '.');

	if ((type->tp_flags & Py_TPFLAGS_HEAPTYPE) != 0)
		return Py_NewRef(((PyHeapTypeObject *)type)->ht_name);
	return PyUnicode_FromString(point != NULL ? point + 1 : type->tp_name);
}

/* "ValueError('wrong')", if its arguments are plain. */
static PyObject *show_exception(PyObject *exception, PyObject *name)
{
	PyObject *args = ((PyBaseExceptionObject *)exception)->args;

	if (args == NULL || !aw__py_are_plain(args))
		return PyUnicode_FromFormat("<%U>", name);
	for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(args); i++)
		if (aw__py_is_long(PyTuple_GET_ITEM(args, i)))
			return PyUnicode_FromFormat("<%U>", name);
	return PyTuple_GET_SIZE(args) == 1
		       ? PyUnicode_FromFormat("%U(%R)", name, PyTuple_GET_ITEM(args, 0))
		       : PyUnicode_FromFormat("%U%R", name, args);
}

static bool is_public(PyObject *key)
{
	return PyUnicode_CheckExact(key) && PyUnicode_GET_LENGTH(key) > 0 &&
	       PyUnicode_READ_CHAR(key, 0) != '_';
}

/* Consumes `shown`. NULL: there is no memory. */
static PyObject *append(PyObject *shown, PyObject *more)
{
	if (shown != NULL && more != NULL)
		PyUnicode_Append(&shown, more);
	else
		Py_CLEAR(shown);
	Py_XDECREF(more);
	return shown;
}

static PyObject *append_field(PyObject *shown, PyObject *key, PyObject *value)
{
	PyObject *text = show_plain(value), *field;

	field = text != NULL ? PyUnicode_FromFormat(" %U=%U", key, text) : NULL;
	Py_XDECREF(text);
	return append(shown, field);
}

/* "<Peer number=7 …>": the plain attributes; "…" stands for others, and for those whose name begins with "_". */
static PyObject *show_fields(PyObject *name, PyObject *dict)
{
	PyObject *shown = PyUnicode_FromFormat("<%U", name), *key, *value;
	Py_ssize_t at = 0;
	unsigned count = 0;
	bool all = true;

	while (PyDict_Next(dict, &at, &key, &value)) {
		if (!is_public(key) || !aw__py_is_plain(value) || count == MOST_FIELDS) {
			all = false;
			continue;
		}
		Py_INCREF(key);
		Py_INCREF(value);
		shown = append_field(shown, key, value);
		Py_DECREF(value);
		Py_DECREF(key);
		count++;
	}
	return append(shown, PyUnicode_FromString(all ? ">" : " …>"));
}

/* A copy of the object's own dictionary, made without code of its type. New reference; NULL: it has none. */
static PyObject *fields_of(PyObject *value)
{
	PyObject *dict = PyObject_GenericGetDict(value, NULL), *copy;

	copy = dict != NULL && PyDict_Check(dict) ? PyDict_Copy(dict) : NULL;
	Py_XDECREF(dict);
	PyErr_Clear();
	return copy;
}

static PyObject *show_object(PyObject *value, PyObject *name)
{
	PyObject *fields = fields_of(value);
	PyObject *member = fields != NULL ? PyDict_GetItemString(fields, "_name_")
					  : NULL; /* of an enum's member */
	PyObject *shown;

	if (member != NULL && PyUnicode_CheckExact(member))
		shown = PyUnicode_FromFormat("<%U.%U>", name, member);
	else if (fields != NULL)
		shown = show_fields(name, fields);
	else
		shown = PyUnicode_FromFormat("<%U>", name);
	Py_XDECREF(fields);
	return shown;
}

static Py_ssize_t items_of(PyObject *value)
{
	if (PyList_CheckExact(value) || PyTuple_CheckExact(value))
		return Py_SIZE(value);
	if (PyDict_CheckExact(value))
		return PyDict_GET_SIZE(value);
	return PyAnySet_CheckExact(value) ? PySet_GET_SIZE(value) : -1;
}

PyObject *aw__py_describe(PyObject *value)
{
	PyObject *name = NULL, *shown = NULL;

	Py_INCREF(value);
	if (aw__py_is_plain(value))
		shown = show_plain(value);
	else if ((name = name_of(Py_TYPE(value))) == NULL)
		shown = NULL;
	else if (items_of(value) >= 0)
		shown = PyUnicode_FromFormat("<%U, %zd items>", name, items_of(value));
	else if (PyExceptionInstance_Check(value))
		shown = show_exception(value, name);
	else
		shown = show_object(value, name);
	Py_XDECREF(name);
	Py_DECREF(value);
	return shown;
}
