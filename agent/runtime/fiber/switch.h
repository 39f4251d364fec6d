/* SPDX-License-Identifier: MIT */
/*
 * Switching from one stack to another.
 *
 * A context is a stack pointer below which everything is saved that a call must preserve: the
 * callee-saved registers and the control words of the floating point units. Leaving it stores them
 * on its own stack, entering another one loads them from there. Both halves are one routine, in one
 * assembly file per processor.
 *
 * The routine is entered by a jump, with the address to resume at in a register, and left by an
 * indirect jump. A call and a return would be simpler, but several times slower: the processor
 * predicts a return from the calls before it, and after a switch these belong to another stack.
 * With jumps it sees neither, and the returns that follow match the calls that the resumed stack
 * once made, from the same places, as a rule.
 *
 * The very first entry into a context goes through a stub whose unwind information says that it has
 * no caller: debuggers, libunwind and the exception machinery all stop there.
 *
 * With AW__SWITCH_UCONTEXT the C library's swapcontext() is used instead: fifty times slower,
 * because it makes a system call, but portable to every processor.
 */
#ifndef AW__SWITCH_H
#define AW__SWITCH_H

#include <stdbool.h>
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
 * `stack` is its lowest address, `bytes` its length; the end is aligned to 16. entry() never
 * returns.
 */
void aw__switch_init(struct aw__switch *context, void *stack, size_t bytes,
		     void (*entry)(void *argument), void *argument);

/** The registers with which a context resumes, for a walk over its stack. False: unknown on this processor. */
bool aw__switch_registers(const struct aw__switch *context, const void **ret_pc,
			  const void **ret_sp, const void **ret_fp);

/** Leave `from`, which becomes resumable here, and enter `to`. */
#if defined(AW__SWITCH_UCONTEXT)
void aw__switch_to(struct aw__switch *from, struct aw__switch *to);
#elif defined(__x86_64__)
static inline void aw__switch_to(struct aw__switch *from, struct aw__switch *to)
{
	void **left = &from->stack_pointer;
	void *entered = to->stack_pointer;

	__asm__ volatile("leaq 1f(%%rip), %%rax\n\t"
			 "jmp aw__switch_jump\n"
			 "1:"
			 : "+D"(left), "+S"(entered)
			 :
			 : "rax", "rcx", "rdx", "r8", "r9", "r10", "r11", "xmm0", "xmm1", "xmm2",
			   "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11",
			   "xmm12", "xmm13", "xmm14", "xmm15",
#ifdef __AVX512F__
			   "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23",
			   "xmm24", "xmm25", "xmm26", "xmm27", "xmm28", "xmm29", "xmm30", "xmm31",
			   "k1", "k2", "k3", "k4", "k5", "k6", "k7",
#endif
			   "memory", "cc");
}
#elif defined(__aarch64__)
static inline void aw__switch_to(struct aw__switch *from, struct aw__switch *to)
{
	register void **left __asm__("x0") = &from->stack_pointer;
	register void *entered __asm__("x1") = to->stack_pointer;

	__asm__ volatile("adr x30, 1f\n\t"
			 "b aw__switch_jump\n"
			 "1:"
			 : "+r"(left), "+r"(entered)
			 :
			 : "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12",
			   "x13", "x14", "x15", "x16", "x17", "x18", "x30", "v0", "v1", "v2", "v3",
			   "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14",
			   "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24",
			   "v25", "v26", "v27", "v28", "v29", "v30", "v31", "memory", "cc");
}
#else
#error "no switch for this processor: configure with -DAWRY_SWITCH=ucontext"
#endif

#endif
