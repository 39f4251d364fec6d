/* SPDX-License-Identifier: MIT */
/*
 * Prepares a new stack so that the first switch to it (switch_*.S, or swapcontext()) calls its function, and reads
 * the registers of a suspended one for its backtrace.
 */
#include "agent/runtime/fiber/switch.h"

#include <stdint.h>
#include <string.h>

#ifdef AW__SWITCH_UCONTEXT

static void start(unsigned int high, unsigned int low)
{
	struct aw__switch *context =
		(struct aw__switch *)(((uintptr_t)high << 16 << 16) | (uintptr_t)low);

	context->entry(context->argument);
}

void aw__switch_init(struct aw__switch *context, void *stack, size_t bytes,
		     void (*entry)(void *argument), void *argument)
{
	uintptr_t address = (uintptr_t)context;

	getcontext(&context->context);
	context->context.uc_stack.ss_sp = stack;
	context->context.uc_stack.ss_size = bytes;
	context->context.uc_link = NULL;
	context->entry = entry;
	context->argument = argument;
	/* makecontext() passes ints only */
	makecontext(&context->context, (void (*)(void))(void *)start, 2,
		    (unsigned int)(address >> 16 >> 16), (unsigned int)address);
}

void aw__switch_to(struct aw__switch *from, struct aw__switch *to)
{
	swapcontext(&from->context, &to->context);
}

#elif defined(__x86_64__)

void aw__switch_entry(void);

/* The layout of a stack that aw__switch_jump() (switch_x86_64.S) has left. */
struct frame {
	uint32_t mxcsr;
	uint16_t x87_control;
	uint16_t unused;
	void *r15, *r14;
	void *r13; /* for aw__switch_entry(): the argument */
	void *r12; /* for aw__switch_entry(): the function */
	void *rbx, *rbp;
	void *resume;
	char red_zone[128];
};

void aw__switch_init(struct aw__switch *context, void *stack, size_t bytes,
		     void (*entry)(void *argument), void *argument)
{
	struct frame *frame = (struct frame *)((char *)stack + bytes) - 1;

	__asm__("stmxcsr %0\n\tfnstcw %1" : "=m"(frame->mxcsr), "=m"(frame->x87_control));
	memcpy(&frame->r12, &entry, sizeof(entry));
	frame->r13 = argument;
	frame->rbp = NULL; /* ends a walk by frame pointers */
	frame->resume = (void *)(uintptr_t)aw__switch_entry;
	context->stack_pointer = frame;
}

bool aw__switch_registers(const struct aw__switch *context, const void **ret_pc,
			  const void **ret_sp, const void **ret_fp)
{
	const struct frame *frame = context->stack_pointer;

	*ret_pc = frame->resume;
	*ret_sp = frame + 1;
	*ret_fp = frame->rbp;
	return true;
}

#elif defined(__aarch64__)

void aw__switch_entry(void);

/* The layout of a stack that aw__switch_jump() (switch_aarch64.S) has left. */
struct frame {
	void *x29, *x30;
	void *x19; /* for aw__switch_entry(): the function */
	void *x20; /* for aw__switch_entry(): the argument */
	void *x21_to_x28[8];
	uint64_t fpcr;
	uint64_t unused;
};

void aw__switch_init(struct aw__switch *context, void *stack, size_t bytes,
		     void (*entry)(void *argument), void *argument)
{
	struct frame *frame = (struct frame *)((char *)stack + bytes) - 1;

	memset(frame, 0, sizeof(*frame));
	__asm__("mrs %0, fpcr" : "=r"(frame->fpcr));
	memcpy(&frame->x19, &entry, sizeof(entry));
	frame->x20 = argument;
	frame->x30 = (void *)(uintptr_t)aw__switch_entry;
	context->stack_pointer = frame;
}

#endif

#if defined(AW__SWITCH_UCONTEXT) || !defined(__x86_64__)

bool aw__switch_registers(const struct aw__switch *context, const void **ret_pc,
			  const void **ret_sp, const void **ret_fp)
{
	(void)context;
	(void)ret_pc;
	(void)ret_sp;
	(void)ret_fp;
	return false;
}

#endif
