/* SPDX-License-Identifier: MIT */
/*
 * Records where tasks wait: the await chain of each task that still waits when its loop is about to poll.
 *
 * A task that suspends enters the list of its loop. It leaves the list when its chain is recorded, when it ends, or when it is finalized: the list
 * keeps no task alive. The chain is read from the coroutines' own frames; the program's code does not run.
 */
#include "agent/python/jobs.h"
#include "agent/python/py_frame.h"

#include <string.h>

#define MOST_AWAITS 64

static bool wanted;

void aw__py_waits_init(void)
{
	wanted = aw_agent_wait_stacks();
}

/* ---- the chain ---- */

static bool has_frame(PyObject *object)
{
	return PyCoro_CheckExact(object) || PyGen_CheckExact(object) ||
	       PyAsyncGen_CheckExact(object);
}

/* Whether it is an object of the interpreter between two coroutines; its first field is the next object of the chain. */
static bool is_wrapper(PyObject *object)
{
	static const char *const names[] = { "coroutine_wrapper", "async_generator_asend",
					     "async_generator_athrow", "anext_awaitable" };
	const PyTypeObject *type = Py_TYPE(object);

	if (PyType_HasFeature((PyTypeObject *)type, Py_TPFLAGS_HEAPTYPE))
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(type->tp_name, names[i]) == 0)
			return true;
	return false;
}

/* The object that a coroutine or generator awaits. New reference; NULL: nothing. */
static PyObject *awaited_by(PyObject *object)
{
	PyObject *next;

	if (!has_frame(object)) {
		next = is_wrapper(object) ? aw__py_object_at(object, sizeof(PyObject)) : NULL;
		return Py_XNewRef(next);
	}
	next = aw__py.awaited(object, NULL);
	if (next == NULL)
		PyErr_Clear();
	return next;
}

/* The place of a suspended coroutine. AW_NONE: it is not suspended, or the place is not known. */
static aw_intern place_of(PyObject *object)
{
	_PyInterpreterFrame *frame = aw__py_suspended_frame(object);
	PyCodeObject *code = frame != NULL ? aw__py_frame_code(frame) : NULL;

	return code != NULL ? aw__py_place(code, aw__py_frame_offset(frame, code)) : AW_NONE;
}

/* The stack of what a task's coroutine awaits, innermost first. */
static aw_intern chain_of(PyObject *coroutine, const struct aw__py_task *task,
			  struct aw__py_resources *found)
{
	aw_intern places[MOST_AWAITS];
	unsigned first = MOST_AWAITS;
	PyObject *at = Py_NewRef(coroutine);

	while (at != NULL && first > 0) {
		PyObject *next = awaited_by(at);
		const aw_intern place = has_frame(at) ? place_of(at) : AW_NONE;

		if (place != AW_NONE) {
			places[--first] = place;
			aw__py_resources_look(found, task, at);
		}
		Py_DECREF(at); /* the object that awaits it keeps it alive */
		at = next;
	}
	Py_XDECREF(at);
	return first < MOST_AWAITS ? aw_agent_stack_of(places + first, MOST_AWAITS - first, AW_NONE)
				   : AW_STACK_NONE;
}

/* ---- the list ---- */

static bool still_waits(PyObject *self)
{
	PyObject *waiter = aw__py_object_at(self, aw__py.waiter);

	return aw__py_state_of(self) == AW__PY_PENDING && waiter != NULL &&
	       (!PyObject_TypeCheck(waiter, aw__py.future) ||
		aw__py_state_of(waiter) == AW__PY_PENDING);
}

/* How many references to a waiting task are asyncio's: one in the callback that wakes it, and from 3.14 on one in the future itself. */
static Py_ssize_t own_references(PyObject *waiter)
{
	return PY_VERSION_HEX >= 0x030e0000 &&
			       (Py_TYPE(waiter) == aw__py.future || Py_TYPE(waiter) == aw__py.task)
		       ? 2
		       : 1;
}

