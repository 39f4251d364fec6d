/* SPDX-License-Identifier: MIT */
/* The fields of an interpreter's frame, under their names in each version of CPython. All objects are borrowed. */
#ifndef AW__PYTHON_FRAME_H
#define AW__PYTHON_FRAME_H

#include "agent/python/adapter.h"

#include <internal/pycore_code.h>
#include <internal/pycore_frame.h>
#if PY_VERSION_HEX >= 0x030e0000
#include <internal/pycore_interpframe_structs.h>
#include <internal/pycore_stackref.h>

/* References carry flags in their low bits. NULL: empty, or a tagged integer. */
static inline PyObject *aw__py_referred(_PyStackRef reference)
{
	return PyStackRef_IsNull(reference) || PyStackRef_IsTaggedInt(reference)
		       ? NULL
		       : PyStackRef_AsPyObjectBorrow(reference);
}
#else
#define aw__py_referred(reference) (reference)
#endif

/** The code that a frame runs. NULL: no Python code. */
static inline PyCodeObject *aw__py_frame_code(_PyInterpreterFrame *frame)
{
#if PY_VERSION_HEX >= 0x030d0000
	PyObject *code = aw__py_referred(frame->f_executable);

	return code != NULL && PyCode_Check(code) ? (PyCodeObject *)code : NULL;
#else
	return frame->f_code;
#endif
}

/** Identifies the code of a frame without reading it: only compare it. */
static inline uintptr_t aw__py_frame_executable(const _PyInterpreterFrame *frame)
{
#if PY_VERSION_HEX >= 0x030e0000
	return (uintptr_t)frame->f_executable.bits;
#elif PY_VERSION_HEX >= 0x030d0000
	return (uintptr_t)frame->f_executable;
#else
	return (uintptr_t)frame->f_code;
#endif
}

static inline const void *aw__py_frame_instruction(const _PyInterpreterFrame *frame)
{
#if PY_VERSION_HEX >= 0x030d0000
	return frame->instr_ptr;
#else
	return frame->prev_instr;
#endif
}

/** The innermost frame of the calling thread, or of one that does not have the GIL. NULL: none. */
static inline _PyInterpreterFrame *aw__py_frame_of_thread(PyThreadState *thread)
{
#if PY_VERSION_HEX >= 0x030d0000
	return thread->current_frame;
#else
	return thread->cframe->current_frame;
#endif
}

/** The frame that runs on this thread. NULL: none. */
static inline _PyInterpreterFrame *aw__py_frame_innermost(void)
{
	return aw__py_frame_of_thread(PyThreadState_Get());
}

/** The frame's position in its code: an offset in bytes, which is below 0 in a frame that has not begun. */
static inline int aw__py_frame_offset(_PyInterpreterFrame *frame, PyCodeObject *code)
{
#if PY_VERSION_HEX >= 0x030d0000
	return (int)((char *)frame->instr_ptr - (char *)_PyCode_CODE(code));
#else
	return (int)((char *)frame->prev_instr - (char *)_PyCode_CODE(code));
#endif
}

/** A variable, or, behind the last variable, a value on the frame's stack. NULL: none. */
static inline PyObject *aw__py_frame_value(_PyInterpreterFrame *frame, int index)
{
	return aw__py_referred(frame->localsplus[index]);
}

/** How many variables and values a suspended frame has. */
static inline int aw__py_frame_values(_PyInterpreterFrame *frame)
{
#if PY_VERSION_HEX >= 0x030e0000
	return (int)(frame->stackpointer - frame->localsplus);
#else
	return frame->stacktop;
#endif
}

/** The frame of a coroutine or generator that is suspended. NULL: it runs, or has ended. */
static inline _PyInterpreterFrame *aw__py_suspended_frame(PyObject *coroutine)
{
	PyGenObject *generator = (PyGenObject *)coroutine;

	return generator->gi_frame_state < FRAME_EXECUTING
		       ? (_PyInterpreterFrame *)&generator->gi_iframe
		       : NULL;
}

#endif
