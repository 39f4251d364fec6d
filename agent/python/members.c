/* SPDX-License-Identifier: MIT */
/*
 * Members: tasks for which another task waits together, in gather(), wait() or a group.
 *
 * Pending members are recorded with the wait of that task, so that deadlocks through them are found. The error of a member that fails while others
 * still run is not held, since the waiting task gets it.
 *
 * When a task is done, its callbacks are in the ready queue of its loop. uvloop does not show that queue: there a task's first callback, as a rule
 * its only one, is read before each step. A gather hands its members' errors on. The task in wait() has a list of its members, which keeps none of
 * them alive: when the task resumes, it answers for their errors.
 */
#include "agent/python/adapter.h"

#include <string.h>

#define MOST_CALLBACKS 16 /* looked at for a task that failed */
#define MOST_MEMBERS   64 /* of one wait: a wait for more is not recorded */

/* The task that awaits a future in wait(). Borrowed; NULL: none that is known. */
static struct aw__py_task *task_that_awaits(PyObject *future)
{
	PyObject *callbacks = PyObject_GetAttrString(future, "_callbacks");
	PyObject *first =
		callbacks != NULL && PyList_Check(callbacks) && PyList_GET_SIZE(callbacks) == 1
			? PyList_GET_ITEM(callbacks, 0)
			: NULL;
	PyObject *callback = first != NULL && PyTuple_Check(first) && PyTuple_GET_SIZE(first) > 0
				     ? PyTuple_GET_ITEM(first, 0)
				     : NULL;
	PyObject *task = callback != NULL && PyCFunction_Check(callback) &&
					 ((PyCFunctionObject *)callback)->m_ml == aw__py.wakeup
				 ? PyCFunction_GET_SELF(callback)
				 : NULL;
	struct aw__py_task *found = NULL;

	/* Objects of another type may be freed without aw__py_finalize(). */
	if (task != NULL && PyObject_TypeCheck(task, aw__py.task) &&
	    Py_TYPE(task)->tp_finalize == aw__py_finalize)
		found = aw__py_task_of(task);
	PyErr_Clear();
	Py_XDECREF(callbacks); /* the future keeps the callback alive, which keeps its task alive */
	return found != NULL && found->told ? found : NULL;
}

/* gather() lists a task as often as it was passed: the second time the task is a member already. */
static void enter(struct aw__py_task *member, struct aw__py_task *task, PyObject *future)
{
	if (member->member_in != NULL)
		return;
	member->member_next = task->members;
	member->member_in = &task->members;
	if (task->members != NULL)
		task->members->member_in = &member->member_next;
	task->members = member;
	aw_agent_task_scoped(&member->agent, (uint64_t)(uintptr_t)future >> 4);
}

static void join(PyObject *self, struct aw__py_task *member, PyObject *future)
{
	struct aw__py_task *task = task_that_awaits(future);

	if (task != NULL && Py_TYPE(self)->tp_finalize == aw__py_finalize)
		enter(member, task, future);
}

/* The future as a task that can become a member, and is not one yet. NULL: it is no such task. */
static struct aw__py_task *free_task(PyObject *future)
{
	struct aw__py_task *task = PyObject_TypeCheck(future, aw__py.task) &&
						   Py_TYPE(future)->tp_finalize == aw__py_finalize
					   ? aw__py_task_of(future)
					   : NULL;

	return task != NULL && task->told && task->member_in == NULL ? task : NULL;
}

/* Collect the pending tasks among futures. Returns how many; -1: something pending cannot be a member, or there are too many. */
static int pending_tasks(PyObject *futures, struct aw__py_task *ret_tasks[MOST_MEMBERS])
{
	PyObject *iterator = PyObject_GetIter(futures), *future;
	int count = 0;

	while (iterator != NULL && count >= 0 && (future = PyIter_Next(iterator)) != NULL) {
		const bool pending = !PyObject_TypeCheck(future, aw__py.future) ||
				     aw__py_state_of(future) == AW__PY_PENDING;
		struct aw__py_task *task = pending ? free_task(future) : NULL;

		if (task != NULL && count < MOST_MEMBERS)
			ret_tasks[count++] = task;
		else if (pending)
			count = -1;
		Py_DECREF(future); /* the waiting task keeps it alive */
	}
	PyErr_Clear();
	Py_XDECREF(iterator);
	return iterator != NULL ? count : -1;
}

