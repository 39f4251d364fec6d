/* SPDX-License-Identifier: MIT */
/*
 * Exceptions, for the recorder: types, messages, notes, attributes, tracebacks, and the tree that they form.
 *
 * An error is told when it leaves its task, and again when it is lost. The program's own code (__str__, __repr__) runs only for
 * one that is lost, as it would if asyncio itself reported it: of others the message is left out where a type of the program's
 * makes it.
 */
#include "agent/python/adapter.h"

#include <string.h>

#define MOST_NODES	200
#define MOST_CHILDREN	64
#define MOST_FRAMES	64
#define MOST_NOTES	16
#define MOST_ATTRIBUTES 12
#define REMEMBERED	1024u

/*
 * Errors that left a task, by their object, so that a group's members are known as the tasks' own errors. No reference is
 * kept: whether an entry is still of the same exception is told by what that refers to.
 */
static struct remembered {
	PyObject *exception;
	PyObject *args, *traceback;
	PyTypeObject *type;
	uint64_t id, task;
} remembered[REMEMBERED];

struct telling {
	const struct aw__py_task *task;
	uint32_t flags;
	struct {
		PyObject *exception;
		uint64_t id;
	} seen[MOST_NODES];
	unsigned count;
};

static struct remembered *place_of(PyObject *exception)
{
	return &remembered[((uintptr_t)exception >> 5) * UINT64_C(0x9e3779b97f4a7c15) >> 54];
}

static void remember(PyObject *exception, uint64_t id, uint64_t task)
{
	const PyBaseExceptionObject *base = (PyBaseExceptionObject *)exception;

	*place_of(exception) = (struct remembered){ exception, base->args, base->traceback,
						    Py_TYPE(exception), id, task };
}

/* NULL: it left no task that is known. */
static const struct remembered *recall(PyObject *exception)
{
	const PyBaseExceptionObject *base = (PyBaseExceptionObject *)exception;
	const struct remembered *known = place_of(exception);

	return known->exception == exception && known->args == base->args &&
			       known->traceback == base->traceback &&
			       known->type == Py_TYPE(exception)
		       ? known
		       : NULL;
}

void aw__py_error_forget(PyObject *exception)
{
	struct remembered *known = place_of(exception);

	if (known->exception == exception && Py_REFCNT(exception) == 1)
		known->exception = NULL;
}

/* ---- parts ---- */

static aw_intern type_of(PyTypeObject *type)
{
	aw_intern base = AW_NONE;
	struct aw__py_text module, name;
	PyObject *module_name, *qualname;
	char full[512];

	if (type->tp_base != NULL && type->tp_base != &PyBaseObject_Type)
		base = type_of(type->tp_base);
	module_name = PyObject_GetAttrString((PyObject *)type, "__module__");
	PyErr_Clear();
	qualname = PyObject_GetAttrString((PyObject *)type, "__qualname__");
	PyErr_Clear();
	module = aw__py_text(module_name);
	name = aw__py_text(qualname);
	if (strcmp(module.bytes, "builtins") == 0 || strcmp(module.bytes, "__main__") == 0)
		snprintf(full, sizeof(full), "%s", name.bytes);
	else
		snprintf(full, sizeof(full), "%.255s.%.255s", module.bytes, name.bytes);
	aw__py_text_finish(&module);
	aw__py_text_finish(&name);
	Py_XDECREF(module_name);
	Py_XDECREF(qualname);
	return aw_agent_type(full, base);
}

static bool is_plain(PyObject *value)
{
	return value == NULL || value == Py_None || PyUnicode_CheckExact(value) ||
	       PyLong_CheckExact(value) || PyFloat_CheckExact(value) || PyBool_Check(value) ||
	       PyBytes_CheckExact(value);
}

/* Whether str() of it runs no code but the interpreter's. */
static bool is_harmless(PyObject *exception)
{
	const PyTypeObject *type = Py_TYPE(exception);
	PyObject *args = ((PyBaseExceptionObject *)exception)->args;

	if ((type->tp_flags & Py_TPFLAGS_HEAPTYPE) != 0 &&
	    type->tp_str != ((PyTypeObject *)PyExc_BaseException)->tp_str &&
	    type->tp_str != ((PyTypeObject *)PyExc_OSError)->tp_str &&
	    type->tp_str != ((PyTypeObject *)PyExc_KeyError)->tp_str)
		return false;
	for (Py_ssize_t i = 0; args != NULL && i < PyTuple_GET_SIZE(args); i++)
		if (!is_plain(PyTuple_GET_ITEM(args, i)))
			return false;
	return true;
}

