/* SPDX-License-Identifier: MIT */
/*
 * SIGINT while aw_run() runs on the main thread, as asyncio.Runner has it: the first one cancels the main
 * task; a second, or one when the main task is done, ends the run at once. Both are KeyboardInterrupt.
 *
 * The signal's handler only counts, and wakes the loop. If the loop does not look, because something blocks
 * it, the third one is for whom it was meant before us: the program can always be ended from a keyboard.
 */
#ifndef AW__INTERRUPT_H
#define AW__INTERRUPT_H

#include <stdatomic.h>
#include <stdbool.h>

#include <awry/error.h>

struct aw_loop;

/** Signals that came and that the loop has not looked at. */
extern atomic_uint aw__interrupt_unseen;

/** Take SIGINT for this loop, if this is the main thread and nobody else has taken it. */
bool aw__interrupt_open(struct aw_loop *loop);
/**
 * What the first one does: it cancels the main task. NULL: there is none, or it is done.
 *
 * @param cancel  returns false if it is done, and cannot be cancelled
 */
void aw__interrupt_main(bool (*cancel)(void *main), void *main);
/** Do what is due. On the loop's thread, if aw__interrupt_unseen is not 0. */
void aw__interrupt_deliver(struct aw_loop *loop);
/** How often the main task was cancelled by it: 0 or 1. */
unsigned int aw__interrupt_cancels(void);
/** Put back who had the signal before. True if one came that nobody has looked at. */
bool aw__interrupt_close(void);

#endif
