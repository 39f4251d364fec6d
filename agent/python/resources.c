/* SPDX-License-Identifier: MIT */
/*
 * Finds what a waiting task waits for, and which locks it has: read from the frames of its await chain, when its wait is recorded.
 *
 * The frame of Lock.acquire() has the lock as its first variable, and those of other waits are alike: no call of a lock or queue is hooked, and a
 * call that does not wait costs nothing. A frame within "async with" has the block's exit function on its stack of values: this shows which locks a
 * task has, and whether it waits under a timeout.
 */
#include "agent/python/jobs.h"
#include "agent/python/py_frame.h"

#include <string.h>

static uint64_t id_of(PyObject *object)
{
	return (uint64_t)(uintptr_t)object >> 4;
}

static void add_held(struct aw__py_resources *found, PyObject *object, bool plain)
{
	PyObject *lock = aw__py_locks_inner(object);

	if (lock == NULL || found->held_count == AW__PY_MOST_HELD)
		return;
	found->held[found->held_count] = lock;
	found->plain[found->held_count++] = plain;
}

/* The task does not have the lock yet, or has released it for a while. `plain`: remove it only if it was added because release() comes next. */
static void remove_held(struct aw__py_resources *found, PyObject *object, bool plain)
{
	const PyObject *lock = aw__py_locks_inner(object);

	for (unsigned i = found->held_count; lock != NULL && i-- > 0;) {
		if (found->held[i] != lock || (plain && !found->plain[i]))
			continue;
		found->held_count--;
		memmove(&found->held[i], &found->held[i + 1],
			(found->held_count - i) * sizeof(*found->held));
		memmove(&found->plain[i], &found->plain[i + 1],
			(found->held_count - i) * sizeof(*found->plain));
		return;
	}
}

/* Look at the exit function of a block, which is on the frame's stack to be called later. */
static void look_at_exit(struct aw__py_resources *found, PyObject *function, PyObject *self)
{
	if (!PyFunction_Check(function))
		return;
	switch (aw__py_kind((PyCodeObject *)PyFunction_GET_CODE(function))) {
	case AW__PY_LOCK_EXIT:
		add_held(found, self, false);
		break;
	case AW__PY_TIMEOUT:
	case AW__PY_SCOPES:
		found->timed = true;
		break;
	default:
		break;
	}
}

/* The exit function is a bound method, or from 3.14 on a function, followed by the object that it is bound to. */
static void look_at_values(struct aw__py_resources *found, _PyInterpreterFrame *frame,
			   PyCodeObject *code)
{
	const int count = aw__py_frame_values(frame);

	for (int i = code->co_nlocalsplus; i < count; i++) {
		PyObject *value = aw__py_frame_value(frame, i);
		PyObject *next = i + 1 < count ? aw__py_frame_value(frame, i + 1) : NULL;

		if (value != NULL && PyMethod_Check(value))
			look_at_exit(found, PyMethod_GET_FUNCTION(value), PyMethod_GET_SELF(value));
		else if (PY_VERSION_HEX >= 0x030e0000 && value != NULL && next != NULL)
			look_at_exit(found, value, next);
	}
}

/* asyncio.wait_for() of 3.11 waits for a future of its own, which stands for the task that it runs. */
static void look_at_wait_for(struct aw__py_resources *found, _PyInterpreterFrame *frame,
			     PyCodeObject *code)
{
	PyObject *inner = aw__py_variable(frame, code, "fut");
	const struct aw__py_task *task = inner != NULL && PyObject_TypeCheck(inner, aw__py.task)
						 ? aw__py_task_of(inner)
						 : NULL;

	found->timed = true;
	if (task == NULL || !task->told)
		return;
	found->kind = AW_WAIT_TASK;
	found->target = task->agent.id;
}

/* wait(): until all are done, or fewer, and perhaps with a timeout. */
static void look_at_wait(struct aw__py_resources *found, _PyInterpreterFrame *frame,
			 PyCodeObject *code)
{
	PyObject *until = aw__py_variable(frame, code, "return_when");
	PyObject *timeout = aw__py_variable(frame, code, "timeout");

	found->timed |= timeout != Py_None;
	found->shields = true;
	found->members = aw__py_variable(frame, code, "fs");
	found->for_all = until != NULL && PyUnicode_Check(until) &&
			 PyUnicode_CompareWithASCIIString(until, "ALL_COMPLETED") == 0;
}

/*
 * The end of "async with TaskGroup()". Only a `_tasks` that the group itself keeps is read: one that the program's subclass makes
 * would be freed at once.
 */
static void look_at_group(struct aw__py_resources *found, PyObject *group)
{
	found->members = group != NULL ? aw__py_plain_attribute(group, "_tasks") : NULL;
	found->for_all = true;
}

static enum aw_agent_wait wait_in(enum aw__py_code kind)
{
	switch (kind) {
	case AW__PY_LOCK_WAIT:
		return AW_WAIT_LOCK;
	case AW__PY_EVENT_WAIT:
		return AW_WAIT_EVENT;
	case AW__PY_CONDITION_WAIT:
		return AW_WAIT_CONDITION;
	case AW__PY_QUEUE_WAIT:
		return AW_WAIT_QUEUE;
	case AW__PY_THREAD_WAIT:
		return AW_WAIT_THREAD;
	case AW__PY_READ_WAIT:
		return AW_WAIT_READ;
	default:
		return AW_WAIT_OTHER;
	}
}

