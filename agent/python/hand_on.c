/* SPDX-License-Identifier: MIT */
/*
 * Finds lost errors of tasks that other threads started by asyncio.run_coroutine_threadsafe(): asyncio gives such an error to the future of
 * concurrent.futures that the thread got, which does not warn if nobody reads it.
 *
 * That future refers to its task, by the callback that would cancel the task. So if the task is freed before its loop polls again, the future was
 * freed as soon as it had the error, and the error is lost: unless a callback was called with it, a thread waited for it, or it was raised.
 * Somebody who keeps the future may read the error later, which is not seen: then nothing is reported.
 */
#include "agent/python/adapter.h"

/* Whether it has more callbacks than asyncio's own. True if they cannot be read. */
static bool has_callbacks(PyObject *future)
{
	PyObject *callbacks = PyObject_GetAttrString(future, "_done_callbacks");
	const bool has = callbacks == NULL || PyObject_Size(callbacks) != 1;

	PyErr_Clear();
	Py_XDECREF(callbacks);
	return has;
}

static bool is_waited_for(PyObject *future)
{
	PyObject *condition = PyObject_GetAttrString(future, "_condition");
	PyObject *threads =
		condition != NULL ? PyObject_GetAttrString(condition, "_waiters") : NULL;
	PyObject *sets = PyObject_GetAttrString(future, "_waiters");
	const bool is = threads == NULL || sets == NULL || PyObject_Size(threads) != 0 ||
			PyObject_Size(sets) != 0;

	PyErr_Clear();
	Py_XDECREF(sets);
	Py_XDECREF(threads);
	Py_XDECREF(condition);
	return is;
}

static PyObject *traceback_of(PyObject *exception)
{
	return ((PyBaseExceptionObject *)exception)->traceback;
}

bool aw__py_hand_on(PyObject *self, struct aw__py_task *task)
{
	struct aw__py_task **head = aw__py_loop_handed();
	PyObject *future = head != NULL ? aw__py_handed_to() : NULL;

	if (future == NULL || task->waits_in != NULL ||
	    Py_TYPE(self)->tp_finalize != aw__py_finalize || has_callbacks(future) ||
	    is_waited_for(future))
		return false;
	task->handed.traceback = traceback_of(aw__py_object_at(self, aw__py.exception));
	task->handed.head = head;
	aw__py_waits_enter(task, head);
	return true;
}

void aw__py_hand_on_settle(struct aw__py_task **head)
{
	while (*head != NULL) {
		struct aw__py_task *task = *head;

		aw__py_waits_leave(task);
		aw__py_retrieved(aw__py_object_of(task), NULL);
	}
}

bool aw__py_hand_on_failed(PyObject *self, const struct aw__py_task *task)
{
	PyObject *exception = aw__py_object_at(self, aw__py.exception);

	/* if it is freed on another thread, that thread had the future */
	return task->done && task->waits_in != NULL && exception != NULL &&
	       task->handed.head == aw__py_loop_handed() &&
	       task->handed.traceback == traceback_of(exception);
}
