/* SPDX-License-Identifier: MIT */
/*
 * Puts the hooks into the slots, and takes them out again if they do not fit. A slot is a C pointer that the interpreter
 * calls: the function pointer of a type, or that of a method's definition.
 */
#include "agent/python/adapter.h"
#include "agent/python/jobs.h"
#include "agent/python/py_cancel.h"

#include <string.h>

#ifndef MOST_SLOTS /* a test has fewer */
#define MOST_SLOTS 96u
#endif
#define LATE_SLOTS 20u /* more than aw__py_swap_late() may need */

struct slot {
	void **place;
	void *before;
};

static struct slot slots[MOST_SLOTS];
static unsigned slot_count;

static void *put(void **place, void *hook)
{
	void *before = *place;

	/* aw__py_swap() has checked that there is room */
	if (slot_count == MOST_SLOTS)
		return before;
	slots[slot_count++] = (struct slot){ place, before };
	*place = hook;
	return before;
}

#define PUT(place, hook) put((void **)(void *)(place), (void *)(hook))

void aw__py_swap_back(void)
{
	while (slot_count > 0) {
		slot_count--;
		*slots[slot_count].place = slots[slot_count].before;
	}
}

/* The definition of a method of a type, or of a function of a module; NULL: it is none. Borrowed, and never freed. */
static PyMethodDef *definition(PyObject *owner, const char *name)
{
	PyObject *object = PyObject_GetAttrString(owner, name);
	PyMethodDef *found = NULL;

	if (object != NULL && Py_TYPE(object) == &PyMethodDescr_Type)
		found = ((PyMethodDescrObject *)object)->d_method;
	else if (object != NULL && PyCFunction_Check(object))
		found = ((PyCFunctionObject *)object)->m_ml;
	PyErr_Clear();
	Py_XDECREF(object);
	return found;
}

static bool put_method(PyObject *owner, const char *name, int flags, void *hook, void *ret_before)
{
	PyMethodDef *found = definition(owner, name);

	if (found == NULL || found->ml_flags != flags)
		return false;
	*(void **)ret_before = PUT(&found->ml_meth, hook);
	return true;
}

/* super().__init__() in a subclass calls the wrapper in the type's dictionary. */
static void put_wrapper(const char *name, void *hook)
{
	PyObject *wrapper = PyDict_GetItemString(aw__py.task->tp_dict, name);

	if (wrapper != NULL && Py_TYPE(wrapper) == &PyWrapperDescr_Type)
		PUT(&((PyWrapperDescrObject *)wrapper)->d_wrapped, hook);
}

static bool put_task_methods(PyObject *task)
{
	const int fast = METH_FASTCALL | METH_KEYWORDS;

	if (!put_method(task, "cancel", fast, (void *)aw__py_cancel, &aw__py_old.cancel) ||
	    !put_method(task, "uncancel", METH_NOARGS, (void *)aw__py_uncancel,
			&aw__py_old.uncancel) ||
	    !put_method(task, "set_name", METH_O, (void *)aw__py_set_name, &aw__py_old.set_name))
		return false;
	/* Task has its own exception() and result() in some versions, and Future's in others. */
	if (!put_method(task, "result", METH_NOARGS, (void *)aw__py_result, &aw__py_old.result))
		return false;
	return put_method(task, "exception", METH_NOARGS, (void *)aw__py_exception,
			  &aw__py_old.exception) ||
	       put_method(task, "exception", METH_METHOD | fast, (void *)aw__py_exception_method,
			  &aw__py_old.exception_method);
}

static void enlarge_tasks(void)
{
	const Py_ssize_t own = (aw__py.task->tp_basicsize + 15) & ~(Py_ssize_t)15;

	aw__py.task->tp_basicsize = own + (Py_ssize_t)sizeof(struct aw__py_task);
	aw__py.own = own;
}

/* ---- subclasses that exist already ---- */

/* A subclass has copies of its base's functions, unless it replaces them. */
static void put_copy(void *place, void *before, void *hook)
{
	if (*(void **)place == before)
		put(place, hook);
}

static void put_copies(PyTypeObject *type)
{
	put_copy(&type->tp_init, (void *)aw__py_old.init, (void *)aw__py_init);
	put_copy(&type->tp_finalize, (void *)aw__py_old.finalize, (void *)aw__py_finalize);
	put_copy(&type->tp_iter, (void *)aw__py_old.iter, (void *)aw__py_iter);
	if (type->tp_as_async != NULL)
		put_copy(&type->tp_as_async->am_await, (void *)aw__py_old.await,
			 (void *)aw__py_await);
}

