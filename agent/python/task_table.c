/* SPDX-License-Identifier: MIT */
/*
 * The adapter's parts of tasks, for a program that began to record itself while asyncio was in use. Its Task objects exist, so the type cannot be
 * enlarged: the interpreter would take the memory behind the smaller ones for theirs. Instead each part is found by its object's address, in a
 * hash table, until the object is deallocated.
 *
 * The table is used with the main interpreter's GIL held. Its memory grows with the number of tasks that live at once, and is used again.
 */
#include "agent/python/adapter.h"

struct entry {
	struct aw__py_task task; /* first, so that its address is that of this */
	PyObject *object;	 /* borrowed; forgotten when it is deallocated */
	struct entry *next;
};

enum { FIRST_BUCKETS = 256, MOST_BUCKETS = 1 << 20, CHUNK = 32 };

bool aw__py_uses_table;
static struct entry **buckets, *unused;
static size_t bucket_count, entry_count;
static destructor old_dealloc;
/* the object that this thread deallocates, until it is known whether its finalizer keeps it */
static _Thread_local PyObject *dying __attribute__((tls_model("initial-exec")));

static struct entry **bucket_of(const PyObject *object)
{
	/* objects are at least 16 bytes apart */
	const uint64_t hash = (uint64_t)((uintptr_t)object >> 4) * UINT64_C(0x9e3779b97f4a7c15);

	return &buckets[(hash >> 32) & (bucket_count - 1)];
}

struct aw__py_task *aw__py_table_find(PyObject *object)
{
	struct entry *at;

	/* other interpreters have tasks, too, and from 3.12 on other GILs */
	if (!aw__py_is_main())
		return NULL;
	at = *bucket_of(object);
	while (at != NULL && at->object != object)
		at = at->next;
	return at != NULL ? &at->task : NULL;
}

PyObject *aw__py_table_object(const struct aw__py_task *task)
{
	return ((const struct entry *)task)->object;
}

/* If there is no memory for more buckets, the chains become longer. */
static void grow(void)
{
	struct entry **before = buckets;
	const size_t count_before = bucket_count;
	struct entry **larger;

	if (entry_count < bucket_count || bucket_count >= MOST_BUCKETS)
		return;
	larger = PyMem_RawCalloc(bucket_count * 2, sizeof(struct entry *));
	if (larger == NULL)
		return;
	buckets = larger;
	bucket_count *= 2;
	for (size_t i = 0; i < count_before; i++) {
		while (before[i] != NULL) {
			struct entry *at = before[i], **bucket = bucket_of(at->object);

			before[i] = at->next;
			at->next = *bucket;
			*bucket = at;
		}
	}
	PyMem_RawFree(before);
}

static struct entry *take_unused(void)
{
	struct entry *taken;

	if (unused == NULL) {
		struct entry *chunk = PyMem_RawMalloc(CHUNK * sizeof(*chunk));

		for (unsigned i = 0; chunk != NULL && i < CHUNK; i++) {
			chunk[i].next = unused;
			unused = &chunk[i];
		}
	}
	taken = unused;
	if (taken != NULL)
		unused = taken->next;
	return taken;
}

static void remove_entry(struct entry **at)
{
	struct entry *gone = *at;

	aw_agent_task_kept(&gone->task.agent, false);
	aw__py_waits_leave(&gone->task);
	aw__py_members_leave(&gone->task);
	aw__py_members_release(&gone->task);
	*at = gone->next;
	gone->next = unused;
	unused = gone;
	entry_count--;
}

static void forget(PyObject *object)
{
	struct entry **at = bucket_of(object);

	while (*at != NULL && (*at)->object != object)
		at = &(*at)->next;
	if (*at != NULL)
		remove_entry(at);
}

void aw__py_table_finalized(PyObject *object)
{
	if (dying != object)
		return;
	dying = NULL;
	/* otherwise its finalizer made a reference to it, and it lives on */
	if (Py_REFCNT(object) == 1)
		forget(object);
}

/*
 * The function that subclasses' own functions call, too. The function that frees the memory is not hooked: it must be the same for all subclasses,
 * or the program could not assign to an object's __class__.
 */
static void dealloc(PyObject *object)
{
	PyObject *was = dying;

	if (!aw__py_is_main()) {
		old_dealloc(object);
		return;
	}
	dying = NULL;
	/* An object whose finalizer has run is freed. Another one is finalized first, which decides. */
	if (PyObject_GC_IsFinalized(object))
		forget(object);
	else
		dying = object;
	old_dealloc(object);
	if (dying == object) /* freed without a finalizer; only the address is used */
		forget(object);
	dying = was;
}

struct aw__py_task *aw__py_table_add(PyObject *object)
{
	struct aw__py_task *found = aw__py_table_find(object);
	struct entry *entry, **bucket;

	if (found != NULL)
		return found;
	if (!aw__py_is_main() || (entry = take_unused()) == NULL)
		return NULL;
	grow();
	*entry = (struct entry){ .task.in_table = true, .object = object };
	bucket = bucket_of(object);
	entry->next = *bucket;
	*bucket = entry;
	entry_count++;
	return &entry->task;
}

bool aw__py_table_begin(void)
{
	if (buckets == NULL) {
		buckets = PyMem_RawCalloc(FIRST_BUCKETS, sizeof(struct entry *));
		bucket_count = FIRST_BUCKETS;
	}
	if (buckets != NULL && aw__py.task->tp_dealloc != dealloc) {
		old_dealloc = aw__py.task->tp_dealloc;
		aw__py.task->tp_dealloc = dealloc;
	}
	aw__py_uses_table = buckets != NULL;
	return aw__py_uses_table;
}
