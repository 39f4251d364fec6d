/* SPDX-License-Identifier: MIT */
/* Jobs in threads: what the rest of the adapter asks of jobs.c, and its hooks, which swap.c puts in place. */
#ifndef AW__PYTHON_JOBS_H
#define AW__PYTHON_JOBS_H

#include "agent/python/adapter.h"

/** The id of the task that stands for a job in the recording. `future`: of concurrent.futures. 0: it is no job, has ended, or is not known. */
uint64_t aw__py_job_of(PyObject *future);
/** Call when the loop is about to sleep: records the stacks of the threads that run jobs. */
void aw__py_jobs_look(void);
/** The same, for callers that call too often: does so only for some of the calls. */
void aw__py_jobs_look_seldom(void);
bool aw__py_jobs_run(void);
/** End the job that has failed with this exception, if there is one. */
void aw__py_jobs_end_failed(PyObject *exception);
/** Record that the error of a job's future was lost. False: no job is known that has failed with it. */
bool aw__py_job_lost(uint64_t error);
/** Call in the child of a fork(), which does not have the threads of its parent's jobs. */
void aw__py_jobs_forget(void);

/* ---- hooks, and the functions that they replaced ---- */

PyObject *aw__py_queue_put(PyObject *self, PyObject *const *args, Py_ssize_t number,
			   PyObject *names);
PyObject *aw__py_queue_get(PyObject *self, PyTypeObject *type, PyObject *const *args, size_t number,
			   PyObject *names);
PyObject *aw__py_queue_get_nowait(PyObject *self, PyTypeObject *type, PyObject *const *args,
				  size_t number, PyObject *names);
void aw__py_item_finalize(PyObject *self);
PyObject *aw__py_start_thread(PyObject *module, PyObject *args);
PyObject *aw__py_start_joinable_thread(PyObject *module, PyObject *args, PyObject *names);
extern aw__py_fast *aw__py_old_queue_put;
extern aw__py_method *aw__py_old_queue_get, *aw__py_old_queue_get_nowait;
extern destructor aw__py_old_item_finalize;
extern PyCFunction aw__py_old_start_thread;
extern PyCFunctionWithKeywords aw__py_old_start_joinable_thread;

#endif