enum { COPIES = 4 };

/* Hook the subclasses of a type, and theirs. None of their own code runs. */
static bool put_subclasses(PyTypeObject *base, const char **ret_why)
{
	PyObject *list = PyObject_CallMethod((PyObject *)&PyType_Type, "__subclasses__", "O", base);
	bool done = list != NULL && PyList_CheckExact(list);

	if (!done) {
		PyErr_Clear();
		*ret_why = "cannot list the subclasses of asyncio.Task";
	}
	for (Py_ssize_t i = 0; done && i < PyList_GET_SIZE(list); i++) {
		PyTypeObject *type = (PyTypeObject *)PyList_GET_ITEM(list, i);

		put_copies(type);
		done = put_subclasses(type, ret_why);
	}
	Py_XDECREF(list);
	return done;
}

/* For a program that may have tasks: see task_table.c. */
static bool put_in_use(const char **ret_why)
{
	if (!aw__py_table_begin()) {
		*ret_why = "no memory";
		return false;
	}
	return put_subclasses(aw__py.task, ret_why);
}

bool aw__py_swap(bool in_use, const char **ret_why)
{
	PyObject *module = PyImport_ImportModule("_asyncio");
	bool done;

	*ret_why = "unknown methods of _asyncio";
	if (module == NULL) {
		PyErr_Clear();
		return false;
	}
	*(void **)&aw__py_old.init = PUT(&aw__py.task->tp_init, aw__py_init);
	*(void **)&aw__py_old.finalize = PUT(&aw__py.task->tp_finalize, aw__py_finalize);
	*(void **)&aw__py_old.step = PUT(&aw__py.step->tp_call, aw__py_step);
	*(void **)&aw__py_old.wakeup = PUT(&aw__py.wakeup->ml_meth, aw__py_wakeup);
	*(void **)&aw__py_old.await = PUT(&aw__py.task->tp_as_async->am_await, aw__py_await);
	*(void **)&aw__py_old.iter = PUT(&aw__py.task->tp_iter, aw__py_iter);
	put_wrapper("__init__", (void *)aw__py_init);
	put_wrapper("__del__", (void *)aw__py_finalize);
	done = put_task_methods((PyObject *)aw__py.task) &&
	       put_method(module, "_set_running_loop", METH_O, (void *)aw__py_set_running_loop,
			  &aw__py_old_set_running_loop);
	Py_DECREF(module);
	if (done && in_use)
		done = put_in_use(ret_why);
	if (slot_count + LATE_SLOTS > MOST_SLOTS) {
		*ret_why = in_use ? "too many subclasses of asyncio.Task exist"
				  : "more hooks than there is room for";
		done = false;
	}
	if (done)
		done = aw__py_self_test(ret_why);
	if (!done)
		aw__py_swap_back();
	else if (!in_use)
		enlarge_tasks();
	return done;
}

/* ---- when all of asyncio is imported ---- */

/* Replace an attribute of a module or class by a hook, which gets the old one as its first argument, and calls it. Does nothing if there is none. */
static void put_attribute(PyObject *owner, PyMethodDef *hook, bool method)
{
	PyObject *before = PyObject_GetAttrString(owner, hook->ml_name);
	PyObject *function = before != NULL ? PyCFunction_New(hook, before) : NULL;

	if (function != NULL && method)
		Py_SETREF(function, PyInstanceMethod_New(function));
	if (function != NULL)
		PyObject_SetAttrString(owner, hook->ml_name, function);
	Py_XDECREF(function);
	Py_XDECREF(before);
	PyErr_Clear();
}

/* An imported module. New reference; NULL: it is not imported, or is another object, whose attributes may run the program's code. */
static PyObject *module_of(const char *name)
{
	PyObject *modules = PyImport_GetModuleDict();
	PyObject *module = modules != NULL ? PyDict_GetItemString(modules, name) : NULL;

	return module != NULL && PyModule_CheckExact(module) ? Py_NewRef(module) : NULL;
}

static PyObject *exit_at_once(PyObject *self, PyObject *const *args, Py_ssize_t count,
			      PyObject *names)
{
	/* children of multiprocessing end by _exit(): so their recording ends in order, too */
	aw_agent_stop();
	return aw__py_old.exit(self, args, count, names);
}

static void put_poll(void)
{
	PyObject *module = module_of("select");
	PyObject *type = module != NULL ? PyObject_GetAttrString(module, "epoll") : NULL;

	if (type != NULL)
		put_method(type, "poll", METH_FASTCALL | METH_KEYWORDS, (void *)aw__py_poll,
			   &aw__py_old_poll);
	PyErr_Clear();
	Py_XDECREF(type);
	Py_XDECREF(module);
}

