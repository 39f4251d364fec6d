/* SPDX-License-Identifier: MIT */
/*
 * What a waiting task waits for, and which locks it has meanwhile: read from the frames of its await chain, when where it waits is told.
 *
 * asyncio's locks know of no owner. But a frame within "async with lock:" has the lock's __aexit__() on its stack of values, and the
 * frame of Lock.acquire() has the lock as its first variable: so no call of a lock is watched, and what never waits costs nothing.
 * Of a lock that is taken without "async with" the owner is not known. A task that waits under a timeout is not held for stuck.
 */
#include "agent/python/adapter.h"

#include <string.h>

#include <internal/pycore_code.h>
#include <internal/pycore_frame.h>

#if PY_VERSION_HEX < 0x030e0000

#if PY_VERSION_HEX >= 0x030d0000
#define CODE_OF(frame) ((frame)->f_executable)
#else
#define CODE_OF(frame) ((PyObject *)(frame)->f_code)
#endif

static uint64_t id_of(PyObject *object)
{
	return (uint64_t)(uintptr_t)object >> 4;
}

static bool is_lock(PyObject *object)
{
	return strcmp(Py_TYPE(object)->tp_name, "Lock") == 0;
}

/* A bound method that waits on a frame's stack to be called: the end of a block. */
static void look_at_exit(struct aw__py_resources *found, PyObject *method)
{
	PyObject *function = PyMethod_GET_FUNCTION(method), *self = PyMethod_GET_SELF(method);

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

void aw__py_resources_look(struct aw__py_resources *found, PyObject *coroutine)
{
	PyGenObject *generator = (PyGenObject *)coroutine;
	_PyInterpreterFrame *frame = (_PyInterpreterFrame *)&generator->gi_iframe;
	PyCodeObject *code = (PyCodeObject *)CODE_OF(frame);
	PyObject *self;

	found->kind = AW_WAIT_OTHER; /* the innermost frame counts */
	if (generator->gi_frame_state >= FRAME_EXECUTING || code == NULL || !PyCode_Check(code))
		return;
	for (int i = code->co_nlocalsplus; i < frame->stacktop; i++)
		if (frame->localsplus[i] != NULL && PyMethod_Check(frame->localsplus[i]))
			look_at_exit(found, frame->localsplus[i]);
	self = code->co_argcount > 0 ? frame->localsplus[0] : NULL;
	switch (aw__py_kind(code)) {
	case AW__PY_LOCK_WAIT:
		found->kind = AW_WAIT_LOCK;
		break;
	case AW__PY_EVENT_WAIT:
		found->kind = AW_WAIT_EVENT;
		break;
	case AW__PY_CONDITION_WAIT:
		found->kind = AW_WAIT_CONDITION;
		break;
	case AW__PY_QUEUE_WAIT:
		found->kind = AW_WAIT_QUEUE;
		break;
	case AW__PY_TIMEOUT:
		look_at_wait_for(found, frame, code);
		return;
	case AW__PY_SCOPES:
		found->timed = true;
		return;
	default:
		return;
	}
	found->target = self != NULL ? id_of(self) : 0;
}

#else

/* The values of these versions' frames are tagged, and not read yet. */
void aw__py_resources_look(struct aw__py_resources *found, PyObject *coroutine)
{
	(void)found;
	(void)coroutine;
}

#endif

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
