/* SPDX-License-Identifier: MIT */
/*
 * The hooks of tasks: creation, steps, waits, end, and the retrieval of their errors.
 *
 * The adapter's data about a task lies at the end of its own object (struct aw__py_task). These functions replace those in the slots of _asyncio's
 * types, and call them.
 */
#include "agent/python/adapter.h"
#include "agent/python/py_cancel.h"

#include <string.h>

struct aw__py_old aw__py_old;
_Thread_local PyObject *aw__py_current __attribute__((tls_model("initial-exec")));

/* ---- names ---- */

/* Write "Task-N" so that it ends at `end`; returns where it begins. */
static char *format_name(char *end, unsigned long number)
{
	do
		*--end = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	end -= 5;
	memcpy(end, "Task-", 5);
	return end;
}

static void name_birth(struct aw_agent_birth *birth, struct aw__py_text *text, char digits[32],
		       PyObject *name)
{
	if (name != NULL && PyLong_CheckExact(name)) {
		/* From 3.12 on a task without a name has a number, from which the name is made when somebody asks for it. */
		const unsigned long number = PyLong_AsUnsignedLong(name);

		birth->name = format_name(digits + 32, number);
		birth->name_length = (size_t)(digits + 32 - birth->name);
		return;
	}
	if (name == NULL || !PyUnicode_Check(name))
		return;
	*text = aw__py_text(name);
	birth->name = text->bytes;
	birth->name_length = text->length;
}

/*
 * Whether the name is the default for this id, so that it need not be recorded. CPython counts the tasks that it names, and awry counts all: the
 * numbers are the same until the program names a task itself, and never again after that.
 */
static bool is_name_of_id(PyObject *name, uint64_t id)
{
	static bool differ;
	char digits[32];
	const char *own;
	size_t length;
	bool is;

	if (differ || name == NULL)
		return false;
	if (PyLong_CheckExact(name)) {
		is = PyLong_AsUnsignedLong(name) == id;
	} else {
		own = format_name(digits + sizeof(digits), id);
		length = (size_t)(digits + sizeof(digits) - own);
		is = PyUnicode_Check(name) && PyUnicode_IS_COMPACT_ASCII(name) &&
		     (size_t)PyUnicode_GET_LENGTH(name) == length &&
		     memcmp(PyUnicode_DATA(name), own, length) == 0;
	}
	differ = !is;
	return is;
}

/* ---- created ---- */

static PyObject *argument(PyObject *args, PyObject *names, const char *name)
{
	if (args != NULL && PyTuple_GET_SIZE(args) > 0)
		return PyTuple_GET_ITEM(args, 0);
	return names != NULL ? PyDict_GetItemString(names, name) : NULL;
}

/* `name`: a str, an int, or NULL. */
static void created(PyObject *self, PyObject *args, PyObject *names, PyObject *name)
{
	struct aw__py_task *task = aw__py_task_of(self), *creator = aw__py_current_task();
	struct aw_agent_birth birth = { .loop = aw__py_loop_now() };
	struct aw__py_text text = { "", 0, NULL };
	char digits[32];

	aw__py_origin_look();
	aw__py_waits_leave(task); /* of an object that is initialized again */
	aw__py_members_leave(task);
	aw__py_members_release(task);
	if (!task->done && (task->lock != 0 || task->holds != 0))
		aw__py_resources_forget(task);
	aw_agent_task_kept(&task->agent, false);
	*task = (struct aw__py_task){ .in_table = task->in_table };
	task->agent.id = aw_agent_new_task_id();
	task->told = true;
	birth.creator = creator != NULL && creator->told ? &creator->agent : NULL;
	birth.coroutine = aw__py_place_of_coroutine(argument(args, names, "coro"));
	birth.stack = aw__py_stack(birth.creator != NULL ? birth.creator->stack : AW_NONE, NULL);
	if (!is_name_of_id(name, task->agent.id))
		name_birth(&birth, &text, digits, name);
	aw_agent_task_created(&task->agent, &birth);
	aw__py_text_finish(&text);
}

