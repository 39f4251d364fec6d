/* SPDX-License-Identifier: MIT */
/*
 * Remembers how many permits an asyncio.Semaphore was made with, which the object itself does not: locks.c needs it to know whether waiting tasks
 * have all of them.
 *
 * The type's slots for __init__() and for the finalizer are hooked. Semaphores whose __init__() was not seen are unknown: those of a subclass, and
 * from 3.13 on those where the interpreter calls __init__() directly.
 */
#include "agent/python/adapter.h"

#define PLACES 1024u
#define WINDOW 8u

static struct known {
	uintptr_t semaphore; /* 0: free */
	long permits;
} known[PLACES];

initproc aw__py_old_semaphore_init;
destructor aw__py_old_semaphore_finalize;

/* The entry of a semaphore; `add`: make one. NULL: it has none. */
static struct known *place_of(uintptr_t semaphore, bool add)
{
	const uint64_t hash = ((uint64_t)semaphore >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 54;
	unsigned free = (unsigned)hash; /* if none is, an older entry is replaced */

	for (unsigned i = WINDOW; i-- > 0;) {
		const unsigned at = (unsigned)(hash + i) % PLACES;

		if (known[at].semaphore == semaphore)
			return &known[at];
		if (known[at].semaphore == 0)
			free = at;
	}
	if (!add)
		return NULL;
	known[free].semaphore = semaphore;
	return &known[free];
}

int aw__py_semaphore_init(PyObject *self, PyObject *args, PyObject *names)
{
	const int result = aw__py_old_semaphore_init(self, args, names);
	PyObject *value = result == 0 ? aw__py_plain_attribute(self, "_value") : NULL;

	if (value != NULL && PyLong_CheckExact(value) && aw__py_is_main()) {
		place_of((uintptr_t)self, true)->permits = PyLong_AsLong(value);
		PyErr_Clear();
	}
	return result;
}

void aw__py_semaphore_finalize(PyObject *self)
{
	if (aw__py_is_main())
		aw__py_permits_forget((uintptr_t)self);
	if (aw__py_old_semaphore_finalize != NULL)
		aw__py_old_semaphore_finalize(self);
}

void aw__py_permits_forget(uintptr_t semaphore)
{
	struct known *place = place_of(semaphore, false);

	if (place != NULL)
		place->semaphore = 0;
}

long aw__py_permits_of(PyObject *semaphore)
{
	const struct known *place = place_of((uintptr_t)semaphore, false);

	return place != NULL ? place->permits : 0;
}