/*
 * Record whether only asyncio refers to a waiting task: then nobody can cancel it, or ask for its result. asyncio.all_tasks() is not counted,
 * and neither is the caller's reference.
 */
static void look_who_refers(PyObject *self, struct aw__py_task *task)
{
	PyObject *waiter = aw__py_object_at(self, aw__py.waiter);
	const bool nobody = waiter != NULL && Py_REFCNT(self) - 1 <= own_references(waiter);

	if (nobody == task->unreferenced)
		return;
	task->unreferenced = nobody;
	aw_agent_task_unreferenced(&task->agent, nobody);
}

/* Look whether it waits for several tasks: those of wait() or a group, or those of a gather, whose future lists them. */
static void look_at_members(struct aw__py_task *task, PyObject *waiter,
			    const struct aw__py_resources *found)
{
	PyObject *children;

	if (found->members != NULL) {
		aw__py_members_waited(task, waiter, found->members, found->for_all);
		return;
	}
	if (waiter == NULL || strcmp(Py_TYPE(waiter)->tp_name, "_GatheringFuture") != 0)
		return;
	children = PyObject_GetAttrString(waiter, "_children");
	if (children != NULL)
		aw__py_members_waited(task, waiter, children, false);
	PyErr_Clear();
	Py_XDECREF(children);
}

static void tell(PyObject *self, struct aw__py_task *task)
{
	PyObject *coroutine = aw__py_object_at(self, aw__py.coroutine);
	struct aw__py_resources found = { .kind = AW_WAIT_OTHER };

	if (coroutine == NULL || !still_waits(self))
		return;
	aw_agent_task_waits_at(&task->agent, chain_of(coroutine, task, &found));
	/* Objects of another type may be freed without aw__py_finalize(): then it would not be seen that they have no lock any more. */
	if (Py_TYPE(self)->tp_finalize != aw__py_finalize) {
		found.lock = NULL;
		found.held_count = 0;
	}
	if ((found.kind == AW_WAIT_OTHER && found.members == NULL) || found.kind == AW_WAIT_THREAD)
		aw__py_resources_look_at_future(&found, aw__py_object_at(self, aw__py.waiter));
	if (found.kind == AW_WAIT_SLEEP)
		found.target = (uint64_t)(uintptr_t)aw__py_object_at(self, aw__py.waiter) >> 4;
	aw__py_resources_tell(task, &found);
	if (found.kind == AW_WAIT_OTHER)
		look_at_members(task, aw__py_object_at(self, aw__py.waiter), &found);
}

void aw__py_waits_enter(struct aw__py_task *task, struct aw__py_task **head)
{
	task->waits_next = *head;
	task->waits_in = head;
	if (*head != NULL)
		(*head)->waits_in = &task->waits_next;
	*head = task;
}

void aw__py_waits(PyObject *self, struct aw__py_task *task)
{
	struct aw__py_task **head;

	if (!wanted || task->waits_in != NULL)
		return;
	head = aw__py_loop_waits();
	/* Objects of another type may be freed without aw__py_finalize(). */
	if (head == NULL || Py_TYPE(self)->tp_finalize != aw__py_finalize) {
		tell(self, task);
		aw__py_jobs_look_seldom();
		return;
	}
	aw__py_waits_enter(task, head);
}

void aw__py_waits_leave(struct aw__py_task *task)
{
	if (task->waits_in == NULL)
		return;
	*task->waits_in = task->waits_next;
	if (task->waits_next != NULL)
		task->waits_next->waits_in = task->waits_in;
	task->waits_next = NULL;
	task->waits_in = NULL;
}

void aw__py_waits_tell(struct aw__py_task **head, bool on)
{
	while (*head != NULL) {
		struct aw__py_task *task = *head;
		PyObject *self = aw__py_object_of(task);

		aw__py_waits_leave(task);
		if (!on)
			continue;
		/* Up to 3.11 an allocation may start a collection of the task, and of all that its frames refer to. */
		Py_INCREF(self);
		tell(self, task);
		look_who_refers(self, task);
		Py_DECREF(self);
	}
}