/* Record the current name. */
static void tell_name(PyObject *self, struct aw__py_task *task)
{
	struct aw_agent_birth birth = { .name = NULL };
	struct aw__py_text text = { "", 0, NULL };
	char digits[32];

	name_birth(&birth, &text, digits, aw__py_object_at(self, aw__py.name));
	if (birth.name != NULL)
		aw_agent_task_named(&task->agent, birth.name, birth.name_length);
	aw__py_text_finish(&text);
}

PyObject *aw__py_set_name(PyObject *self, PyObject *name)
{
	PyObject *result = aw__py_old.set_name(self, name);
	struct aw__py_task *task = aw__py_task_of(self);

	/* an eager task may have failed before it gets its name, and is listed as long as its error is */
	if (result != NULL && task != NULL && task->told &&
	    (!task->done || (task->error != 0 && !task->retrieved)) && aw_agent_on())
		tell_name(self, task);
	return result;
}

/* ---- recorded once more ---- */

/* Whether what a task waits for is pending, so that the task does not run next. `waiter` may be NULL. */
static bool is_pending(PyObject *waiter)
{
	return waiter != NULL && (!PyObject_TypeCheck(waiter, aw__py.future) ||
				  aw__py_state_of(waiter) == AW__PY_PENDING);
}

void aw__py_task_tell_anew(PyObject *self, struct aw__py_task *task, struct aw_agent_loop *loop)
{
	PyObject *waiter = aw__py_object_at(self, aw__py.waiter);
	struct aw_agent_birth birth = { .loop = loop, .before_recording = true };
	struct aw__py_text text = { "", 0, NULL };
	char digits[32];

	if (!task->told)
		task->agent.id = aw_agent_new_task_id();
	task->told = true;
	birth.stack = task->agent.stack;
	birth.coroutine = aw__py_place_of_coroutine(aw__py_object_at(self, aw__py.coroutine));
	name_birth(&birth, &text, digits, aw__py_object_at(self, aw__py.name));
	if (is_pending(waiter)) {
		birth.born = AW_BORN_WAITING;
		birth.wait = AW_WAIT_FUTURE;
		birth.wait_target = (uint64_t)(uintptr_t)waiter >> 4;
	}
	aw_agent_task_created(&task->agent, &birth);
	if (birth.born != AW_BORN_WAITING)
		aw_agent_task_woken(&task->agent, 0);
	aw__py_text_finish(&text);
}

void aw__py_task_tell_wait(PyObject *self, struct aw__py_task *task)
{
	PyObject *waiter = aw__py_object_at(self, aw__py.waiter);
	const struct aw__py_task *other;

	if (!is_pending(waiter))
		return;
	other = PyObject_TypeCheck(waiter, aw__py.task) ? aw__py_task_of(waiter) : NULL;
	if (other != NULL && other->told)
		aw_agent_task_waits_for(&task->agent, AW_WAIT_TASK, other->agent.id);
	aw__py_waits(self, task);
}

/* ---- steps ---- */

static _Thread_local uint32_t turns __attribute__((tls_model("initial-exec"))); /* steps of tasks */

/* A task that yielded resumes: it was ready all the time. */
static void go_on(struct aw__py_task *task)
{
	const uint64_t pause_ns = aw__py_loop_pause(task->run);

	task->yielded = false;
	if (pause_ns > 0 && !task->starved)
		task->starved = aw_agent_task_not_run(&task->agent, pause_ns);
	if (task->turn == turns && task->run == aw__py_loop_run())
		aw_agent_task_step_again(&task->agent);
	else
		aw_agent_task_step(&task->agent);
}

