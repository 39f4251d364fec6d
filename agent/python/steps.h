/* SPDX-License-Identifier: MIT */
/* What preload.c asks the adapter of a version for: awry_python_install(step). */
#ifndef AW__PYTHON_STEPS_H
#define AW__PYTHON_STEPS_H

enum aw__py_install {
	AW__PY_FIRST, /* _asyncio has just been imported */
	AW__PY_FIRST_IN_USE, /* … some time ago: the program may have tasks, subclasses of Task, and running loops */
	AW__PY_WHOLE, /* all of asyncio is imported */
};

/** Returns NULL, or why the tasks cannot be recorded: then nothing is changed. Static. */
typedef const char *aw__py_install(int step);

#endif
