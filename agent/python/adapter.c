/* SPDX-License-Identifier: MIT */
/*
 * The adapter's entry point, called by the preloaded library (preload.c): first when _asyncio is imported, then when all of
 * asyncio is. If a check fails, the program runs as if awry were absent.
 */
#include "agent/python/adapter.h"
#include "agent/python/steps.h"

#include <internal/pycore_interp.h>

__attribute__((visibility("default"))) aw__py_install awry_python_install;

bool aw__py_ready;

bool aw__py_on(void)
{
	static bool started;

	if (__builtin_expect(!started, 0) && aw__py_is_main()) {
		if (!aw__py_ready) /* the self-test runs */
			return false;
		started = true;
		if (aw_agent_start("asyncio"))
			aw__py_publish();
		aw__py_origin_init();
		aw__py_waits_init();
	}
	return aw_agent_on() && aw__py_is_main();
}

static const char *install(bool in_use)
{
	const char *why = NULL;

	if (PySys_GetObject("gettotalrefcount") != NULL)
		return "a debug build";
	if (!aw__py_frames_init())
		return "no room beside code objects";
	if (!aw__py_calibrate(&why) || !aw__py_swap(in_use, &why))
		return why;
	aw__py_ready = true;
	return NULL;
}

/* Put the program's audit hooks back. `hooks`: a list, or NULL; another thread may have added some meanwhile. */
static void restore_hooks(PyInterpreterState *interpreter, PyObject *hooks)
{
	PyObject *added = interpreter->audit_hooks;

	if (hooks == NULL)
		return;
	interpreter->audit_hooks = hooks;
	for (Py_ssize_t i = 0; added != NULL && i < PyList_GET_SIZE(added); i++)
		if (PyList_Append(hooks, PyList_GET_ITEM(added, i)) != 0)
			PyErr_Clear();
	Py_XDECREF(added);
}

/*
 * The scripts that find the layout are hidden from the program's trace and profile functions, sys.monitoring and audit hooks.
 */
const char *awry_python_install(int step)
{
	PyThreadState *thread = PyThreadState_Get();
	PyObject *hooks = thread->interp->audit_hooks;
	PyObject *type, *value, *traceback;
	const char *why = NULL;

	PyErr_Fetch(&type, &value, &traceback);
	PyThreadState_EnterTracing(thread);
	thread->interp->audit_hooks = NULL;
	if (step == AW__PY_WHOLE)
		aw__py_swap_late();
	else
		why = install(step == AW__PY_FIRST_IN_USE);
	restore_hooks(thread->interp, hooks);
	PyThreadState_LeaveTracing(thread);
	PyErr_Restore(type, value, traceback);
	return why;
}