/* Hook a function with keyword arguments, if its module is imported. */
static void put_function(const char *module_name, const char *name, aw__py_fast *hook,
			 aw__py_fast **ret_before)
{
	PyObject *module = module_of(module_name);

	if (module != NULL)
		put_method(module, name, METH_FASTCALL | METH_KEYWORDS, (void *)hook, ret_before);
	Py_XDECREF(module);
}

/* fork() and forkpty() from 3.12 on: earlier versions do not warn about a fork. */
static void put_fork(void)
{
	PyObject *posix = module_of("posix"), *exec = module_of("_posixsubprocess");

	if (PY_VERSION_HEX >= 0x030c0000 && posix != NULL) {
		put_method(posix, "fork", METH_NOARGS, (void *)aw__py_fork, &aw__py_old_fork);
		put_method(posix, "forkpty", METH_NOARGS, (void *)aw__py_forkpty,
			   &aw__py_old_forkpty);
	}
	if (exec != NULL && !put_method(exec, "fork_exec", METH_FASTCALL, (void *)aw__py_fork_exec,
					&aw__py_old_fork_exec))
		put_method(exec, "fork_exec", METH_VARARGS, (void *)aw__py_fork_exec_packed,
			   &aw__py_old_fork_exec_packed);
	Py_XDECREF(exec);
	Py_XDECREF(posix);
}

/* set_blocking() takes positional arguments only. */
static void put_set_blocking(void)
{
	PyObject *posix = module_of("posix");

	if (posix != NULL)
		put_method(posix, "set_blocking", METH_FASTCALL, (void *)aw__py_set_blocking,
			   &aw__py_old_set_blocking);
	Py_XDECREF(posix);
}

static void put_depth(void)
{
	PyObject *sys = module_of("sys");

	if (sys != NULL && put_method(sys, "get_coroutine_origin_tracking_depth", METH_NOARGS,
				      (void *)aw__py_get_depth, &aw__py_old_get_depth))
		put_method(sys, "set_coroutine_origin_tracking_depth",
			   METH_FASTCALL | METH_KEYWORDS, (void *)aw__py_set_depth,
			   &aw__py_old_set_depth);
	Py_XDECREF(sys);
}

/* The class socket.socket, which is written in Python, calls the wrapper of its base's __init__(), and has a copy of its base's finalizer. */
static void put_socket(void)
{
	PyObject *module = module_of("_socket"), *python = module_of("socket");
	PyObject *type = module != NULL ? PyObject_GetAttrString(module, "socket") : NULL;
	PyObject *class = python != NULL ? PyObject_GetAttrString(python, "socket") : NULL;
	PyObject *init = type != NULL && PyType_Check(type)
				 ? PyDict_GetItemString(((PyTypeObject *)type)->tp_dict, "__init__")
				 : NULL;

	PyErr_Clear();
	if (init != NULL && Py_TYPE(init) == &PyWrapperDescr_Type && class != NULL &&
	    PyType_Check(class) &&
	    ((PyTypeObject *)class)->tp_finalize == ((PyTypeObject *)type)->tp_finalize) {
		*(void **)&aw__py_old_socket_init =
			PUT(&((PyWrapperDescrObject *)init)->d_wrapped, aw__py_socket_init);
		*(void **)&aw__py_old_socket_finalize =
			PUT(&((PyTypeObject *)class)->tp_finalize, aw__py_socket_finalize);
	}
	Py_XDECREF(class);
	Py_XDECREF(type);
	Py_XDECREF(python);
	Py_XDECREF(module);
}

/* BoundedSemaphore has slots of its own, and keeps the number of its permits. */
static void put_semaphore(PyObject *locks)
{
	PyObject *type = locks != NULL ? PyObject_GetAttrString(locks, "Semaphore") : NULL;

	PyErr_Clear();
	if (type != NULL && PyType_Check(type) &&
	    PyType_HasFeature((PyTypeObject *)type, Py_TPFLAGS_HEAPTYPE)) {
		*(void **)&aw__py_old_semaphore_init =
			PUT(&((PyTypeObject *)type)->tp_init, aw__py_semaphore_init);
		*(void **)&aw__py_old_semaphore_finalize =
			PUT(&((PyTypeObject *)type)->tp_finalize, aw__py_semaphore_finalize);
	}
	Py_XDECREF(type);
}

