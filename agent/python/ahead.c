/* SPDX-License-Identifier: MIT */
/*
 * Finds the locks that a suspended frame releases next, for the detection of deadlocks: the calls of release() that its code reaches without a
 * branch.
 *
 * Reads the instructions after the frame's current one in order, and passes only loads, stores, calls and awaits: a branch, a return, a raise or an
 * unknown instruction ends the search. The program's code does not run.
 */
#include "agent/python/py_frame.h"

#include <opcode.h>
#include <string.h>

#define MOST_INSTRUCTIONS 2048

PyObject *aw__py_plain_attribute(PyObject *object, const char *name)
{
	PyObject *key = PyUnicode_InternFromString(name), *value = NULL, *of_type;

	if (key != NULL && Py_TYPE(object)->tp_getattro == PyObject_GenericGetAttr) {
		of_type = _PyType_Lookup(Py_TYPE(object), key);
		if (of_type == NULL || Py_TYPE(of_type) == &PyMemberDescr_Type)
			value = PyObject_GetAttr(object, key);
	}
	PyErr_Clear();
	Py_XDECREF(key);
	Py_XDECREF(value); /* the object keeps it alive */
	return value;
}

static PyObject *name_at(PyCodeObject *code, unsigned index)
{
	return (Py_ssize_t)index < PyTuple_GET_SIZE(code->co_names)
		       ? PyTuple_GET_ITEM(code->co_names, index)
		       : NULL;
}

static PyObject *variable_at(_PyInterpreterFrame *frame, PyCodeObject *code, unsigned index)
{
	PyObject *value = index < (unsigned)code->co_nlocalsplus
				  ? aw__py_frame_value(frame, (int)index)
				  : NULL;

	return value != NULL && PyCell_Check(value) ? PyCell_GET(value) : value;
}

static PyObject *global_at(_PyInterpreterFrame *frame, PyCodeObject *code, unsigned index)
{
	PyObject *name = name_at(code, index), *value = NULL;

	if (name != NULL && frame->f_globals != NULL && PyDict_CheckExact(frame->f_globals))
		value = PyDict_GetItemWithError(frame->f_globals, name);
	PyErr_Clear();
	return value;
}

static PyObject *attribute_of(PyObject *object, PyObject *name)
{
	const char *text = name != NULL ? PyUnicode_AsUTF8(name) : NULL;
	PyObject *value =
		object != NULL && text != NULL ? aw__py_plain_attribute(object, text) : NULL;

	PyErr_Clear();
	return value;
}

static bool has(PyObject *const *list, unsigned count, const PyObject *lock)
{
	for (unsigned i = 0; i < count; i++)
		if (list[i] == lock)
			return true;
	return false;
}

/* A call of a lock's method. A release() that follows an acquire() of the same lock belongs to that, and does not count. */
static void look_at_call(struct aw__py_ahead *ahead, PyObject *object, PyObject *name)
{
	PyObject *lock = object != NULL ? aw__py_locks_inner(object) : NULL;

	if (lock == NULL || name == NULL || has(ahead->acquired, ahead->acquired_count, lock) ||
	    has(ahead->released, ahead->count, lock))
		return;
	if (PyUnicode_CompareWithASCIIString(name, "release") == 0) {
		if (ahead->count < AW__PY_MOST_AHEAD)
			ahead->released[ahead->count++] = lock;
	} else if (PyUnicode_CompareWithASCIIString(name, "acquire") == 0) {
		if (ahead->acquired_count < AW__PY_MOST_AHEAD)
			ahead->acquired[ahead->acquired_count++] = lock;
		else
			ahead->full = true;
	}
}

/* Instructions that do not branch: the next one follows, or in an await they are repeated, whatever the values are. */
static const bool goes_on[256] = {
	[BINARY_OP] = true,
	[BUILD_LIST] = true,
	[BUILD_MAP] = true,
	[BUILD_SET] = true,
	[BUILD_STRING] = true,
	[BUILD_TUPLE] = true,
	[CACHE] = true,
	[CALL] = true,
	[CALL_FUNCTION_EX] = true,
	[COMPARE_OP] = true,
	[CONTAINS_OP] = true,
	[COPY] = true,
	[DICT_MERGE] = true,
	[DICT_UPDATE] = true,
	[EXTENDED_ARG] = true,
	[GET_AWAITABLE] = true,
	[IS_OP] = true,
	[JUMP_BACKWARD_NO_INTERRUPT] = true,
	[JUMP_FORWARD] = true,
	[LIST_EXTEND] = true,
	[LOAD_CONST] = true,
	[NOP] = true,
	[POP_TOP] = true,
	[PUSH_NULL] = true,
	[RESUME] = true,
	[SEND] = true,
	[STORE_ATTR] = true,
	[STORE_SUBSCR] = true,
	[SWAP] = true,
	[UNARY_INVERT] = true,
	[UNARY_NEGATIVE] = true,
	[UNARY_NOT] = true,
	[UNPACK_SEQUENCE] = true,
	[YIELD_VALUE] = true,
#ifdef BINARY_SUBSCR
	[BINARY_SUBSCR] = true,
#endif
#ifdef BEFORE_ASYNC_WITH
	[BEFORE_ASYNC_WITH] = true,
#endif
#ifdef BUILD_CONST_KEY_MAP
	[BUILD_CONST_KEY_MAP] = true,
#endif
#ifdef CALL_INTRINSIC_1
	[CALL_INTRINSIC_1] = true,
#endif
#ifdef CALL_KW
	[CALL_KW] = true,
#endif
#ifdef CLEANUP_THROW
	[CLEANUP_THROW] = true,
#endif
#ifdef END_SEND
	[END_SEND] = true,
#endif
#ifdef CONVERT_VALUE
	[CONVERT_VALUE] = true,
#endif
#ifdef FORMAT_SIMPLE
	[FORMAT_SIMPLE] = true,
	[FORMAT_WITH_SPEC] = true,
#endif
#ifdef FORMAT_VALUE
	[FORMAT_VALUE] = true,
#endif
#ifdef KW_NAMES
	[KW_NAMES] = true,
#endif
#ifdef LOAD_COMMON_CONSTANT
	[LOAD_COMMON_CONSTANT] = true,
#endif
#ifdef LOAD_SMALL_INT
	[LOAD_SMALL_INT] = true,
#endif
#ifdef LOAD_SPECIAL
	[LOAD_SPECIAL] = true,
#endif
#ifdef LIST_TO_TUPLE
	[LIST_TO_TUPLE] = true,
#endif
#ifdef PRECALL
	[PRECALL] = true,
#endif
#ifdef TO_BOOL
	[TO_BOOL] = true,
#endif
};