static void begin(struct aw__py_task *task)
{
	aw__py_loop_enter();
	if (__builtin_expect(task->flagged || task->lock != 0 || task->holds != 0, 0))
		aw__py_resources_forget(task);
	if (__builtin_expect(task->yielded, 0))
		go_on(task);
	else
		aw_agent_task_step(&task->agent);
	turns++;
}

void aw__py_retrieved(PyObject *future, PyObject *by)
{
	struct aw__py_task *task =
		PyObject_TypeCheck(future, aw__py.task) ? aw__py_task_of(future) : NULL;
	const struct aw__py_task *taker = by != NULL ? aw__py_task_of(by) : NULL;

	if (task == NULL || !task->told || task->error == 0 || task->retrieved || !aw_agent_on())
		return;
	task->retrieved = true;
	aw_agent_error_retrieved(&task->agent, task->error,
				 taker != NULL && taker->told ? &taker->agent : NULL);
}

static void finished(PyObject *self, struct aw__py_task *task, PyObject *callback)
{
	PyObject *exception = aw__py_object_at(self, aw__py.exception);

	task->done = true;
	aw__py_waits_leave(task);
	if (aw__py_state_of(self) == AW__PY_CANCELLED) {
		aw_agent_task_done(&task->agent, AW_OUTCOME_CANCELLED, 0);
	} else if (exception != NULL) {
		task->error = aw__py_error(exception, task, 0, 0);
		if (task->has_locks)
			aw__py_locks_failed(task, exception);
		aw_agent_task_done(&task->agent, AW_OUTCOME_ERROR, task->error);
		if (aw__py_error_is_an_end(exception))
			aw__py_retrieved(self, NULL);
		else
			aw__py_members_find(self, task, callback);
	} else {
		if (aw__py_cancel_is_swallowed(task))
			aw_agent_cancel_swallowed(&task->agent);
		aw_agent_task_done(&task->agent, AW_OUTCOME_RESULT, 0);
		/* objects of another type may be in a reference cycle, until CPython collects it */
		if (Py_TYPE(self)->tp_finalize == aw__py_finalize)
			aw_agent_task_kept(&task->agent, true);
	}
}

static void waits(PyObject *self, struct aw__py_task *task)
{
	PyObject *waiter = aw__py_object_at(self, aw__py.waiter);
	const struct aw__py_task *other;

	task->went_on = task->cancelled;
	if (waiter == NULL) {
		aw_agent_task_wait(&task->agent, AW_WAIT_SLEEP, 0);
		task->yielded = true;
		task->turn = turns;
		task->run = aw__py_loop_run();
		return;
	}
	other = PyObject_TypeCheck(waiter, aw__py.task) ? aw__py_task_of(waiter) : NULL;
	if (other != NULL && other->told)
		aw_agent_task_wait(&task->agent, AW_WAIT_TASK, other->agent.id);
	else
		aw_agent_task_wait(&task->agent, AW_WAIT_FUTURE, (uint64_t)(uintptr_t)waiter >> 4);
	aw__py_waits(self, task);
}

/* The step may have left an error set that ends the loop (KeyboardInterrupt), which must stay set. */
static void end(PyObject *self, struct aw__py_task *task, bool failed, PyObject *callback)
{
	PyObject *type = NULL, *value = NULL, *traceback = NULL;

	if (failed)
		PyErr_Fetch(&type, &value, &traceback);
	if (aw__py_state_of(self) == AW__PY_PENDING)
		waits(self, task);
	else if (!task->done)
		finished(self, task, callback);
	aw__py_members_release(task);
	Py_XDECREF(callback);
	if (failed)
		PyErr_Restore(type, value, traceback);
	aw__py_loop_leave();
}

bool aw__py_is_true(PyObject *self, const char *attribute)
{
	PyObject *value = PyObject_GetAttrString(self, attribute);
	const bool is = value == Py_True;

	PyErr_Clear();
	Py_XDECREF(value);
	return is;
}

