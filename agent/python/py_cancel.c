/* SPDX-License-Identifier: MIT */
/* Cancellations of tasks: who asked for one, and why; when it is delivered; whether the task ignored it. */
#include "agent/python/py_cancel.h"

#include <time.h>

static enum aw_agent_cancel_why why_of(enum aw__py_code kind)
{
	switch (kind) {
	case AW__PY_TIMEOUT:
	case AW__PY_SCOPES:
		return AW_CANCEL_TIMEOUT;
	case AW__PY_GROUP:
		return AW_CANCEL_GROUP;
	case AW__PY_SHUTDOWN:
		return AW_CANCEL_SHUTDOWN;
	case AW__PY_SIGNAL:
		return AW_CANCEL_SIGNAL;
	default:
		return AW_CANCEL_ASKED;
	}
}

static void tell_cancel(struct aw__py_task *task, PyObject *message)
{
	const struct aw__py_task *by = aw__py_current_task();
	struct aw_agent_cancel cancel = { .why = AW_CANCEL_ASKED };
	struct aw__py_text text = { NULL, 0, NULL };
	enum aw__py_code kind;

	cancel.by = by != NULL && by->told ? &by->agent : NULL;
	cancel.stack = aw__py_stack(cancel.by != NULL ? cancel.by->stack : AW_NONE, &kind);
	cancel.why = why_of(kind);
	if (message != NULL && PyUnicode_Check(message)) {
		text = aw__py_text(message);
		cancel.message = text.bytes;
		cancel.message_length = text.length;
	}
	aw_agent_cancel_asked(&task->agent, &cancel);
	aw__py_text_finish(&text);
}

PyObject *aw__py_cancel(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
	struct aw__py_task *task = aw__py_task_of(self);

	if (aw__py_is_watched(self) && !task->done)
		tell_cancel(task, count > 0 ? args[0] : NULL);
	return aw__py_old.cancel(self, args, count, names);
}

PyObject *aw__py_uncancel(PyObject *self, PyObject *nothing)
{
	PyObject *result = aw__py_old.uncancel(self, nothing);
	struct aw__py_task *task = aw__py_task_of(self);

	if (result != NULL && aw__py_is_watched(self) && PyLong_AsLong(result) == 0) {
		task->cancelled = task->went_on = false;
		aw_agent_cancel_taken_back(&task->agent);
	}
	return result;
}

void aw__py_cancel_deliver(PyObject *self, struct aw__py_task *task, PyObject *future)
{
	if (task->agent.cancel_why != AW_CANCEL_ASKED &&
	    task->agent.cancel_why != AW_CANCEL_SHUTDOWN)
		return;
	if ((future != NULL && PyObject_TypeCheck(future, aw__py.future) &&
	     aw__py_state_of(future) == AW__PY_CANCELLED) ||
	    aw__py_is_true(self, "_must_cancel")) {
		task->cancelled = true;
		aw_agent_cancel_delivered(&task->agent);
	}
}

#define SHUTDOWN_NS UINT64_C(1000000000)

bool aw__py_cancel_is_swallowed(const struct aw__py_task *task)
{
	struct timespec now;

	if (!task->cancelled || !task->went_on)
		return false;
	if (task->agent.cancel_why != AW_CANCEL_SHUTDOWN)
		return true;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec >=
	       task->agent.cancel_ns + SHUTDOWN_NS;
}