/* The function that starts threads: threading calls start_joinable_thread() from 3.13 on. */
static void put_start_thread(void)
{
	PyObject *module = module_of("_thread");

	if (module != NULL &&
	    !put_method(module, "start_joinable_thread", METH_VARARGS | METH_KEYWORDS,
			(void *)aw__py_start_joinable_thread, &aw__py_old_start_joinable_thread))
		put_method(module, "start_new_thread", METH_VARARGS, (void *)aw__py_start_thread,
			   &aw__py_old_start_thread);
	Py_XDECREF(module);
}

static PyTypeObject *put_queue(PyObject *queue, PyTypeObject *item)
{
	const int fast = METH_FASTCALL | METH_KEYWORDS;

	if (!put_method(queue, "put", fast, (void *)aw__py_queue_put, &aw__py_old_queue_put) ||
	    !put_method(queue, "get", METH_METHOD | fast, (void *)aw__py_queue_get,
			&aw__py_old_queue_get) ||
	    !put_method(queue, "get_nowait", METH_METHOD | fast, (void *)aw__py_queue_get_nowait,
			&aw__py_old_queue_get_nowait))
		return NULL;
	*(void **)&aw__py_old_item_finalize = PUT(&item->tp_finalize, aw__py_item_finalize);
	return item;
}

PyTypeObject *aw__py_swap_jobs(void)
{
	static bool tried;
	PyObject *futures = module_of("concurrent.futures.thread"), *module = module_of("_queue");
	PyObject *queue = module != NULL ? PyObject_GetAttrString(module, "SimpleQueue") : NULL;
	PyObject *item = futures != NULL ? PyObject_GetAttrString(futures, "_WorkItem") : NULL;
	PyTypeObject *type = NULL;

	PyErr_Clear();
	if (!tried && queue != NULL && item != NULL && PyType_Check(item)) {
		tried = true;
		type = put_queue(queue, (PyTypeObject *)item);
	}
	Py_XDECREF(item);
	Py_XDECREF(queue);
	Py_XDECREF(module);
	Py_XDECREF(futures);
	return type;
}

static PyMethodDef exception_handler = { "call_exception_handler",
					 (PyCFunction)(void (*)(void))aw__py_exception_handler,
					 METH_VARARGS | METH_KEYWORDS, NULL };

/* Whether it is uvloop's own class, written in C, whose loops have their own exception handler; programs see a subclass in Python. */
static bool is_uvloop(PyTypeObject *type)
{
	PyObject *module = PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE) && type->tp_dict != NULL
				   ? PyDict_GetItemString(type->tp_dict, "__module__")
				   : NULL;

	return module != NULL && PyUnicode_Check(module) && strcmp(type->tp_name, "Loop") == 0 &&
	       PyUnicode_CompareWithASCIIString(module, "uvloop") == 0;
}

void aw__py_swap_loop(PyTypeObject *type)
{
	static bool done;
	PyObject *mro = type->tp_mro;

	for (Py_ssize_t i = 0; !done && mro != NULL && i < PyTuple_GET_SIZE(mro); i++) {
		if (!is_uvloop((PyTypeObject *)PyTuple_GET_ITEM(mro, i)))
			continue;
		done = true;
		put_attribute(PyTuple_GET_ITEM(mro, i), &exception_handler, true);
	}
}

void aw__py_swap_late(void)
{
	static PyMethodDef unawaited = { "_warn_unawaited_coroutine", aw__py_unawaited, METH_O,
					 NULL };
	PyObject *warnings = module_of("warnings"), *events = module_of("asyncio.base_events");
	PyObject *loop = events != NULL ? PyObject_GetAttrString(events, "BaseEventLoop") : NULL;
	PyObject *locks = module_of("asyncio.locks");

	put_poll();
	put_depth();
	put_start_thread();
	put_fork();
	put_function("posix", "_exit", exit_at_once, &aw__py_old.exit);
	put_set_blocking();
	put_socket();
	put_function("_warnings", "warn", aw__py_warn, &aw__py_old_warn);
	if (warnings != NULL)
		put_attribute(warnings, &unawaited, false);
	if (loop != NULL)
		put_attribute(loop, &exception_handler, true);
	put_semaphore(locks);
	if (aw__py_locks_init(locks))
		*(void **)&aw__py_old_coroutine_finalize =
			PUT(&PyCoro_Type.tp_finalize, aw__py_coroutine_finalize);
	PyErr_Clear();
	Py_XDECREF(locks);
	Py_XDECREF(loop);
	Py_XDECREF(events);
	Py_XDECREF(warnings);
}
