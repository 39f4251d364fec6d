/* SPDX-License-Identifier: MIT */
/*
 * Records exceptions: types, messages, notes, attributes, tracebacks, and the tree that they form.
 *
 * An error is recorded when it leaves its task, and again when it is lost. The program's code runs in one case only: __str__() of a lost error that
 * asyncio itself is about to log, since asyncio then calls it, too. Otherwise a message that needs the program's code is left out. Attributes are
 * described without running code (describe.c).
 */
#include "agent/python/adapter.h"

#include <stdlib.h>
#include <string.h>

#define MOST_NODES	200
#define MOST_CHILDREN	64
#define MOST_FRAMES	64
#define MOST_NOTES	16
#define MOST_ATTRIBUTES 12
#define REMEMBERED	1024u

/*
 * Errors that were recorded when a task failed, by their object: so the members of a group are known as the tasks' own errors, and a tree that is
 * recorded again has the same ids. No reference is kept: an entry is of the same exception if type, arguments and traceback are still the same.
 */
static struct remembered {
	PyObject *exception;
	PyObject *args, *traceback;
	PyTypeObject *type;
	uint64_t id, task;
} remembered[REMEMBERED];

/* An exception of a tree. A reference is held, since __str__() of one may drop another. */
struct node {
	PyObject *exception;
	uint64_t id;
	uint32_t from; /* the node that led here */
	uint32_t next; /* which of its relatives is looked at next */
};

/* On the heap: a thread of the program may have a small stack. */
struct telling {
	const struct aw__py_task *task;
	uint32_t flags;
	bool asks; /* the program's __str__() may run */
	uint32_t count, told_count;
	struct node nodes[MOST_NODES];
	uint32_t told[MOST_NODES]; /* the nodes to record: each after its relatives */
};

static struct remembered *place_of(PyObject *exception)
{
	return &remembered[((uintptr_t)exception >> 5) * UINT64_C(0x9e3779b97f4a7c15) >> 54];
}

static void remember(PyObject *exception, uint64_t id, uint64_t task)
{
	const PyBaseExceptionObject *base = (PyBaseExceptionObject *)exception;

	*place_of(exception) = (struct remembered){
		exception, base->args, base->traceback, Py_TYPE(exception), id, task,
	};
}

/* NULL: no task is known that failed with it. */
static const struct remembered *find_remembered(PyObject *exception)
{
	const PyBaseExceptionObject *base = (PyBaseExceptionObject *)exception;
	const struct remembered *known = place_of(exception);

	return known->exception == exception && known->args == base->args &&
			       known->traceback == base->traceback &&
			       known->type == Py_TYPE(exception)
		       ? known
		       : NULL;
}

/* ---- parts ---- */

/* The module of a class, which is shown in front of its name. Borrowed; NULL: tp_name has the module. */
static PyObject *module_of(PyTypeObject *type)
{
	return (type->tp_flags & Py_TPFLAGS_HEAPTYPE) != 0 && type->tp_dict != NULL
		       ? PyDict_GetItemString(type->tp_dict, "__module__")
		       : NULL;
}

/* Whether it is websockets' exception for a connection that both sides closed in order. */
static bool is_clean_close(PyTypeObject *type)
{
	PyObject *module = module_of(type), *name;

	if (module == NULL || !PyUnicode_Check(module))
		return false;
	name = ((PyHeapTypeObject *)type)->ht_qualname;
	return PyUnicode_CompareWithASCIIString(module, "websockets.exceptions") == 0 &&
	       PyUnicode_CompareWithASCIIString(name, "ConnectionClosedOK") == 0;
}

bool aw__py_error_is_an_end(PyObject *exception)
{
	if (PyObject_TypeCheck(exception, (PyTypeObject *)PyExc_KeyboardInterrupt) ||
	    PyObject_TypeCheck(exception, (PyTypeObject *)PyExc_SystemExit))
		return true;
	for (PyTypeObject *type = Py_TYPE(exception); type != NULL; type = type->tp_base)
		if (is_clean_close(type))
			return true;
	return false;
}

