/* SPDX-License-Identifier: MIT */
/*
 * The finding unclosed-handle: sockets, transports, streams, subprocesses and loops that are collected while they are open, with where they were
 * opened.
 *
 * The stack is remembered for each socket that is made, and for each process and pipe that is connected to a loop. CPython warns about a transport, a
 * stream or a loop that is freed unclosed, even if the warning is not shown: its socket, process or pipe tells where it was opened. Libraries warn
 * about theirs in the same words. One object is one finding, which includes the parts that it would have closed.
 */
#include "agent/python/adapter.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PLACES 4096u /* of sockets that are open: the stacks of further ones are not known */
#define WINDOW 16u

/* No reference is kept: a socket leaves the table when it is finalized. */
static struct place {
	PyObject *socket; /* NULL: free */
	aw_intern stack;
	pid_t pid; /* of the process that opened it: a forked child does not report its parent's sockets */
	bool in_loop; /* it was opened while a loop ran */
} places[PLACES];

initproc aw__py_old_socket_init;
destructor aw__py_old_socket_finalize;
aw__py_fast *aw__py_old_warn;

/* NULL: it is not there, or (with `add`) there is no room. */
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
	const struct aw__py_task *task = aw__py_current_task();

	return aw__py_stack(task != NULL && task->told ? task->agent.stack : AW_NONE, NULL);
}

int aw__py_socket_init(PyObject *self, PyObject *args, PyObject *names)
{
	const int result = aw__py_old_socket_init(self, args, names);
	struct place *place;

	/* a new loop opens its own pipe: recording begins with that */
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
	aw_agent_handle_unclosed(aw_agent_new_id(), kind, stack != AW_STACK_NONE ? stack : AW_NONE);
}

static void tell_dropped(const char *kind)
{
	const aw_intern stack = stack_here();

	aw_agent_handle_dropped(aw_agent_new_id(), kind, stack != AW_STACK_NONE ? stack : AW_NONE);
}

/* Blocking sockets belong to libraries that use no loop: for these CPython's own warning is enough. */
static bool is_of_a_loop(const struct place *place, int descriptor)
{
	return descriptor >= 0 && place->in_loop && place->pid == getpid() &&
	       (fcntl(descriptor, F_GETFL) & O_NONBLOCK) != 0;
}

/* Reports plain sockets: a transport or loop closes its own socket before. */
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

#define MOST_LAYERS 4u /* a stream, TLS, its protocol, the transport below */

/* A loop's own pipe, or the connection of a transport, also of one that a stream or TLS uses. New reference; NULL: it has none. */
static PyObject *socket_of(PyObject *source)
{
	static const char *const names[] = { "_sock", "_ssock", "_transport", "_ssl_protocol" };
	PyObject *found = Py_NewRef(source), *next;

	for (unsigned layer = 0; layer < MOST_LAYERS; layer++) {
		next = NULL;
		for (size_t i = 0; i < sizeof(names) / sizeof(*names) && next == NULL; i++) {
			next = PyObject_GetAttrString(found, names[i]);
			if (next == NULL)
				PyErr_Clear();
			else if (next == Py_None)
				Py_CLEAR(next);
		}
		if (next == NULL)
			break;
		Py_SETREF(found, next);
	}
	if (found == source)
		Py_CLEAR(found);
	return found;
}

/* ---- pipes ---- */

/* indexed by descriptor: a newer one replaces an older one with the same index */
#define PIPES 256u

static struct pipe_place {
	long descriptor;
	aw_intern stack; /* AW_NONE: free */
} pipes[PIPES];

aw__py_few *aw__py_old_set_blocking;

/* connect_read_pipe() and connect_write_pipe() call this first for the descriptor: the program's frames are their callers. */
PyObject *aw__py_set_blocking(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
	PyObject *result = aw__py_old_set_blocking(module, args, count);
	const long descriptor =
		result != NULL && count == 2 && PyLong_CheckExact(args[0]) && args[1] == Py_False
			? PyLong_AsLong(args[0])
			: -1;

	if (descriptor >= 0 && aw_agent_on() && aw__py_is_main() && aw__py_loop_now() != NULL &&
	    aw__py_is_in_asyncio())
		pipes[(unsigned long)descriptor % PIPES] =
			(struct pipe_place){ descriptor, stack_here() };
	return result;
}

/* The transport is open, so that its descriptor is not reused. */
static aw_intern pipe_opened_at(PyObject *transport)
{
	PyObject *number = PyObject_GetAttrString(transport, "_fileno");
	const long descriptor =
		number != NULL && PyLong_CheckExact(number) ? PyLong_AsLong(number) : -1;
	const struct pipe_place *at = &pipes[(unsigned long)descriptor % PIPES];

	PyErr_Clear();
	Py_XDECREF(number);
	return descriptor >= 0 && at->descriptor == descriptor ? at->stack : AW_NONE;
}

static aw_intern opened_at(PyObject *source)
{
	PyObject *socket = socket_of(source);
	const struct place *place = socket != NULL ? place_of(socket, false) : NULL;
	const aw_intern stack = place != NULL ? place->stack : AW_NONE;

	if (socket == NULL)
		return pipe_opened_at(source);
	Py_DECREF(socket);
	return stack;
}