/* Whatever it raises is no concern of the program's. New reference; NULL: it has no message that can be had. */
static PyObject *message_of(PyObject *exception, uint32_t flags)
{
	PyObject *message;

	if (PyObject_TypeCheck(exception, (PyTypeObject *)PyExc_BaseExceptionGroup))
		return Py_XNewRef(((PyBaseExceptionGroupObject *)exception)->msg);
	if ((flags & AW_ERROR_LOST) == 0 && !is_harmless(exception))
		return NULL;
	message = PyObject_Str(exception);
	if (message == NULL) {
		PyErr_Clear();
		return PyUnicode_FromString("<exception str() failed>");
	}
	return message;
}

/* The traceback's frames, innermost first. */
static void put_frames(const struct telling *telling, PyObject *exception,
		       struct aw_agent_error *error)
{
	aw_intern places[MOST_FRAMES];
	unsigned count = 0;
	const PyTracebackObject *at =
		(PyTracebackObject *)((PyBaseExceptionObject *)exception)->traceback;

	/* The last one is where it was raised: of a longer traceback the first ones are left out. */
	for (; at != NULL; at = at->tb_next) {
		PyCodeObject *code = PyFrame_GetCode(at->tb_frame);

		memmove(places + 1, places, (MOST_FRAMES - 1) * sizeof(*places));
		places[0] = aw__py_place(code, at->tb_lasti);
		count += count < MOST_FRAMES;
		Py_DECREF(code);
	}
	if (count == 0)
		return;
	error->site = places[0];
	error->stack = aw_agent_stack_of(places, count,
					 telling->task != NULL ? telling->task->agent.stack :
								 AW_NONE);
}

/* What put_notes() and put_attributes() point to, until the error is told. */
struct parts {
	struct aw__py_text texts[MOST_NOTES + 2 * MOST_ATTRIBUTES + 1];
	PyObject *objects[MOST_NOTES + 2 * MOST_ATTRIBUTES + 2];
	unsigned text_count, object_count;
	const char *notes[MOST_NOTES];
	struct aw_agent_attribute attributes[MOST_ATTRIBUTES];
};

static const struct aw__py_text *keep_text(struct parts *parts, PyObject *str)
{
	struct aw__py_text *text = &parts->texts[parts->text_count++];

	*text = aw__py_text(str);
	return text;
}

static void put_notes(struct parts *parts, PyObject *exception, struct aw_agent_error *error)
{
	PyObject *dict = ((PyBaseExceptionObject *)exception)->dict;
	PyObject *notes = dict != NULL ? PyDict_GetItemString(dict, "__notes__") : NULL;

	if (notes == NULL || !PyList_CheckExact(notes))
		return;
	for (Py_ssize_t i = 0; i < PyList_GET_SIZE(notes) && error->note_count < MOST_NOTES; i++)
		if (PyUnicode_Check(PyList_GET_ITEM(notes, i)))
			parts->notes[error->note_count++] =
				keep_text(parts, PyList_GET_ITEM(notes, i))->bytes;
	error->notes = parts->notes;
}

static void put_attribute(struct parts *parts, struct aw_agent_error *error, const char *key,
			  PyObject *value)
{
	const struct aw__py_text *text;
	PyObject *shown;

	if (error->attribute_count == MOST_ATTRIBUTES ||
	    ((error->flags & AW_ERROR_LOST) == 0 && !is_plain(value)))
		return;
	shown = PyObject_Repr(value);
	if (shown == NULL) {
		PyErr_Clear();
		return;
	}
	parts->objects[parts->object_count++] = shown;
	text = keep_text(parts, shown);
	parts->attributes[error->attribute_count++] =
		(struct aw_agent_attribute){ key, text->bytes, text->length };
}

