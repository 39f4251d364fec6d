/* SPDX-License-Identifier: MIT */
/*
 * Records which waiting task has an asyncio.Lock, a condition's lock or a permit of a semaphore, for the detection of deadlocks.
 *
 * asyncio's locks have no owner, and any code may release them. So a task is recorded as owner only while its own suspended code is certain to
 * release the lock: it is within "async with" (resources.c), or has acquired the lock and calls its release() next (ahead.c). Both are read from
 * the frames when the task's wait is recorded, and hold until its next step. A lock that nobody waits for has no recorded owner.
 *
 * All tables have a fixed size: a lock that finds no room has no owner, and is in no deadlock.
 */
#include "agent/python/py_frame.h"

#include <opcode.h>

#define BUCKETS	  1024u
#define RESOURCES 1024u
#define HOLDS	  4096u
#define TAKEN	  256u /* groups of GROUP */
#define GROUP	  8u
#define PERMITS	  64u /* of one semaphore: of those with more no owner is recorded */

/* A lock or semaphore that a waiting task has, or waits for. Index 0 is not used. */
static struct resource {
	PyObject *lock;		/* only compared */
	bool is_lock, is_taken; /* when a task began to wait: the object may be freed since */
	bool is_bounded;	/* a semaphore that cannot get more permits */
	uint32_t permits;	/* in all, of a semaphore that has none free; 0: not known */
	uint32_t next;		/* in its bucket, or in the list of free entries */
	uint32_t waiters;
	uint32_t first, holds;
	uint64_t owner; /* a lock's owner as recorded; 0: none */
	bool shared;	/* the owners of a semaphore are recorded */
} resources[RESOURCES];

/* A waiting task that has a resource. */
static struct hold {
	struct aw__py_task *task;
	uint32_t resource;
	bool plain; /* released by a call of release() that comes next, not by "async with" */
	uint32_t next, previous; /* in the list of the resource; next: or of free entries */
	uint32_t of_task;	 /* in the list of the task */
} holds[HOLDS];

static uint32_t buckets[BUCKETS];
static uint32_t free_resource, free_hold;	    /* lists of freed entries */
static uint32_t used_resources = 1, used_holds = 1; /* entries from here on were never used */

/* The last locks that were acquired by a plain "await lock.acquire()"; each group has its newest first. */
static struct taken {
	uintptr_t lock; /* only compared: it may be gone */
	uint64_t task;
	bool failed; /* the task has failed on the way to its release() */
} taken[TAKEN][GROUP];

static PyCodeObject *acquire;	     /* of Lock.acquire(); a reference is kept; NULL: not known */
static PyCodeObject *acquire_permit; /* likewise of Semaphore.acquire() */
static PyObject *lock_type, *condition_type, *semaphore_type, *bounded_type;
destructor aw__py_old_coroutine_finalize;

