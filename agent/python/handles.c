/* SPDX-License-Identifier: MIT */
/*
 * Sockets, transports, streams and loops that are collected while they are open: the finding unclosed-handle, with where it was opened.
 *
 * Of each socket that is made the stack is remembered. CPython warns of a transport, a stream or a loop that goes unclosed, whether or
 * not somebody sees the warning: what it was opened with is its socket. One thing is one finding: its parts are closed by it.
 */
#include "agent/python/adapter.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define PLACES 4096u /* of sockets that are open: where further ones were opened is not known */
#define WINDOW 16u

/* No reference is kept: a socket leaves the table when it is finalized. */
static struct place {
	PyObject *socket; /* NULL: free */
	aw_intern stack;
	pid_t pid;    /* a child has its parent's sockets, too: they are the parent's affair */
	bool in_loop; /* it was opened while a loop ran */
} places[PLACES];

initproc aw__py_old_socket_init;
destructor aw__py_old_socket_finalize;
aw__py_fast *aw__py_old_warn;

/* NULL: it is not there, or (if it is to be added) there is no room. */
static struct place *place_of(PyObject *socket, bool add)
{
	const uint64_t hash = ((uint64_t)(uintptr_t)socket >> 4) * UINT64_C(0x9e3779b97f4a7c15);
	struct place *free_one = NULL;

	for (unsigned i = 0; i < WINDOW; i++) {
		struct place *place = &places[((hash >> 52) + i) % PLACES];

		if (place->socket == socket)
			return place;
		if (place->socket == NULL && free_one == NULL)
			free_one = place;
	}
	return add ? free_one : NULL;
}

static aw_intern stack_here(void)
{
	const struct aw__py_task *task =
		aw__py_current != NULL ? aw__py_task_of(aw__py_current) : NULL;

	return aw__py_stack(task != NULL && task->told ? task->agent.stack : AW_NONE, NULL);
}

int aw__py_socket_init(PyObject *self, PyObject *args, PyObject *names)
{
	const int result = aw__py_old_socket_init(self, args, names);
	struct place *place;

	/* a loop that is made opens its pipe: recording begins with that */
	if (result != 0 || !aw__py_is_main() ||
	    !(aw_agent_on() || (aw__py_is_in_asyncio() && aw__py_on())))
		return result;
	place = place_of(self, true);
	if (place != NULL)
		*place = (struct place){ self, stack_here(), getpid(), aw__py_loop_now() != NULL };
	return result;
}

static void tell(const char *kind, aw_intern stack)
{
	aw_agent_handle_unclosed(aw_agent_new_id(), kind,
				 stack != AW_STACK_NONE ? stack : AW_NONE);
}

/* Those that block belong to libraries that know of no loop: CPython's warning must do. */
static bool is_of_a_loop(const struct place *place, int descriptor)
{
	return descriptor >= 0 && place->in_loop && place->pid == getpid() &&
	       (fcntl(descriptor, F_GETFL) & O_NONBLOCK) != 0;
}

/* Of a plain socket: one that a transport or a loop has is closed by that before. */
void aw__py_socket_finalize(PyObject *self)
{
	struct place *place = place_of(self, false);
	const int descriptor = *(int *)((char *)self + sizeof(PyObject)); /* its first field */

	if (place != NULL) {
		if (aw_agent_on() && is_of_a_loop(place, descriptor))
			tell("socket", place->stack);
		place->socket = NULL;
	}
	aw__py_old_socket_finalize(self);
}

/* Of a loop its own pipe, of a transport its connection. New reference; NULL: it has none. */
static PyObject *socket_of(PyObject *source)
{
	static const char *const names[] = { "_sock", "_ssock", "_transport" };
	PyObject *found = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names) && found == NULL; i++) {
		found = PyObject_GetAttrString(source, names[i]);
		if (found == NULL)
			PyErr_Clear();
		else if (found == Py_None)
			Py_CLEAR(found);
	}
	return found;
}

static aw_intern opened_at(PyObject *source)
{
	PyObject *socket = socket_of(source);
	const struct place *place = socket != NULL ? place_of(socket, false) : NULL;
	const aw_intern stack = place != NULL ? place->stack : AW_NONE;

	Py_XDECREF(socket);
	return stack;
}

/* What asyncio says of itself. "unclosed transport <…>": the kind is what stands before the object. */
static void look_at_warning(PyObject *message, PyObject *source)
{
	struct aw__py_text text = aw__py_text(message);
	const char *kind = strncmp(text.bytes, "unclosed event loop ", 20) == 0	     ? "event loop"
			   : strncmp(text.bytes, "unclosed transport ", 19) == 0     ? "transport"
			   : strncmp(text.bytes, "unclosed <StreamWriter", 22) == 0 ? "stream"
										     : NULL;

	/* what is below TLS says so itself */
	if (kind != NULL && strstr(text.bytes, "_SSLProtocolTransport") == NULL)
		tell(kind, source != NULL ? opened_at(source) : AW_NONE);
	aw__py_text_finish(&text);
}

PyObject *aw__py_warn(PyObject *module, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
	const Py_ssize_t given = PyVectorcall_NARGS((size_t)count);
	PyObject *source = NULL, *type, *value, *traceback;

	if (given < 2 || args[1] != PyExc_ResourceWarning || !PyUnicode_Check(args[0]) ||
	    !aw_agent_on() || !aw__py_is_main())
		return aw__py_old_warn(module, args, count, names);
	for (Py_ssize_t i = 0; names != NULL && i < PyTuple_GET_SIZE(names); i++) {
		if (PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, i), "source") == 0)
			source = args[given + i];
	}
	PyErr_Fetch(&type, &value, &traceback);
	look_at_warning(args[0], source);
	PyErr_Restore(type, value, traceback);
	return aw__py_old_warn(module, args, count, names);
}
