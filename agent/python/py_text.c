/* SPDX-License-Identifier: MIT */
/* Converts the program's strings to UTF-8 for the recorder, also those that contain lone surrogates. */
#include "agent/python/adapter.h"

struct aw__py_text aw__py_text(PyObject *str)
{
	struct aw__py_text text = { "?", 1, NULL };
	Py_ssize_t length;
	const char *bytes;

	if (str == NULL || !PyUnicode_Check(str))
		return text;
	bytes = PyUnicode_AsUTF8AndSize(str, &length);
	if (bytes != NULL)
		return (struct aw__py_text){ bytes, (size_t)length, NULL };
	PyErr_Clear(); /* lone surrogates, from a file's name or broken input */
	text.owner = PyUnicode_AsEncodedString(str, "utf-8", "backslashreplace");
	if (text.owner == NULL) {
		PyErr_Clear();
		return text;
	}
	text.bytes = PyBytes_AS_STRING(text.owner);
	text.length = (size_t)PyBytes_GET_SIZE(text.owner);
	return text;
}

void aw__py_text_finish(struct aw__py_text *text)
{
	Py_CLEAR(text->owner);
}