static uint64_t hash_of(uintptr_t lock)
{
	return ((uint64_t)lock >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 54;
}

static uint64_t id_of(const PyObject *lock)
{
	return (uint64_t)(uintptr_t)lock >> 4;
}

/* NULL: it was not acquired by a plain await, or newer ones have taken its place. */
static struct taken *taken_of(uintptr_t lock)
{
	struct taken *group = taken[hash_of(lock) % TAKEN];

	for (unsigned i = 0; i < GROUP; i++)
		if (group[i].lock == lock)
			return &group[i];
	return NULL;
}

static void take(uintptr_t lock, uint64_t task)
{
	struct taken *group = taken[hash_of(lock) % TAKEN], *known = taken_of(lock);
	const size_t before = known != NULL ? (size_t)(known - group) : GROUP - 1;

	memmove(&group[1], group, before * sizeof(*group));
	group[0] = (struct taken){ .lock = lock, .task = task };
}

/* ---- asyncio's objects; subclasses are left out, since they may release by themselves ---- */

PyObject *aw__py_locks_inner(PyObject *object)
{
	PyObject *inner = object;

	if (object == NULL || lock_type == NULL)
		return NULL;
	if ((PyObject *)Py_TYPE(object) == condition_type)
		inner = aw__py_plain_attribute(object, "_lock");
	if (inner == NULL)
		return NULL;
	return (PyObject *)Py_TYPE(inner) == lock_type ||
			       (inner == object && ((PyObject *)Py_TYPE(inner) == semaphore_type ||
						    (PyObject *)Py_TYPE(inner) == bounded_type))
		       ? inner
		       : NULL;
}

/* How many permits a semaphore has in all, if none is free. 0: not known, or some are free. */
static uint32_t permits_of(PyObject *semaphore)
{
	PyObject *value = aw__py_plain_attribute(semaphore, "_value");
	PyObject *bound = (PyObject *)Py_TYPE(semaphore) == bounded_type
				  ? aw__py_plain_attribute(semaphore, "_bound_value")
				  : NULL;
	long permits = aw__py_permits_of(semaphore);

	if (bound != NULL && PyLong_CheckExact(bound))
		permits = PyLong_AsLong(bound);
	if (value == NULL || !PyLong_CheckExact(value) || PyLong_AsLong(value) != 0)
		permits = 0;
	PyErr_Clear();
	return permits > 0 && permits <= (long)PERMITS ? (uint32_t)permits : 0;
}

/* ---- the tables ---- */

static uint32_t find(const PyObject *lock)
{
	uint32_t at = buckets[hash_of((uintptr_t)lock) % BUCKETS];

	while (at != 0 && resources[at].lock != lock)
		at = resources[at].next;
	return at;
}

static uint32_t add_resource(PyObject *lock)
{
	uint32_t *bucket = &buckets[hash_of((uintptr_t)lock) % BUCKETS];
	uint32_t at = find(lock);

	if (at != 0)
		return at;
	at = free_resource;
	if (at != 0)
		free_resource = resources[at].next;
	else if (used_resources < RESOURCES)
		at = used_resources++;
	else
		return 0;
	resources[at] = (struct resource){ .lock = lock, .next = *bucket };
	*bucket = at;
	return at;
}

/* Note the state of a lock while a task that begins to wait keeps it alive by its frames. */
static uint32_t look_at(PyObject *lock)
{
	const uint32_t at = add_resource(lock);

	if (at == 0)
		return 0;
	resources[at].is_lock = (PyObject *)Py_TYPE(lock) == lock_type;
	resources[at].is_taken =
		resources[at].is_lock && aw__py_plain_attribute(lock, "_locked") == Py_True;
	resources[at].is_bounded = (PyObject *)Py_TYPE(lock) == bounded_type;
	resources[at].permits = resources[at].is_lock ? 0 : permits_of(lock);
	return at;
}

static void drop_if_unused(uint32_t at)
{
	uint32_t *place = &buckets[hash_of((uintptr_t)resources[at].lock) % BUCKETS];

	if (resources[at].waiters > 0 || resources[at].holds > 0)
		return;
	while (*place != at)
		place = &resources[*place].next;
	*place = resources[at].next;
	resources[at].next = free_resource;
	free_resource = at;
}

static void add_hold(struct aw__py_task *task, uint32_t resource, bool plain)
{
	uint32_t at = free_hold;

	if (at != 0)
		free_hold = holds[at].next;
	else if (used_holds < HOLDS)
		at = used_holds++;
	else
		return;
	holds[at] = (struct hold){ .task = task,
				   .resource = resource,
				   .plain = plain,
				   .next = resources[resource].first,
				   .of_task = task->holds };
	if (holds[at].next != 0)
		holds[holds[at].next].previous = at;
	resources[resource].first = task->holds = at;
	resources[resource].holds++;
}

static void remove_hold(uint32_t at)
{
	struct resource *resource = &resources[holds[at].resource];

	if (holds[at].previous != 0)
		holds[holds[at].previous].next = holds[at].next;
	else
		resource->first = holds[at].next;
	if (holds[at].next != 0)
		holds[holds[at].next].previous = holds[at].previous;
	resource->holds--;
	holds[at].next = free_hold;
	free_hold = at;
}

/* ---- recording owners ---- */

/* Whether the lock was acquired by another await since: then the task released it before the end of its block. */
static bool is_outdated(const struct hold *hold, const struct taken *last)
{
	return last != NULL && (!hold->plain || last->task != hold->task->agent.id);
}

static uint64_t owner_of(const struct resource *resource)
{
	const struct taken *last = taken_of((uintptr_t)resource->lock);

	if (resource->waiters == 0 || !resource->is_taken)
		return 0;
	if (resource->holds == 1 && is_outdated(&holds[resource->first], last))
		return 0;
	if (resource->holds == 1)
		return holds[resource->first].task->agent.id;
	return resource->holds == 0 && last != NULL && last->failed ? last->task : 0;
}

static void tell_shared(struct resource *resource)
{
	uint64_t tasks[PERMITS];
	const uint32_t count = resource->waiters > 0 && resource->holds == resource->permits
				       ? resource->permits
				       : 0;
	uint32_t at = resource->first;

	if (count == 0 && !resource->shared)
		return;
	for (uint32_t i = 0; i < count; i++, at = holds[at].next)
		tasks[i] = holds[at].task->agent.id;
	aw_agent_resource_shared(id_of(resource->lock), tasks, count);
	resource->shared = count > 0;
}

static void tell(struct resource *resource)
{
	const uint64_t owner = owner_of(resource);

	if (owner != resource->owner)
		aw_agent_resource_held(id_of(resource->lock), owner);
	resource->owner = owner;
	tell_shared(resource);
}

void aw__py_locks_waits(struct aw__py_task *task, const struct aw__py_resources *found)
{
	if (task->lock != 0 || task->holds != 0)
		return;
	for (unsigned i = 0; i < found->held_count; i++) {
		const uint32_t at = look_at(found->held[i]);

		if (at == 0)
			continue;
		add_hold(task, at, found->plain[i]);
		tell(&resources[at]);
		drop_if_unused(at);
	}
	if (found->lock != NULL) {
		const uint32_t at = look_at(found->lock);

		if (at == 0)
			return;
		task->lock = at;
		resources[at].waiters++;
		tell(&resources[at]);
	}
}

void aw__py_locks_goes_on(struct aw__py_task *task)
{
	const uint32_t wanted = (uint32_t)task->lock;

	while (task->holds != 0) {
		const uint32_t at = task->holds, resource = holds[at].resource;

		task->holds = holds[at].of_task;
		remove_hold(at);
		tell(&resources[resource]);
		drop_if_unused(resource);
	}
	task->lock = 0;
	if (wanted == 0)
		return;
	resources[wanted].waiters--;
	tell(&resources[wanted]);
	drop_if_unused(wanted);
}

/* ---- locks that are acquired by a plain await ---- */

static PyCodeObject *code_of(PyObject *coroutine)
{
#if PY_VERSION_HEX >= 0x030c0000
	return aw__py_frame_code((_PyInterpreterFrame *)&((PyGenObject *)coroutine)->gi_iframe);
#else
	return ((PyGenObject *)coroutine)->gi_code;
#endif
}

/* The address of the first variable of a coroutine. If the coroutine has ended, the object may be freed. */
static uintptr_t first_variable(PyObject *coroutine)
{
	_PyInterpreterFrame *frame = (_PyInterpreterFrame *)&((PyGenObject *)coroutine)->gi_iframe;
	uintptr_t word;

	memcpy(&word, &frame->localsplus[0], sizeof(word));
	return word & ~(uintptr_t)7; /* without the flags of a reference */
}

/* Whether the running code is at the end of an explicit await, not of the one in "async with". */
static bool is_at_await(void)
{
	_PyInterpreterFrame *frame = aw__py_frame_innermost();
	PyCodeObject *code = frame != NULL ? aw__py_frame_code(frame) : NULL;
	const int offset = code != NULL ? aw__py_frame_offset(frame, code) : -1;

	if (offset < 0 || aw__py_kind(code) == AW__PY_LOCK_ENTER)
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
	struct aw__py_task *task = aw__py_current_task();
	const uintptr_t lock = first_variable(coroutine);
	struct taken *entry;
	uint32_t at;

	if (((PyGenObject *)coroutine)->gi_frame_state < FRAME_CLEARED || PyErr_Occurred() != NULL)
		return;
	if (task != NULL && task->told && is_at_await()) {
		task->has_locks = true;
		take(lock, task->agent.id);
	} else if ((entry = taken_of(lock)) != NULL) {
		*entry = (struct taken){ .lock = 0 };
	}
	at = find((PyObject *)lock);
	if (at != 0)
		tell(&resources[at]);
}

/*
 * A permit that is acquired outside of "async with" may exceed the number that the semaphore was made with: release() may add some. From then on it
 * is not known whether tasks have all permits.
 */
static void acquired_permit(PyObject *coroutine)
{
	_PyInterpreterFrame *frame = aw__py_frame_innermost();
	PyCodeObject *code = frame != NULL ? aw__py_frame_code(frame) : NULL;
	const uintptr_t semaphore = first_variable(coroutine);
	uint32_t at;

	if (code != NULL && aw__py_kind(code) == AW__PY_LOCK_ENTER)
		return;
	aw__py_permits_forget(semaphore);
	at = find((PyObject *)semaphore);
	if (at != 0 && !resources[at].is_bounded) {
		resources[at].permits = 0;
		tell(&resources[at]);
	}
}

void aw__py_coroutine_finalize(PyObject *self)
{
	const PyCodeObject *code = code_of(self);

	if (__builtin_expect(code == acquire, 0) && code != NULL && aw_agent_on())
		acquired(self);
	else if (__builtin_expect(code == acquire_permit, 0) && code != NULL && aw_agent_on())
		acquired_permit(self);
	aw__py_origin_look();
	aw__py_old_coroutine_finalize(self);
}

bool aw__py_locks_has_taken(const struct aw__py_task *task, PyObject *lock)
{
	const struct taken *entry = taken_of((uintptr_t)lock);

	return entry != NULL && entry->task == task->agent.id;
}

static void has_failed(struct aw__py_task *task, PyObject *lock)
{
	uint32_t at = find(lock);

	if (!aw__py_locks_has_taken(task, lock))
		return;
	taken_of((uintptr_t)lock)->failed = true;
	if (at != 0)
		tell(&resources[at]);
}

void aw__py_locks_failed(struct aw__py_task *task, PyObject *exception)
{
	const PyTracebackObject *at = aw__py_traceback_of(exception);
	struct aw__py_ahead ahead;

	for (unsigned i = 0; at != NULL && at->tb_frame != NULL && i < 64; i++, at = at->tb_next) {
		_PyInterpreterFrame *frame = ((struct _frame *)at->tb_frame)->f_frame;

		aw__py_look_ahead(&ahead, frame, at->tb_lasti);
		for (unsigned n = 0; n < ahead.count; n++)
			has_failed(task, ahead.released[n]);
	}
}

/* ---- initialization ---- */

/* The code of a type's acquire(), if it is asyncio's own; a new reference. */
static PyCodeObject *acquire_of(PyObject *type)
{
	PyObject *function = type != NULL ? PyObject_GetAttrString(type, "acquire") : NULL;
	PyCodeObject *code = NULL;

	if (function != NULL && PyFunction_Check(function) &&
	    aw__py_kind((PyCodeObject *)PyFunction_GET_CODE(function)) == AW__PY_LOCK_WAIT)
		code = (PyCodeObject *)Py_NewRef(PyFunction_GET_CODE(function));
	Py_XDECREF(function);
	return code;
}

bool aw__py_locks_init(PyObject *locks)
{
	if (locks == NULL)
		return false;
	lock_type = PyObject_GetAttrString(locks, "Lock");
	condition_type = PyObject_GetAttrString(locks, "Condition");
	semaphore_type = PyObject_GetAttrString(locks, "Semaphore");
	bounded_type = PyObject_GetAttrString(locks, "BoundedSemaphore");
	acquire = acquire_of(lock_type);
	acquire_permit = acquire_of(semaphore_type);
	PyErr_Clear();
	return acquire != NULL;
}
