/* SPDX-License-Identifier: MIT */
/*
 * Detects stack overflows of tasks.
 *
 * Below each task's stack lies a guard, whose access raises SIGSEGV, as any other fault does. A signal handler on a
 * stack of its own tells them apart: if the running task's guard was accessed, it writes one line to stderr, and tells
 * the recorder. Then it passes the signal on: to the former handler, or to the kernel's default, by executing the
 * instruction again, so that exit status and core dump stay the same. A handler that the program installs later
 * replaces this one.
 */
#ifndef AW__OVERFLOW_H
#define AW__OVERFLOW_H

/**
 * Watch the tasks of this thread. Goes on without a signal stack or a handler if it cannot get one.
 *
 * @return  this thread's signal stack, for aw__overflow_unwatch(); NULL: it has another one, or there is no memory
 */
void *aw__overflow_watch(void);
/** Undo aw__overflow_watch(), on the same thread. The last call restores the former handler. */
void aw__overflow_unwatch(void *signal_stack);

#endif
