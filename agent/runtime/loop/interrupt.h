/* SPDX-License-Identifier: MIT */
/*
 * SIGINT while aw_run() runs on the main thread, as asyncio.Runner handles it: the first one cancels the
 * main task; a second, or one when the main task is done, ends the run at once. Both raise KeyboardInterrupt.
 *
 * The signal handler only counts, and wakes the loop. If the loop is blocked and handles none, the third
 * SIGINT takes effect as before aw_run(): the program can always be ended from the keyboard.
 */
#ifndef AW__INTERRUPT_H
#define AW__INTERRUPT_H

#include <stdatomic.h>
#include <stdbool.h>

#include <awry/error.h>

struct aw_loop;

/** Signals that the loop has not handled yet. */
extern atomic_uint aw__interrupt_unseen;

/** Handle SIGINT for this loop, if this is the main thread and the signal has its default disposition. */
bool aw__interrupt_open(struct aw_loop *loop);
/**
 * Set how the first signal cancels the main task. NULL: there is none, or it is done.
 *
 * @param cancel  returns false if the task is done, and cannot be cancelled
 */
void aw__interrupt_main(bool (*cancel)(void *main), void *main);
/** Handle the signals that came. Call it on the loop's thread, if aw__interrupt_unseen is not 0. */
void aw__interrupt_deliver(struct aw_loop *loop);
/** How often SIGINT has cancelled the main task: 0 or 1. */
unsigned int aw__interrupt_cancels(void);
/** Restore the former disposition. True if a signal came that was not handled. */
bool aw__interrupt_close(void);

#endif
