/* SPDX-License-Identifier: MIT */
/*
 * Which task has an asyncio.Lock: the lock itself knows of no owner.
 *
 * The coroutine of Lock.acquire() is finalized when the await of it is over, by "async with" as well as by a plain await, and for
 * conditions, too: if without an error, the task that runs has the lock. That is noted by the lock's address, in a small table, and told
 * only while somebody waits for the lock. A lock that was ever acquired by a task made for that (create_task(lock.acquire())) has no owner.
 * One that is still taken when its task has returned may have been handed over: then it has none, either.
 */
#include "agent/python/frame.h"

#include <opcode.h>

#define LOCKS  1024u
#define WINDOW 8u

static struct owned {
	uintptr_t lock; /* 0: free. Only compared: the lock may be gone */
	uint64_t task;	/* 0: not known */
	uint32_t waiters; /* whose wait was told */
	bool never;	  /* it will not be known */
} owned[LOCKS];

static PyCodeObject *acquire; /* of Lock.acquire(), which is kept; NULL: not known */
destructor aw__py_old_coroutine_finalize;

static PyCodeObject *code_of(PyObject *coroutine)
{
#if PY_VERSION_HEX >= 0x030c0000
	return aw__py_frame_code((_PyInterpreterFrame *)&((PyGenObject *)coroutine)->gi_iframe);
#else
	return ((PyGenObject *)coroutine)->gi_code;
#endif
}

/* The first variable of a coroutine, also of one that has ended: then it is an address, and no more. */
static uintptr_t first_variable(PyObject *coroutine)
{
	_PyInterpreterFrame *frame = (_PyInterpreterFrame *)&((PyGenObject *)coroutine)->gi_iframe;
	uintptr_t word;

	memcpy(&word, &frame->localsplus[0], sizeof(word));
	return word & ~(uintptr_t)7; /* the flags of a reference */
}

/* Its entry; if it has none: a free one, or that of a lock for which nobody waits. NULL: there is no room. */
static struct owned *entry_of(uintptr_t lock, bool add)
{
	const uint64_t hash = ((uint64_t)lock >> 4) * UINT64_C(0x9e3779b97f4a7c15);
	struct owned *room = NULL;

	for (unsigned i = 0; i < WINDOW; i++) {
		struct owned *entry = &owned[((hash >> 54) + i) % LOCKS];

		if (entry->lock == lock)
			return entry;
		if (entry->waiters == 0 && !entry->never && (room == NULL || room->lock != 0))
			room = entry;
	}
	if (!add || room == NULL)
		return NULL;
	*room = (struct owned){ .lock = lock };
	return room;
}

static uint64_t id_of(uintptr_t lock)
{
	return (uint64_t)lock >> 4;
}

static void set_owner(struct owned *entry, uint64_t task)
{
	entry->task = task;
	if (entry->waiters > 0)
		aw_agent_resource_held(id_of(entry->lock), task);
}

/* Whether the code that runs now is at the end of an await. */
static bool is_at_await(void)
{
	_PyInterpreterFrame *frame = aw__py_frame_innermost();
	PyCodeObject *code = frame != NULL ? aw__py_frame_code(frame) : NULL;
	const int offset = code != NULL ? aw__py_frame_offset(frame, code) : -1;

	if (offset < 0)
		return false;
	switch (*((const uint8_t *)_PyCode_CODE(code) + offset)) {
	case SEND:
#ifdef SEND_GEN
	case SEND_GEN:
#endif
#ifdef END_SEND
	case END_SEND:
	case INSTRUMENTED_END_SEND:
#endif
		return true;
	default:
		return false;
	}
}

static void acquired(PyObject *coroutine)
{
	struct aw__py_task *task = aw__py_current != NULL ? aw__py_task_of(aw__py_current) : NULL;
	struct owned *entry;

	if (((PyGenObject *)coroutine)->gi_frame_state < FRAME_CLEARED || PyErr_Occurred() != NULL)
		return;
	entry = entry_of(first_variable(coroutine), true);
	if (entry == NULL || entry->never)
		return;
	if (task == NULL || !task->told || !is_at_await()) {
		set_owner(entry, 0);
		return;
	}
	task->has_locks = true;
	set_owner(entry, task->agent.id);
}

void aw__py_coroutine_finalize(PyObject *self)
{
	if (__builtin_expect(code_of(self) == acquire, 0) && acquire != NULL && aw_agent_on())
		acquired(self);
	aw__py_origin_look();
	aw__py_old_coroutine_finalize(self);
}

bool aw__py_locks_init(PyObject *locks)
{
	PyObject *class = locks != NULL ? PyObject_GetAttrString(locks, "Lock") : NULL;
	PyObject *function = class != NULL ? PyObject_GetAttrString(class, "acquire") : NULL;

	if (function != NULL && PyFunction_Check(function) &&
	    aw__py_kind((PyCodeObject *)PyFunction_GET_CODE(function)) == AW__PY_LOCK_WAIT)
		acquire = (PyCodeObject *)Py_NewRef(PyFunction_GET_CODE(function));
	PyErr_Clear();
	Py_XDECREF(function);
	Py_XDECREF(class);
	return acquire != NULL;
}

void aw__py_locks_task_made(PyObject *coroutine)
{
	struct owned *entry;

	if (acquire == NULL || coroutine == NULL || !PyCoro_CheckExact(coroutine) ||
	    code_of(coroutine) != acquire)
		return;
	entry = entry_of(first_variable(coroutine), true);
	if (entry == NULL)
		return;
	set_owner(entry, 0);
	entry->never = true;
}

static bool is_taken(PyObject *lock)
{
	PyObject *locked = PyObject_GetAttrString(lock, "_locked");
	const bool is = locked == Py_True;

	PyErr_Clear();
	Py_XDECREF(locked);
	return is;
}

void aw__py_locks_wanted(PyObject *lock)
{
	struct owned *entry = entry_of((uintptr_t)lock, true);

	if (entry == NULL)
		return;
	if (!is_taken(lock))
		entry->task = 0;
	entry->waiters++;
	aw_agent_resource_held(id_of(entry->lock), entry->task);
}

void aw__py_locks_not_wanted(uintptr_t lock)
{
	struct owned *entry = entry_of(lock, false);

	if (entry != NULL && entry->waiters > 0 && --entry->waiters == 0)
		aw_agent_resource_held(id_of(lock), 0);
}

void aw__py_locks_returned(const struct aw__py_task *task)
{
	for (unsigned i = 0; i < LOCKS; i++)
		if (owned[i].task == task->agent.id)
			set_owner(&owned[i], 0);
}
