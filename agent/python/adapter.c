/* SPDX-License-Identifier: MIT */
/*
 * The adapter's entry point, called by the preloaded library (preload.c): first when _asyncio is imported, then when all of
 * asyncio is. If a check fails, one line on stderr says so, and the program runs as if awry were absent.
 */
#include "agent/python/adapter.h"

#include <internal/pycore_interp.h>
#include <stdio.h>

__attribute__((visibility("default"))) int awry_python_install(int late);

bool aw__py_on(void)
{
	static bool started;

	if (__builtin_expect(!started, 0) && aw__py_is_main()) {
		/* The self-test runs before the Task type has room for struct aw__py_task. */
		if (aw__py.own > PY_SSIZE_T_MAX / 2)
			return false;
		started = true;
		if (aw_agent_start("asyncio"))
			aw__py_publish();
		aw__py_origin_init();
		aw__py_waits_init();
	}
	return aw_agent_on() && aw__py_is_main();
}

static bool install(void)
{
	const char *why = NULL;

	if (PySys_GetObject("gettotalrefcount") != NULL)
		why = "a debug build";
	else if (!aw__py_frames_init())
		why = "no room beside code objects";
	else if (aw__py_calibrate(&why) && aw__py_swap(&why))
		return true;
	fprintf(stderr, "awry: CPython %s: %s: its tasks are not recorded\n", PY_VERSION, why);
	return false;
}

/*
 * The scripts that find the layout are hidden from the program's trace and profile functions, sys.monitoring and audit hooks.
 */
int awry_python_install(int late)
{
	PyThreadState *thread = PyThreadState_Get();
	PyObject *hooks = thread->interp->audit_hooks;
	PyObject *type, *value, *traceback;
	bool done = true;

	PyErr_Fetch(&type, &value, &traceback);
	PyThreadState_EnterTracing(thread);
	thread->interp->audit_hooks = NULL;
	if (late)
		aw__py_swap_late();
	else
		done = install();
	thread->interp->audit_hooks = hooks;
	PyThreadState_LeaveTracing(thread);
	PyErr_Restore(type, value, traceback);
	return done ? 0 : -1;
}