PyObject *aw__py_step(PyObject *self, PyObject *args, PyObject *names)
{
	/* TaskStepMethWrapper: its task is its first field, in all versions */
	PyObject *task = *(PyObject **)((char *)self + sizeof(PyObject)), *was = aw__py_current;
	PyObject *result, *callback;

	aw__py_loop_meet();
	if (!aw__py_is_watched(task))
		return aw__py_old.step(self, args, names);
	callback = aw__py_members_callback(task);
	begin(aw__py_task_of(task));
	aw__py_current = task;
	aw__py_cancel_before_step(task, aw__py_task_of(task), NULL);
	Py_INCREF(task); /* its last reference may be dropped in its last step */
	result = aw__py_old.step(self, args, names);
	aw__py_current = was;
	end(task, aw__py_task_of(task), result == NULL, callback);
	Py_DECREF(task);
	return result;
}

/* ---- errors that are read ---- */

/*
 * The error of a task was read, by the program or by asyncio's own code outside of tasks. A gather that is done already reads an error and
 * ignores it.
 * The end of asyncio.run() gathers the tasks that it has cancelled, and passes their errors to the loop's exception handler next.
 */
static void looked_at(PyObject *future)
{
	struct aw__py_task *task =
		PyObject_TypeCheck(future, aw__py.task) ? aw__py_task_of(future) : NULL;

	if (task == NULL || task->error == 0 || task->retrieved)
		return;
	if (aw__py_current != NULL)
		aw__py_retrieved(future, aw__py_current);
	else if (aw__py_is_late_gather() || aw__py_hand_on(future, task))
		task->dropped = true;
	else if (task->agent.cancel_why != AW_CANCEL_SHUTDOWN && !aw__py_is_in_wait())
		aw__py_retrieved(future, NULL);
}

PyObject *aw__py_exception(PyObject *self, PyObject *nothing)
{
	PyObject *result = aw__py_old.exception(self, nothing);

	if (result != NULL)
		looked_at(self);
	return result;
}

PyObject *aw__py_exception_method(PyObject *self, PyTypeObject *type, PyObject *const *args,
				  size_t count, PyObject *names)
{
	PyObject *result = aw__py_old.exception_method(self, type, args, count, names);

	if (result != NULL)
		looked_at(self);
	return result;
}

PyObject *aw__py_result(PyObject *self, PyObject *nothing)
{
	PyObject *result = aw__py_old.result(self, nothing);

	/* result() has raised the error, if there is one */
	if (aw__py_state_of(self) == AW__PY_FINISHED)
		aw__py_retrieved(self, aw__py_current);
	return result;
}

/* "await task" of a task that is done already: the iterator raises its error, which is not seen. */
static void awaited(PyObject *self)
{
	if (aw__py_state_of(self) == AW__PY_FINISHED)
		aw__py_retrieved(self, aw__py_current);
}

PyObject *aw__py_await(PyObject *self)
{
	awaited(self);
	return aw__py_old.await(self);
}

PyObject *aw__py_iter(PyObject *self)
{
	awaited(self);
	return aw__py_old.iter(self);
}

PyObject *aw__py_wakeup(PyObject *self, PyObject *future)
{
	PyObject *result, *callback, *was = aw__py_current;
	struct aw__py_task *task;

	aw__py_loop_meet();
	task = aw__py_task_of(self);
	if (!aw__py_is_watched(self))
		return aw__py_old.wakeup(self, future);
	callback = aw__py_members_callback(self);
	begin(task);
	aw__py_current = self;
	aw__py_cancel_before_step(self, task, future);
	Py_INCREF(self);
	result = aw__py_old.wakeup(self, future);
	aw__py_retrieved(future, self);
	aw__py_current = was;
	end(self, task, result == NULL, callback);
	Py_DECREF(self);
	return result;
}

/* ---- the beginning and the end of an object ---- */