static void put_attributes(struct parts *parts, PyObject *exception, struct aw_agent_error *error)
{
	PyObject *dict = ((PyBaseExceptionObject *)exception)->dict, *key, *value;
	Py_ssize_t at = 0;

	/* A __repr__ may change the dictionary. */
	if (dict != NULL && (error->flags & AW_ERROR_LOST) != 0) {
		dict = PyDict_Copy(dict);
		if (dict == NULL)
			PyErr_Clear();
		else
			parts->objects[parts->object_count++] = dict;
	}
	if (PyObject_TypeCheck(exception, (PyTypeObject *)PyExc_OSError)) {
		const PyOSErrorObject *os = (PyOSErrorObject *)exception;

		if (os->myerrno != NULL && os->myerrno != Py_None)
			put_attribute(parts, error, "errno", os->myerrno);
		if (os->strerror != NULL && os->strerror != Py_None)
			put_attribute(parts, error, "strerror", os->strerror);
		if (os->filename != NULL && os->filename != Py_None)
			put_attribute(parts, error, "filename", os->filename);
	}
	while (dict != NULL && error->attribute_count < MOST_ATTRIBUTES &&
	       PyDict_Next(dict, &at, &key, &value)) {
		if (!PyUnicode_Check(key) ||
		    PyUnicode_CompareWithASCIIString(key, "__notes__") == 0)
			continue;
		put_attribute(parts, error, keep_text(parts, key)->bytes, value);
	}
	error->attributes = parts->attributes;
}

static void finish(struct parts *parts)
{
	while (parts->text_count > 0)
		aw__py_text_finish(&parts->texts[--parts->text_count]);
	while (parts->object_count > 0)
		Py_DECREF(parts->objects[--parts->object_count]);
}

/* ---- the tree ---- */

static uint64_t tell(struct telling *telling, PyObject *exception, uint64_t id);

static void tell_children(struct telling *telling, PyObject *group, struct aw_agent_error *error,
			  uint64_t children[MOST_CHILDREN])
{
	PyObject *members = ((PyBaseExceptionGroupObject *)group)->excs;

	error->flags |= AW_ERROR_IS_GROUP;
	for (Py_ssize_t i = 0; members != NULL && i < PyTuple_GET_SIZE(members); i++) {
		if (error->child_count == MOST_CHILDREN) {
			error->flags |= AW_ERROR_CUT;
			break;
		}
		children[error->child_count++] = tell(telling, PyTuple_GET_ITEM(members, i), 0);
	}
	error->children = children;
}

static void tell_node(struct telling *telling, PyObject *exception, struct aw_agent_error *error)
{
	struct parts parts = { .text_count = 0 };
	PyObject *message = message_of(exception, telling->flags);
	const struct aw__py_text *text;

	error->type = type_of(Py_TYPE(exception));
	put_frames(telling, exception, error);
	if (message != NULL) {
		parts.objects[parts.object_count++] = message;
		text = keep_text(&parts, message);
		error->message = text->bytes;
		error->message_length = text->length;
	}
	put_notes(&parts, exception, error);
	put_attributes(&parts, exception, error);
	aw_agent_error(error);
	finish(&parts);
}

/* Returns its id, 0 if the tree is too large. */
static uint64_t tell(struct telling *telling, PyObject *exception, uint64_t id)
{
	PyBaseExceptionObject *base = (PyBaseExceptionObject *)exception;
	struct aw_agent_error error = { .flags = telling->flags };
	uint64_t children[MOST_CHILDREN];
	const struct remembered *before = recall(exception);

	for (unsigned i = 0; i < telling->count; i++)
		if (telling->seen[i].exception == exception)
			return telling->seen[i].id;
	if (telling->count == MOST_NODES)
		return 0;
	if (id == 0)
		id = before != NULL ? before->id : aw_agent_new_id();
	telling->seen[telling->count].exception = exception;
	telling->seen[telling->count++].id = id;
	/* A task's own error was told when it left that task, and its members and causes with it. */
	if (before != NULL && before->id == id && telling->count > 1 &&
	    (telling->flags & AW_ERROR_LOST) == 0)
		return id;
	if (PyObject_TypeCheck(exception, (PyTypeObject *)PyExc_BaseExceptionGroup))
		tell_children(telling, exception, &error, children);
	if (base->cause != NULL)
		error.cause = tell(telling, base->cause, 0);
	if (base->context != NULL)
		error.context = tell(telling, base->context, 0);
	if (base->suppress_context)
		error.flags |= AW_ERROR_SUPPRESS_CONTEXT;
	error.id = id;
	if (before != NULL && before->id == id)
		error.task = before->task;
	else if (telling->task != NULL)
		error.task = telling->task->agent.id;
	tell_node(telling, exception, &error);
	return id;
}

uint64_t aw__py_error(PyObject *exception, const struct aw__py_task *task, uint32_t flags,
		      uint64_t id)
{
	struct telling telling = { .task = task, .flags = flags };

	id = tell(&telling, exception, id);
	if (task != NULL && (flags & AW_ERROR_LOST) == 0)
		remember(exception, id, task->agent.id);
	return id;
}