void aw__py_members_waited(struct aw__py_task *task, PyObject *future, PyObject *futures,
			   bool for_all)
{
	struct aw__py_task *tasks[MOST_MEMBERS];
	/* exactly a set or list, so that the program's code does not run */
	const Py_ssize_t size = PyAnySet_CheckExact(futures) || PyList_CheckExact(futures)
					? PyObject_Size(futures)
					: -1;
	const int count = size > 0 && size <= MOST_MEMBERS && future != NULL
				  ? pending_tasks(futures, tasks)
				  : -1;

	for (int i = 0; i < count; i++)
		enter(tasks[i], task, future);
	if (count > 0)
		aw_agent_task_waits_for(&task->agent, for_all ? AW_WAIT_GROUP : AW_WAIT_GATHER,
					(uint64_t)(uintptr_t)future >> 4);
	PyErr_Clear();
}

void aw__py_members_leave(struct aw__py_task *member)
{
	if (member->member_in == NULL)
		return;
	*member->member_in = member->member_next;
	if (member->member_next != NULL)
		member->member_next->member_in = member->member_in;
	member->member_next = NULL;
	member->member_in = NULL;
}

void aw__py_members_let_go(struct aw__py_task *task)
{
	while (task->members != NULL) {
		struct aw__py_task *member = task->members;

		aw__py_members_leave(member);
		if (!member->retrieved)
			aw_agent_task_scoped(&member->agent, 0);
	}
}

static void look_at_callback(PyObject *self, struct aw__py_task *task, PyObject *callback)
{
	PyObject *future;

	if ((future = aw__py_gather_of(callback)) != NULL)
		aw_agent_task_scoped(&task->agent, (uint64_t)(uintptr_t)future >> 4);
	else if ((future = aw__py_wait_of(callback)) != NULL)
		join(self, task, future);
}

/* Look at a handle in the ready queue of a done task's loop. */
static void look_at(PyObject *self, struct aw__py_task *task, PyObject *handle)
{
	PyObject *callback = aw__py_plain_attribute(handle, "_callback");
	PyObject *args = aw__py_plain_attribute(handle, "_args");

	if (callback != NULL && args != NULL && PyTuple_Check(args) &&
	    PyTuple_GET_SIZE(args) == 1 && PyTuple_GET_ITEM(args, 0) == self)
		look_at_callback(self, task, callback);
}

/*
 * The ready queue of a loop: asyncio's own loops have a deque. A loop may be the program's own, or a mock: its attribute is read without running
 * code, and a queue of another type is not used. Borrowed; NULL: the loop does not show its queue.
 */
static PyObject *ready_of(PyObject *loop)
{
	PyObject *ready = loop != NULL ? aw__py_plain_attribute(loop, "_ready") : NULL;

	return ready != NULL && strcmp(Py_TYPE(ready)->tp_name, "collections.deque") == 0 ? ready
											  : NULL;
}

PyObject *aw__py_members_callback(PyObject *self)
{
	return aw__py_loop_waits() == NULL ? Py_XNewRef(aw__py_object_at(self, aw__py.callback))
					   : NULL;
}

void aw__py_members_find(PyObject *self, struct aw__py_task *task, PyObject *callback)
{
	PyObject *loop = PyObject_GetAttrString(self, "_loop");
	PyObject *ready = ready_of(loop);
	const Py_ssize_t count = ready != NULL ? PySequence_Size(ready) : 0;

	for (Py_ssize_t i = count - 1; i >= 0 && i >= count - MOST_CALLBACKS; i--) {
		PyObject *handle = PySequence_GetItem(ready, i);

		if (handle != NULL)
			look_at(self, task, handle);
		PyErr_Clear();
		Py_XDECREF(handle);
	}
	PyErr_Clear();
	if (ready == NULL && callback != NULL)
		look_at_callback(self, task, callback);
	Py_XDECREF(loop);
}