/* From 3.12 on a task may take its first step while it is created. */
static bool is_eager(PyObject *names)
{
#if PY_VERSION_HEX >= 0x030c0000
	return names != NULL && PyDict_GetItemString(names, "eager_start") == Py_True;
#else
	(void)names;
	return false;
#endif
}

static int init_eager(PyObject *self, PyObject *args, PyObject *names)
{
	PyObject *was = aw__py_current, *name = PyDict_GetItemString(names, "name");
	int result;

	created(self, args, names, name != NULL && PyUnicode_Check(name) ? name : NULL);
	begin(aw__py_task_of(self));
	aw__py_current = self;
	result = aw__py_old.init(self, args, names);
	aw__py_current = was;
	tell_name(self, aw__py_task_of(self)); /* a task without a name has a number now */
	end(self, aw__py_task_of(self), result != 0, NULL);
	if (was != NULL && aw__py_is_watched(was))
		aw_agent_task_step(&aw__py_task_of(was)->agent);
	return result;
}

int aw__py_init(PyObject *self, PyObject *args, PyObject *names)
{
	int result;

	if (!aw__py_on())
		return aw__py_old.init(self, args, names);
	if ((aw__py_uses_table ? aw__py_table_add(self) : aw__py_task_of(self)) == NULL)
		return aw__py_old.init(self, args, names);
	if (is_eager(names))
		return init_eager(self, args, names);
	result = aw__py_old.init(self, args, names);
	if (result == 0)
		created(self, args, names, aw__py_object_at(self, aw__py.name));
	return result;
}

/* Whether asyncio logs the error next, and so asks for its message. It does not log one that a finished gather has read. */
static bool is_logged(PyObject *self, const struct aw__py_task *task)
{
	PyObject *loop;
	bool is;

	if (task->dropped || !aw__py_is_true(self, "_log_traceback"))
		return false;
	loop = PyObject_GetAttrString(self, "_loop");
	is = aw__py_loop_logs(loop);
	PyErr_Clear();
	Py_XDECREF(loop);
	return is;
}

static void finalized(PyObject *self, struct aw__py_task *task)
{
	PyObject *exception = aw__py_object_at(self, aw__py.exception);

	if (!task->done) {
		if (aw__py_is_true(self, "_log_destroy_pending"))
			aw_agent_task_destroyed_pending(&task->agent);
		else
			aw_agent_task_done(&task->agent, AW_OUTCOME_CANCELLED, 0);
		return;
	}
	if (exception == NULL)
		return;
	if (!task->retrieved && !aw__py_error_is_an_end(exception) &&
	    (task->dropped || aw__py_is_true(self, "_log_traceback"))) {
		aw__py_error(exception, task,
			     AW_ERROR_LOST | (is_logged(self, task) ? AW__PY_ASKS : 0),
			     task->error);
		aw_agent_error_lost(&task->agent, task->error);
	} else {
		aw__py_retrieved(self, NULL);
	}
	aw__py_error_forget(exception);
}

void aw__py_finalize(PyObject *self)
{
	struct aw__py_task *task = aw__py_task_of(self);
	PyObject *type, *value, *traceback;

	if (task != NULL && task->dropped && task->waits_in != NULL)
		task->dropped = aw__py_hand_on_failed(self, task);
	if (task != NULL) {
		aw_agent_task_kept(&task->agent, false);
		aw__py_waits_leave(task);
		aw__py_members_leave(task);
		aw__py_members_release(task);
	}
	if (task != NULL && !task->done && (task->lock != 0 || task->holds != 0))
		aw__py_resources_forget(task);
	if (aw__py_is_watched(self) && (!task->done || task->error != 0)) {
		PyErr_Fetch(&type, &value, &traceback);
		finalized(self, task);
		PyErr_Restore(type, value, traceback);
		task->told = false;
	}
	aw__py_old.finalize(self);
	if (__builtin_expect(aw__py_uses_table, 0))
		aw__py_table_finalized(self);
}
