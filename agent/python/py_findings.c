/* SPDX-License-Identifier: MIT */
/*
 * Records what CPython itself reports: coroutines that were never awaited, and errors that reach a loop's exception handler.
 */
#include "agent/python/adapter.h"
#include "agent/python/jobs.h"

#include <string.h>

#define LOG_ERROR 40 /* logging.ERROR */

/* Its origin is known only if CPython tracked it; otherwise the current stack is recorded, since it is dropped here. */
static void tell_dropped(PyObject *coroutine)
{
	const struct aw__py_task *task = aw__py_current_task();
	const struct aw_agent_task *by = task != NULL && task->told ? &task->agent : NULL;
	const aw_intern link = by != NULL ? by->stack : AW_NONE;
	struct aw_agent_coroutine dropped = { .id = aw_agent_new_id() };

	dropped.function = aw__py_place_of_coroutine(coroutine);
	dropped.stack = aw__py_origin_of(coroutine, link);
	if (dropped.stack == AW_NONE) {
		dropped.stack = aw__py_stack(link, NULL);
		dropped.where_dropped = true;
		aw__py_origin_missed();
	}
	if (dropped.stack == AW_STACK_NONE)
		dropped.stack = AW_NONE;
	aw_agent_coroutine_dropped(&dropped, by);
}

PyObject *aw__py_unawaited(PyObject *before, PyObject *coroutine)
{
	PyObject *type, *value, *traceback;

	if (aw__py_on() && PyCoro_CheckExact(coroutine)) {
		PyErr_Fetch(&type, &value, &traceback);
		tell_dropped(coroutine);
		PyErr_Restore(type, value, traceback);
	}
	return PyObject_CallOneArg(before, coroutine);
}

/* The task that a message of the loop names, if the error is the task's own: such a message comes from the end of asyncio.run(). */
static PyObject *failed_task(PyObject *context, PyObject *exception)
{
	PyObject *task = PyDict_GetItemString(context, "task");
	const struct aw__py_task *own;

	if (task == NULL || !PyObject_TypeCheck(task, aw__py.task) ||
	    aw__py_object_at(task, aw__py.exception) != exception)
		return NULL;
	own = aw__py_task_of(task);
	return own != NULL && own->told && own->error != 0 && !own->retrieved ? task : NULL;
}

/* asyncio's own loops keep it in an attribute; others only have a method that returns it. */
static bool has_handler(PyObject *loop)
{
	PyObject *handler = PyObject_GetAttrString(loop, "_exception_handler");
	bool has;

	if (handler == NULL) {
		PyErr_Clear();
		handler = PyObject_CallMethod(loop, "get_exception_handler", NULL);
	}
	has = handler != NULL && handler != Py_None;
	PyErr_Clear();
	Py_XDECREF(handler);
	return has;
}

/* Whether the loop's default_exception_handler() is asyncio's own, or compiled, and not the program's. */
static bool has_own_default(PyObject *loop)
{
	PyObject *name = PyUnicode_InternFromString("default_exception_handler"), *module;
	PyObject *function = name != NULL ? _PyType_Lookup(Py_TYPE(loop), name) : NULL;

	Py_XDECREF(name);
	if (function == NULL || !PyFunction_Check(function))
		return function != NULL;
	module = PyDict_GetItemString(PyFunction_GET_GLOBALS(function), "__name__");
	return module != NULL && PyUnicode_Check(module) &&
	       PyUnicode_CompareWithASCIIString(module, "asyncio.base_events") == 0;
}

/* Whether asyncio's logger logs errors; the logger asks itself the same before it formats an error. */
static bool is_logger_on(void)
{
	PyObject *module = PyDict_GetItemString(PyImport_GetModuleDict(), "asyncio.log");
	PyObject *logger = module != NULL ? PyObject_GetAttrString(module, "logger") : NULL;
	PyObject *on =
		logger != NULL ? PyObject_CallMethod(logger, "isEnabledFor", "i", LOG_ERROR) : NULL;
	const bool is = on == Py_True;

	PyErr_Clear();
	Py_XDECREF(on);
	Py_XDECREF(logger);
	return is;
}

bool aw__py_loop_logs(PyObject *loop)
{
	return loop != NULL && !has_handler(loop) && has_own_default(loop) && is_logger_on();
}

static uint32_t lost_flags(PyObject *loop)
{
	return AW_ERROR_LOST | (aw__py_loop_logs(loop) ? AW__PY_ASKS : 0);
}

/* Record what failed: a task, the callback of a handle, or what the message says. */
static void tell_unhandled(PyObject *loop, PyObject *context, PyObject *exception,
			   const char *message)
{
	PyObject *handle = PyDict_GetItemString(context, "handle");
	PyObject *callback = handle != NULL ? PyObject_GetAttrString(handle, "_callback") : NULL;
	PyObject *name = callback != NULL ? PyObject_GetAttrString(callback, "__qualname__") : NULL;
	PyObject *task = failed_task(context, exception);
	const struct aw__py_task *own = task != NULL ? aw__py_task_of(task) : NULL;
	struct aw__py_text text;
	uint64_t error;

	PyErr_Clear();
	text = aw__py_text(name);
	error = aw__py_error(exception, own, lost_flags(loop), own != NULL ? own->error : 0);
	aw_agent_error_unhandled(own != NULL ? &own->agent : NULL, name != NULL ? text.bytes : NULL,
				 message, error);
	aw__py_text_finish(&text);
	Py_XDECREF(name);
	Py_XDECREF(callback);
}

/* A task's error is recorded when the task is finalised, whether or not the loop reports it. */
static bool is_task(PyObject *future)
{
	return future != NULL && PyObject_TypeCheck(future, aw__py.task);
}

/* Record the lost error of a plain future, or of a gather as a whole. */
static void tell_lost(PyObject *loop, PyObject *exception)
{
	struct aw_agent_task nobody = { .id = 0 };
	uint64_t error;

	aw__py_jobs_end_failed(exception);
	error = aw__py_error(exception, NULL, lost_flags(loop), 0);
	if (!aw__py_job_lost(error))
		aw_agent_error_lost(&nobody, error);
}

static void look_at(PyObject *loop, PyObject *context)
{
	PyObject *exception = PyDict_GetItemString(context, "exception");
	PyObject *message = PyDict_GetItemString(context, "message");
	struct aw__py_text text;

	if (exception == NULL || !PyExceptionInstance_Check(exception) || message == NULL)
		return;
	text = aw__py_text(message);
	if (strstr(text.bytes, "exception was never retrieved") == NULL) {
		PyObject *task = failed_task(context, exception);

		if (!has_handler(loop)) /* else the program handles it */
			tell_unhandled(loop, context, exception, text.bytes);
		if (task != NULL)
			aw__py_retrieved(task, NULL);
	} else if (!is_task(PyDict_GetItemString(context, "future"))) {
		tell_lost(loop, exception);
	}
	aw__py_text_finish(&text);
}

PyObject *aw__py_exception_handler(PyObject *before, PyObject *args, PyObject *names)
{
	PyObject *context = PyTuple_GET_SIZE(args) == 2 ? PyTuple_GET_ITEM(args, 1) : NULL;
	PyObject *type, *value, *traceback;

	if (context == NULL && names != NULL)
		context = PyDict_GetItemString(names, "context");
	if (context != NULL && PyTuple_GET_SIZE(args) > 0 && PyDict_Check(context) && aw__py_on()) {
		PyErr_Fetch(&type, &value, &traceback);
		look_at(PyTuple_GET_ITEM(args, 0), context);
		PyErr_Restore(type, value, traceback);
	}
	return PyObject_Call(before, args, names);
}
