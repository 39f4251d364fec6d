/* SPDX-License-Identifier: MIT */
/*
 * What a waiting task waits for, and which locks it has meanwhile: read from the frames of its await chain, when where it waits is told.
 *
 * asyncio's locks know of no owner. But a frame within "async with lock:" has the lock's __aexit__() on its stack of values, and the
 * frame of Lock.acquire() has the lock as its first variable: so no call of a lock is watched, and what never waits costs nothing.
 * Of a lock that is taken without "async with" the owner is not known. A task that waits under a timeout is not held for stuck.
 */
#include "agent/python/frame.h"

#include <string.h>

static uint64_t id_of(PyObject *object)
{
	return (uint64_t)(uintptr_t)object >> 4;
}

static bool is_lock(PyObject *object)
{
	return strcmp(Py_TYPE(object)->tp_name, "Lock") == 0;
}

/* The end of a block waits on a frame's stack to be called with `self`. */
static void look_at_exit(struct aw__py_resources *found, PyObject *function, PyObject *self)
{
	if (!PyFunction_Check(function))
		return;
	switch (aw__py_kind((PyCodeObject *)PyFunction_GET_CODE(function))) {
	case AW__PY_SYNC_EXIT:
		if (is_lock(self) && found->lock_count < AW__PY_MOST_LOCKS)
			found->locks[found->lock_count++] = id_of(self);
		break;
	case AW__PY_TIMEOUT:
	case AW__PY_SCOPES:
		found->timed = true;
		break;
	default:
		break;
	}
}

/* It is a bound method, or from 3.14 on a function, and behind it what it is bound to. */
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

/* asyncio.wait_for() of 3.11 waits for a future of its own: what it stands for is the task that it runs. */
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
	default:
		return AW_WAIT_OTHER;
	}
}

void aw__py_resources_look(struct aw__py_resources *found, PyObject *coroutine)
{
	_PyInterpreterFrame *frame = aw__py_suspended_frame(coroutine);
	PyCodeObject *code = frame != NULL ? aw__py_frame_code(frame) : NULL;
	PyObject *self;
	enum aw__py_code kind;

	found->kind = AW_WAIT_OTHER; /* the innermost frame counts */
	if (code == NULL)
		return;
	look_at_values(found, frame, code);
	kind = aw__py_kind(code);
	if (kind == AW__PY_TIMEOUT) {
		look_at_wait_for(found, frame, code);
		return;
	}
	found->timed |= kind == AW__PY_SCOPES;
	found->kind = wait_in(kind);
	self = code->co_argcount > 0 ? aw__py_frame_value(frame, 0) : NULL;
	found->target = self != NULL ? id_of(self) : 0;
}

void aw__py_resources_tell(struct aw__py_task *task, const struct aw__py_resources *found)
{
	unsigned count = 0;

	if (found->kind != AW_WAIT_OTHER)
		aw_agent_task_waits_for(&task->agent, found->kind, found->target);
	if (found->timed)
		aw_agent_task_timed(&task->agent, true);
	task->timed = found->timed;
	for (unsigned i = 0; i < found->lock_count; i++) {
		/* the end of the block is there before the lock is had */
		if (found->kind == AW_WAIT_LOCK && found->target == found->locks[i])
			continue;
		task->locks[count++] = found->locks[i];
		aw_agent_resource_held(found->locks[i], task->agent.id);
	}
	task->lock_count = (uint8_t)count;
}

void aw__py_resources_forget(struct aw__py_task *task)
{
	if (task->timed)
		aw_agent_task_timed(&task->agent, false);
	task->timed = false;
	while (task->lock_count > 0)
		aw_agent_resource_held(task->locks[--task->lock_count], 0);
}
