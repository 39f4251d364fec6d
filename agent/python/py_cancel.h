/* SPDX-License-Identifier: MIT */
/* What py_tasks.c and swap.c need of py_cancel.c. */
#ifndef AW__PYTHON_CANCEL_H
#define AW__PYTHON_CANCEL_H

#include "agent/python/adapter.h"

/* ---- hooks ---- */

PyObject *aw__py_cancel(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names);
PyObject *aw__py_uncancel(PyObject *self, PyObject *nothing);

/* ---- around a task's steps ---- */

void aw__py_cancel_deliver(PyObject *self, struct aw__py_task *task, PyObject *future);
/**
 * Call before a step: notes whether it raises the CancelledError that the program asked for, since the future that the task waited for was
 * cancelled, or was done already. A cancellation by a timeout or a group ends in its scope, and is not noted.
 */
static inline void aw__py_cancel_before_step(PyObject *self, struct aw__py_task *task,
					     PyObject *future)
{
	if (__builtin_expect(task->agent.cancel_stack != AW_NONE && !task->cancelled, 0))
		aw__py_cancel_deliver(self, task, future);
}

/**
 * Whether a task that returned a result has ignored its cancellation. A task that waits no more once it is cancelled has ended, as was asked. At the
 * end of asyncio.run() it may tidy up for a second; if that takes longer, it keeps the program from ending.
 */
bool aw__py_cancel_is_swallowed(const struct aw__py_task *task);

#endif