/* The code that is read, and the value that the last instruction has put on the stack. */
struct walk {
	_PyInterpreterFrame *frame;
	PyCodeObject *code;
	PyObject *value; /* borrowed; NULL: not known */
};

static void load_attribute(struct walk *walk, struct aw__py_ahead *ahead, unsigned argument)
{
#if PY_VERSION_HEX < 0x030c0000
	walk->value = attribute_of(walk->value, name_at(walk->code, argument));
	(void)ahead;
#else
	PyObject *name = name_at(walk->code, argument >> 1);

	if ((argument & 1) == 0) {
		walk->value = attribute_of(walk->value, name);
		return;
	}
	look_at_call(ahead, walk->value, name);
	walk->value = NULL;
#endif
}

/* False: the search ends here. */
static bool pass(struct walk *walk, struct aw__py_ahead *ahead, unsigned char code,
		 unsigned argument)
{
	switch (code) {
	case CACHE:
	case EXTENDED_ARG:
		return true;
	case LOAD_FAST:
#ifdef LOAD_FAST_BORROW
	case LOAD_FAST_BORROW:
#endif
#ifdef LOAD_FAST_CHECK
	case LOAD_FAST_CHECK:
#endif
	case LOAD_DEREF:
		walk->value = variable_at(walk->frame, walk->code, argument);
		return true;
#ifdef LOAD_FAST_LOAD_FAST
	case LOAD_FAST_LOAD_FAST:
#ifdef LOAD_FAST_BORROW_LOAD_FAST_BORROW
	case LOAD_FAST_BORROW_LOAD_FAST_BORROW:
#endif
		walk->value = variable_at(walk->frame, walk->code, argument & 15);
		return true;
#endif
	case LOAD_GLOBAL:
		walk->value = global_at(walk->frame, walk->code, argument >> 1);
		return true;
	case LOAD_ATTR:
		load_attribute(walk, ahead, argument);
		return true;
#if PY_VERSION_HEX < 0x030c0000
	case LOAD_METHOD:
		look_at_call(ahead, walk->value, name_at(walk->code, argument));
		walk->value = NULL;
		return true;
#endif
	case STORE_FAST: /* it may overwrite a reference to a lock */
		walk->value = variable_at(walk->frame, walk->code, argument);
		if (walk->value != NULL && aw__py_locks_inner(walk->value) != NULL)
			return false;
		walk->value = NULL;
		return true;
	default:
		walk->value = NULL;
		return goes_on[code];
	}
}

void aw__py_look_ahead(struct aw__py_ahead *ahead, _PyInterpreterFrame *frame, int offset)
{
	struct walk walk = { .frame = frame, .code = aw__py_frame_code(frame) };
	PyObject *bytes;
	const unsigned char *units;
	unsigned argument = 0;

	*ahead = (struct aw__py_ahead){ .count = 0 };
	if (walk.code == NULL || offset < 0 || !aw__py_names_release(walk.code))
		return;
	/* as the compiler made it, without the interpreter's specialized instructions */
	bytes = PyCode_GetCode(walk.code);
	units = bytes != NULL ? (const unsigned char *)PyBytes_AS_STRING(bytes) : NULL;
	for (Py_ssize_t at = offset + 2, end = at + 2L * MOST_INSTRUCTIONS;
	     units != NULL && at + 1 < PyBytes_GET_SIZE(bytes) && at < end; at += 2) {
		argument = argument << 8 | units[at + 1];
		if (!pass(&walk, ahead, units[at], argument) || ahead->full)
			break;
		if (units[at] == EXTENDED_ARG)
			continue;
		if (units[at] == JUMP_FORWARD)
			at += 2L * argument;
		argument = 0;
	}
	PyErr_Clear();
	Py_XDECREF(bytes);
}