/* ---- subprocesses ---- */

/* started processes, indexed by pid: a newer one replaces an older one with the same index */
#define PROCESSES 256u

static struct started {
	long pid;
	aw_intern stack;
} started[PROCESSES];

PyCFunction aw__py_old_fork_exec_packed;

void aw__py_process_started(PyObject *result)
{
	const long pid = result != NULL && PyLong_CheckExact(result) ? PyLong_AsLong(result) : 0;

	if (pid > 0 && aw_agent_on() && aw__py_loop_now() != NULL)
		started[(unsigned long)pid % PROCESSES] = (struct started){ pid, stack_here() };
}

PyObject *aw__py_fork_exec_packed(PyObject *module, PyObject *args)
{
	PyObject *result = aw__py_old_fork_exec_packed(module, args);

	aw__py_process_started(result);
	return result;
}

static aw_intern started_at(PyObject *transport)
{
	PyObject *number = PyObject_GetAttrString(transport, "_pid");
	const long pid = number != NULL && PyLong_CheckExact(number) ? PyLong_AsLong(number) : 0;
	const struct started *at = &started[(unsigned long)pid % PROCESSES];

	PyErr_Clear();
	Py_XDECREF(number);
	return pid > 0 && at->pid == pid ? at->stack : AW_NONE;
}

/* Whether it is the transport of a pipe that belongs to a subprocess's transport, which closes it. */
static bool is_of_subprocess(PyObject *transport)
{
	PyObject *protocol = PyObject_GetAttrString(transport, "_protocol");
	const char *name = protocol != NULL ? Py_TYPE(protocol)->tp_name : "";
	const bool is = strcmp(name, "ReadSubprocessPipeProto") == 0 ||
			strcmp(name, "WriteSubprocessPipeProto") == 0;

	PyErr_Clear();
	Py_XDECREF(protocol);
	return is;
}

/* ---- what libraries warn of ---- */

#define MOST_PARTS 32u
#define PARTS_S	   1 /* parts are freed together with their whole */

/* The parts of the last object that was reported: they are only compared. */
static struct {
	PyObject *parts[MOST_PARTS];
	unsigned count;
	time_t since;
} last;

static time_t now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return now.tv_sec;
}

static bool is_part(PyObject *source)
{
	for (unsigned i = 0; i < last.count && now_s() - last.since <= PARTS_S; i++)
		if (last.parts[i] == source)
			return true;
	return false;
}

static void note_parts(PyObject *source)
{
	PyObject *names = PyObject_GenericGetDict(source, NULL), *value;
	Py_ssize_t at = 0;

	last.count = 0;
	last.since = now_s();
	while (names != NULL && PyDict_Check(names) && last.count < MOST_PARTS &&
	       PyDict_Next(names, &at, NULL, &value))
		last.parts[last.count++] = value;
	PyErr_Clear();
	Py_XDECREF(names);
}

static bool has_loop(PyObject *source)
{
	PyObject *loop = PyObject_GetAttrString(source, "_loop");

	PyErr_Clear();
	Py_XDECREF(loop);
	return loop != NULL && loop != Py_None;
}

/* "Unclosed client session <…>": a library's object that belongs to a loop. Where it was opened is not known. */
static void look_at_library(const char *text, PyObject *source)
{
	const char *what = text + strlen("unclosed "), *end = strstr(what, " <");
	char kind[64];

	if (source == NULL ||
	    (strncmp(text, "Unclosed ", 9) != 0 && strncmp(text, "unclosed ", 9) != 0) ||
	    end == NULL || end == what || end - what > 40 || !has_loop(source) || is_part(source))
		return;
	snprintf(kind, sizeof(kind), "%.*s", (int)(end - what), what);
	tell_dropped(kind);
	note_parts(source);
}

/* asyncio's own warnings; the others are looked at as a library's. */
static void look_at_warning(PyObject *message, PyObject *source)
{
	struct aw__py_text text = aw__py_text(message);
	PyObject *stream = source != NULL ? source : aw__py_dropped_stream();

	if (strncmp(text.bytes, "unclosed transport <_UnixSubprocessTransport", 44) == 0)
		tell("subprocess", source != NULL ? started_at(source) : AW_NONE);
	else if (strncmp(text.bytes, "unclosed event loop ", 20) == 0)
		tell("event loop", source != NULL ? opened_at(source) : AW_NONE);
	else if (strncmp(text.bytes, "unclosed <StreamWriter", 22) == 0)
		tell("stream", stream != NULL ? opened_at(stream) : AW_NONE);
	else if (strncmp(text.bytes, "asynchronous generator <", 24) == 0)
		tell_dropped("asynchronous generator");
	else if (strncmp(text.bytes, "unclosed transport ", 19) != 0)
		look_at_library(text.bytes, source);
	/* the transport below TLS warns itself */
	else if (strstr(text.bytes, "_SSLProtocolTransport") == NULL &&
		 (source == NULL || !is_of_subprocess(source)))
		tell("transport", source != NULL ? opened_at(source) : AW_NONE);
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
