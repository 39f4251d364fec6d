/* SPDX-License-Identifier: MIT */
/*
 * Going from one stack to another.
 *
 * A context is a stack pointer below which everything is saved that a call must preserve: the
 * callee-saved registers and the control words of the floating point units. Leaving it stores them on
 * its own stack, entering another one loads them from there. Both halves are one function of one
 * assembly file a processor, and it ends in an indirect jump rather than in a return: the processor
 * predicts returns from the calls that it saw, and the call that this one returns to was made on
 * another stack.
 *
 * The very first entry into a context goes through a stub that says, in its unwind information, that
 * nobody called it: debuggers, libunwind and the exception machinery all stop there.
 *
 * With AW__SWITCH_UCONTEXT the C library's swapcontext() does the work instead: fifty times slower, for
 * it makes a system call, but right on every processor.
 */
#ifndef AW__SWITCH_H
#define AW__SWITCH_H

#include <stddef.h>

#ifdef AW__SWITCH_UCONTEXT
#include <ucontext.h>

struct aw__switch {
	ucontext_t context;
	void (*entry)(void *argument);
	void *argument;
};
#else
struct aw__switch {
	void *stack_pointer;
};
#endif

/**
 * Make `context` one that runs entry(argument) on the given stack when it is first entered.
 *
 * `stack` is its lowest address, `bytes` its length; the end is aligned to 16. entry() never returns.
 */
void aw__switch_init(struct aw__switch *context, void *stack, size_t bytes,
		     void (*entry)(void *argument), void *argument);

#ifdef AW__SWITCH_UCONTEXT
void aw__switch_to(struct aw__switch *from, struct aw__switch *to);
#else
void aw__switch_jump(void **from, void *to);

/** Leave `from`, which becomes resumable here, and enter `to`. */
static inline void aw__switch_to(struct aw__switch *from, struct aw__switch *to)
{
	aw__switch_jump(&from->stack_pointer, to->stack_pointer);
}
#endif

#endif