/* Attributes of the class are not asked for, since its metaclass may be the program's. */
static aw_intern type_of(PyTypeObject *type)
{
	const bool is_class = (type->tp_flags & Py_TPFLAGS_HEAPTYPE) != 0;
	aw_intern base = AW_NONE;
	struct aw__py_text module, name;
	char full[512];

	if (type->tp_base != NULL && type->tp_base != &PyBaseObject_Type)
		base = type_of(type->tp_base);
	if (!is_class)
		return aw_agent_type(type->tp_name, base);
	module = aw__py_text(module_of(type));
	name = aw__py_text(((PyHeapTypeObject *)type)->ht_qualname);
	if (strcmp(module.bytes, "builtins") == 0 || strcmp(module.bytes, "__main__") == 0)
		snprintf(full, sizeof(full), "%s", name.bytes);
	else
		snprintf(full, sizeof(full), "%.255s.%.255s", module.bytes, name.bytes);
	aw__py_text_finish(&module);
	aw__py_text_finish(&name);
	return aw_agent_type(full, base);
}

/* A message that shows the repr() of its arguments is not made of long ones: that takes time, and most of it would be cut. */
static bool has_long_args(PyObject *exception, bool is_key)
{
	PyObject *args = ((PyBaseExceptionObject *)exception)->args;
	const Py_ssize_t count = args != NULL ? PyTuple_GET_SIZE(args) : 0;

	for (Py_ssize_t i = 0; (count > 1 || is_key) && i < count; i++)
		if (aw__py_is_long(PyTuple_GET_ITEM(args, i)))
			return true;
	return false;
}

static bool makes_message_as(PyObject *exception, PyObject *type)
{
	return Py_TYPE(exception)->tp_str == ((PyTypeObject *)type)->tp_str;
}

/* Whether its str() is one of the interpreter's, and the fields that this shows are short and of plain types. */
static bool has_plain_fields(PyObject *exception, bool may_be_long)
{
	const PyOSErrorObject *os = (PyOSErrorObject *)exception;
	const PyUnicodeErrorObject *text = (PyUnicodeErrorObject *)exception;
	const PySyntaxErrorObject *syntax = (PySyntaxErrorObject *)exception;

	if (makes_message_as(exception, PyExc_BaseException))
		return may_be_long || !has_long_args(exception, false);
	if (makes_message_as(exception, PyExc_KeyError))
		return may_be_long || !has_long_args(exception, true);
	if (makes_message_as(exception, PyExc_OSError))
		return aw__py_is_plain(os->myerrno) && aw__py_is_plain(os->strerror) &&
		       aw__py_is_plain(os->filename) && aw__py_is_plain(os->filename2);
	if (makes_message_as(exception, PyExc_ImportError))
		return aw__py_is_plain(((PyImportErrorObject *)exception)->msg);
	if (makes_message_as(exception, PyExc_SyntaxError))
		return aw__py_is_plain(syntax->msg) && aw__py_is_plain(syntax->filename);
	return (makes_message_as(exception, PyExc_UnicodeDecodeError) ||
		makes_message_as(exception, PyExc_UnicodeEncodeError)) &&
	       aw__py_is_plain(text->encoding) && aw__py_is_plain(text->reason) &&
	       aw__py_is_plain(text->object);
}

/* Whether its str() runs only the interpreter's code, and does not warn: under -b it warns about bytes. */
static bool is_harmless(PyObject *exception, bool may_be_long)
{
	PyObject *args = ((PyBaseExceptionObject *)exception)->args;

	if (!aw__py_are_plain(args))
		return false;
	if (args != NULL && PyTuple_GET_SIZE(args) == 1 && PyBytes_Check(PyTuple_GET_ITEM(args, 0)))
		return false;
	return has_plain_fields(exception, may_be_long);
}