/* Locks that the task has acquired by a plain await, and that this frame releases next. */
static void look_at_release(struct aw__py_resources *found, const struct aw__py_task *task,
			    _PyInterpreterFrame *frame, PyCodeObject *code)
{
	struct aw__py_ahead ahead;

	if (!task->has_locks)
		return;
	aw__py_look_ahead(&ahead, frame, aw__py_frame_offset(frame, code));
	for (unsigned i = 0; i < ahead.count; i++)
		if (aw__py_locks_has_taken(task, ahead.released[i]))
			add_held(found, ahead.released[i], true);
}

void aw__py_resources_look(struct aw__py_resources *found, const struct aw__py_task *task,
			   PyObject *coroutine)
{
	_PyInterpreterFrame *frame = aw__py_suspended_frame(coroutine);
	PyCodeObject *code = frame != NULL ? aw__py_frame_code(frame) : NULL;
	PyObject *self;
	enum aw__py_code kind;

	found->kind = AW_WAIT_OTHER; /* the innermost frame counts */
	found->asyncios = found->shields = false;
	found->lock = found->members = NULL;
	if (code == NULL)
		return;
	look_at_values(found, frame, code);
	look_at_release(found, task, frame, code);
	kind = aw__py_kind(code);
	if (kind == AW__PY_TIMEOUT) {
		look_at_wait_for(found, frame, code);
		return;
	}
	found->timed |= kind == AW__PY_SCOPES;
	found->kind = wait_in(kind);
	found->asyncios = kind != AW__PY_PROGRAM;
	if (kind == AW__PY_SLEEP)
		found->kind = AW_WAIT_SLEEP;
	self = code->co_argcount > 0 ? aw__py_frame_value(frame, 0) : NULL;
	if (kind == AW__PY_WAIT_ALL)
		look_at_wait(found, frame, code);
	else if (kind == AW__PY_GROUP)
		look_at_group(found, self);
	else if (kind == AW__PY_LOCK_ENTER || kind == AW__PY_CONDITION_WAIT)
		remove_held(found, self, false);
	else if (kind == AW__PY_LOCK_WAIT)
		remove_held(found, self, true);
	found->target = self != NULL ? id_of(self) : 0;
	found->lock = kind == AW__PY_LOCK_WAIT ? aw__py_locks_inner(self) : NULL;
}

/* `future`: of concurrent.futures. */
static void look_at_job(struct aw__py_resources *found, PyObject *future)
{
	const uint64_t job = aw__py_job_of(future);

	found->kind = job != 0 ? AW_WAIT_JOB : AW_WAIT_THREAD;
	if (job != 0)
		found->target = job;
}

/*
 * The futures that shield() and run_in_executor() return have a callback of asyncio's before anybody waits for them: that of shield() refers to the
 * task that is shielded.
 */
void aw__py_resources_look_at_future(struct aw__py_resources *found, PyObject *future)
{
	PyObject *callback = future != NULL && Py_TYPE(future) == aw__py.future
				     ? aw__py_object_at(future, aw__py.callback)
				     : NULL;
	enum aw__py_code kind = AW__PY_PROGRAM;
	PyObject *inner = NULL;

	if (found->asyncios && found->kind != AW_WAIT_THREAD) {
		found->target = id_of(future);
		return;
	}
	if (callback != NULL && PyFunction_Check(callback))
		kind = aw__py_kind((PyCodeObject *)PyFunction_GET_CODE(callback));
	if (kind == AW__PY_CHAIN) {
		look_at_job(found, aw__py_shared(callback, "source"));
		if (found->kind != AW_WAIT_JOB)
			found->target = id_of(future);
	} else if (kind == AW__PY_SHIELD) {
		inner = aw__py_shared(callback, "inner");
	}
	if (inner != NULL && PyObject_TypeCheck(inner, aw__py.task) &&
	    aw__py_task_of(inner) != NULL && aw__py_task_of(inner)->told) {
		found->kind = AW_WAIT_TASK;
		found->target = aw__py_task_of(inner)->agent.id;
		found->shields = true;
	}
}

void aw__py_resources_tell(struct aw__py_task *task, const struct aw__py_resources *found)
{
	if (found->kind != AW_WAIT_OTHER || (found->asyncios && found->members == NULL))
		aw_agent_task_waits_for(&task->agent, found->kind, found->target);
	if (found->timed)
		aw_agent_task_timed(&task->agent, true);
	if (found->shields)
		aw_agent_task_shields(&task->agent, true);
	task->flagged = found->timed || found->shields;
	if (found->lock != NULL || found->held_count > 0)
		aw__py_locks_waits(task, found);
}

void aw__py_resources_forget(struct aw__py_task *task)
{
	if (task->flagged) {
		aw_agent_task_timed(&task->agent, false);
		aw_agent_task_shields(&task->agent, false);
	}
	task->flagged = false;
	if (task->lock != 0 || task->holds != 0)
		aw__py_locks_goes_on(task);
}
