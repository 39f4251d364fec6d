/* SPDX-License-Identifier: MIT */
/*
 * Telling a stack overflow from other faults.
 *
 * Below each task's stack lies a page that may not be touched. Who touches it gets SIGSEGV, and that says nothing. So there is a
 * handler, which runs on a stack of its own: if it was the running task's guard page, it writes one line, and tells the recorder.
 * Then the signal goes where it would have gone without us: to the handler that was there before, or to the kernel's default, by the
 * same instruction again, so that exit status and core dump are what they were. A program that takes SIGSEGV after us has it for itself.
 */
#ifndef AW__OVERFLOW_H
#define AW__OVERFLOW_H

/**
 * Watch the tasks of this thread. What cannot be had is done without.
 *
 * @return  this thread's signal stack, for aw__overflow_unwatch(); NULL: it has another one, or there is no memory
 */
void *aw__overflow_watch(void);
/** Undo it, on the same thread. With the last one the signal is given back. */
void aw__overflow_unwatch(void *signal_stack);

#endif