/* An error that str() raises is cleared. New reference; NULL: the message is left out. */
static PyObject *message_of(PyObject *exception, const struct telling *telling)
{
	const bool lost = (telling->flags & AW_ERROR_LOST) != 0;
	PyObject *message;

	if (PyObject_TypeCheck(exception, (PyTypeObject *)PyExc_BaseExceptionGroup))
		return Py_XNewRef(((PyBaseExceptionGroupObject *)exception)->msg);
	if (!telling->asks && !is_harmless(exception, lost))
		return lost ? PyUnicode_FromString("<its __str__() was not called>") : NULL;
	message = PyObject_Str(exception);
	if (message == NULL) {
		PyErr_Clear();
		return PyUnicode_FromString("<exception str() failed>");
	}
	return message;
}

const PyTracebackObject *aw__py_traceback_of(PyObject *exception)
{
	PyObject *traceback = ((PyBaseExceptionObject *)exception)->traceback;

	return traceback != NULL && PyTraceBack_Check(traceback) ? (PyTracebackObject *)traceback
								 : NULL;
}

/* The traceback's frames, innermost first. */
static void put_frames(const struct telling *telling, PyObject *exception,
		       struct aw_agent_error *error)
{
	aw_intern places[MOST_FRAMES];
	unsigned count = 0;
	const PyTracebackObject *at = aw__py_traceback_of(exception);

	/* The last frame is where it was raised: the first ones of a longer traceback are left out. */
	for (; at != NULL && at->tb_frame != NULL; at = at->tb_next) {
		PyCodeObject *code = PyFrame_GetCode(at->tb_frame);

		memmove(places + 1, places, (MOST_FRAMES - 1) * sizeof(*places));
		places[0] = aw__py_place(code, at->tb_lasti);
		count += count < MOST_FRAMES;
		Py_DECREF(code);
	}
	if (count == 0)
		return;
	error->site = places[0];
	error->stack = aw_agent_stack_of(
		places, count, telling->task != NULL ? telling->task->agent.stack : AW_NONE);
}

/* The objects that put_notes() and put_attributes() point to, until the error is recorded. */
struct parts {
	struct aw__py_text texts[MOST_NOTES + 2 * MOST_ATTRIBUTES + 1];
	PyObject *objects[MOST_NOTES + 2 * MOST_ATTRIBUTES + 2];
	unsigned text_count, object_count;
	const char *notes[MOST_NOTES];
	struct aw_agent_attribute attributes[MOST_ATTRIBUTES];
};

/* Keeps a reference to the string, since a __repr__() may drop it. */
static const struct aw__py_text *keep_text(struct parts *parts, PyObject *str)
{
	struct aw__py_text *text = &parts->texts[parts->text_count++];

	*text = aw__py_text(str);
	if (text->owner == NULL)
		text->owner = Py_NewRef(str);
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

static void put_attribute(struct parts *parts, struct aw_agent_error *error, PyObject *name,
			  const char *key, PyObject *value)
{
	const struct aw__py_text *text;
	PyObject *shown;

	if (value == NULL || error->attribute_count == MOST_ATTRIBUTES ||
	    ((error->flags & AW_ERROR_LOST) == 0 && !aw__py_is_plain(value)))
		return;
	shown = aw__py_describe(value);
	if (shown == NULL) {
		PyErr_Clear();
		return;
	}
	parts->objects[parts->object_count++] = shown;
	if (name != NULL)
		key = keep_text(parts, name)->bytes;
	text = keep_text(parts, shown);
	parts->attributes[error->attribute_count++] =
		(struct aw_agent_attribute){ key, text->bytes, text->length };
}

static void put_os_attribute(struct parts *parts, struct aw_agent_error *error, const char *key,
			     PyObject *value)
{
	if (value != Py_None)
		put_attribute(parts, error, NULL, key, value);
}

static void put_attributes(struct parts *parts, PyObject *exception, struct aw_agent_error *error)
{
	PyObject *dict = ((PyBaseExceptionObject *)exception)->dict, *key, *value;
	Py_ssize_t at = 0;

	/* An allocation may start the garbage collector, and so code that changes the dictionary. */
	if (dict != NULL && (error->flags & AW_ERROR_LOST) != 0) {
		dict = PyDict_Copy(dict);
		if (dict == NULL)
			PyErr_Clear();
		else
			parts->objects[parts->object_count++] = dict;
	}
	if (PyObject_TypeCheck(exception, (PyTypeObject *)PyExc_OSError)) {
		const PyOSErrorObject *os = (PyOSErrorObject *)exception;

		put_os_attribute(parts, error, "errno", os->myerrno);
		put_os_attribute(parts, error, "strerror", os->strerror);
		put_os_attribute(parts, error, "filename", os->filename);
	}
	while (dict != NULL && error->attribute_count < MOST_ATTRIBUTES &&
	       PyDict_Next(dict, &at, &key, &value)) {
		if (!PyUnicode_Check(key) ||
		    PyUnicode_CompareWithASCIIString(key, "__notes__") == 0)
			continue;
		put_attribute(parts, error, key, NULL, value);
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

/* The relatives of an exception by number: the members of a group, then these. */
enum { CAUSE = MOST_CHILDREN, CONTEXT, RELATIVES };

static bool is_group(PyObject *exception)
{
	return PyObject_TypeCheck(exception, (PyTypeObject *)PyExc_BaseExceptionGroup);
}

/* Borrowed; NULL: there is none of that number. */
static PyObject *relative(PyObject *exception, uint32_t number)
{
	PyObject *members;

	if (number == CAUSE)
		return ((PyBaseExceptionObject *)exception)->cause;
	if (number == CONTEXT)
		return ((PyBaseExceptionObject *)exception)->context;
	members = ((PyBaseExceptionGroupObject *)exception)->excs;
	return members != NULL && (Py_ssize_t)number < PyTuple_GET_SIZE(members)
		       ? PyTuple_GET_ITEM(members, number)
		       : NULL;
}

/* 0: it is NULL, or not in the tree. */
static uint64_t id_of(const struct telling *telling, PyObject *exception)
{
	for (uint32_t i = 0; exception != NULL && i < telling->count; i++)
		if (telling->nodes[i].exception == exception)
			return telling->nodes[i].id;
	return 0;
}

/* `id` 0: the id that it has, or a new one. Returns whether it is to be recorded, too. */
static bool add(struct telling *telling, PyObject *exception, uint32_t from, uint64_t id)
{
	const struct remembered *before = find_remembered(exception);

	if (telling->count == MOST_NODES)
		return false;
	if (id == 0)
		id = before != NULL ? before->id : aw_agent_new_id();
	telling->nodes[telling->count++] =
		(struct node){ Py_NewRef(exception), id, from, is_group(exception) ? 0 : CAUSE };
	/* An exception that was recorded for a task before was recorded with its members and causes. */
	return telling->count == 1 || before == NULL || before->id != id ||
	       (telling->flags & AW_ERROR_LOST) != 0;
}

/* Visit the whole tree, depth first; the program's code does not run. */
static void collect(struct telling *telling, PyObject *exception, uint64_t id)
{
	uint32_t at = 0;

	add(telling, exception, 0, id);
	for (;;) {
		struct node *node = &telling->nodes[at];
		PyObject *other;

		if (node->next == RELATIVES) {
			telling->told[telling->told_count++] = at;
			if (at == 0)
				return;
			at = node->from;
			continue;
		}
		other = relative(node->exception, node->next);
		/* there are no members behind the last one */
		node->next = other != NULL || node->next >= CAUSE ? node->next + 1 : CAUSE;
		if (other != NULL && id_of(telling, other) == 0 && add(telling, other, at, 0))
			at = telling->count - 1;
	}
}

static void put_relatives(const struct telling *telling, PyObject *exception,
			  struct aw_agent_error *error, uint64_t children[MOST_CHILDREN])
{
	const PyBaseExceptionObject *base = (PyBaseExceptionObject *)exception;
	PyObject *other;

	error->cause = id_of(telling, base->cause);
	error->context = id_of(telling, base->context);
	if (base->suppress_context)
		error->flags |= AW_ERROR_SUPPRESS_CONTEXT;
	if (!is_group(exception))
		return;
	error->flags |= AW_ERROR_IS_GROUP;
	while (error->child_count < MOST_CHILDREN &&
	       (other = relative(exception, error->child_count)) != NULL)
		children[error->child_count++] = id_of(telling, other);
	if (error->child_count == MOST_CHILDREN &&
	    PyTuple_GET_SIZE(((PyBaseExceptionGroupObject *)exception)->excs) > MOST_CHILDREN)
		error->flags |= AW_ERROR_CUT;
	error->children = children;
}

static void tell(const struct telling *telling, const struct node *node)
{
	PyObject *exception = node->exception;
	const struct remembered *before = find_remembered(exception);
	struct aw_agent_error error = { .id = node->id, .flags = telling->flags };
	uint64_t children[MOST_CHILDREN];
	struct parts parts = { .text_count = 0 };
	PyObject *message;
	const struct aw__py_text *text;

	if (before != NULL && before->id == node->id)
		error.task = before->task;
	else if (telling->task != NULL)
		error.task = telling->task->agent.id;
	put_relatives(telling, exception, &error, children);
	message = message_of(exception, telling);
	error.type = type_of(Py_TYPE(exception));
	put_frames(telling, exception, &error);
	if (message != NULL) {
		parts.objects[parts.object_count++] = message;
		text = keep_text(&parts, message);
		error.message = text->bytes;
		error.message_length = text->length;
	}
	put_notes(&parts, exception, &error);
	put_attributes(&parts, exception, &error);
	aw_agent_error(&error);
	finish(&parts);
}

static void release(struct telling *telling)
{
	while (telling->count > 0)
		Py_DECREF(telling->nodes[--telling->count].exception);
	free(telling);
}

uint64_t aw__py_error(PyObject *exception, const struct aw__py_task *task, uint32_t flags,
		      uint64_t id)
{
	struct telling *telling = malloc(sizeof(*telling));

	if (telling == NULL)
		return id;
	telling->task = task;
	telling->flags = flags & ~AW__PY_ASKS;
	telling->asks = (flags & AW__PY_ASKS) != 0;
	telling->count = telling->told_count = 0;
	collect(telling, exception, id);
	id = telling->nodes[0].id;
	for (uint32_t i = 0; i < telling->told_count; i++) {
		const struct node *node = &telling->nodes[telling->told[i]];

		tell(telling, node);
		if (task != NULL && (flags & AW_ERROR_LOST) == 0)
			remember(node->exception, node->id, task->agent.id);
	}
	release(telling);
	return id;
}

static bool has_relatives(PyObject *exception)
{
	const PyBaseExceptionObject *base = (PyBaseExceptionObject *)exception;

	return base->cause != NULL || base->context != NULL || is_group(exception);
}

static void forget(PyObject *exception, Py_ssize_t references)
{
	struct remembered *known = place_of(exception);

	if (known->exception == exception && Py_REFCNT(exception) == references)
		known->exception = NULL;
}

void aw__py_error_forget(PyObject *exception)
{
	struct telling *telling;

	if (Py_REFCNT(exception) != 1)
		return;
	forget(exception, 1);
	telling = has_relatives(exception) ? malloc(sizeof(*telling)) : NULL;
	if (telling == NULL)
		return;
	telling->flags = AW_ERROR_LOST; /* all of the tree */
	telling->count = telling->told_count = 0;
	collect(telling, exception, 0);
	for (uint32_t i = 1; i < telling->count; i++)
		forget(telling->nodes[i].exception, 2);
	release(telling);
}
