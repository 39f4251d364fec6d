/* SPDX-License-Identifier: MIT */
/*
 * Switching between stacks in builds with a sanitizer: tells AddressSanitizer and ThreadSanitizer about each
 * switch. In other builds fiber.h has it all inline, and this file is empty.
 */
#include "agent/runtime/fiber/fiber.h"

#ifdef AW__FIBER_WATCHED

#include <pthread.h>

#ifdef AW__FIBER_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef AW__FIBER_TSAN
#include <sanitizer/tsan_interface.h>
#include <signal.h>
#endif

/*
 * ThreadSanitizer holds a signal back until the fiber that received it calls an intercepted function. If that fiber
 * suspends first, the signal stays pending, and a loop that waits for a child process waits for ever. So signals are
 * blocked while fibers are switched; those that came before are delivered, because pthread_sigmask() is intercepted.
 * They are also blocked while a fiber is created or destroyed: ThreadSanitizer switches to it meanwhile, and loses a
 * signal that it receives then.
 */
#ifdef AW__FIBER_TSAN
static _Thread_local sigset_t let_through;

static void hold_signals(void)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &let_through);
}

static void release_signals(void)
{
	pthread_sigmask(SIG_SETMASK, &let_through, NULL);
}
#endif

void aw__fiber_init(struct aw__fiber *fiber, void *stack, size_t bytes,
		    void (*entry)(void *argument), void *argument)
{
	fiber->fake_stack = NULL;
	fiber->stack = stack;
	fiber->stack_bytes = bytes;
	fiber->sanitizer_fiber = NULL;
#ifdef AW__FIBER_ASAN
	/* the frames that were here last have left their poison */
	__asan_unpoison_memory_region(stack, bytes);
#endif
#ifdef AW__FIBER_TSAN
	hold_signals();
	fiber->sanitizer_fiber = __tsan_create_fiber(0);
	release_signals();
#endif
	aw__switch_init(&fiber->context, stack, bytes, entry, argument);
}

void aw__fiber_finish(struct aw__fiber *fiber)
{
#ifdef AW__FIBER_TSAN
	hold_signals();
	__tsan_destroy_fiber(fiber->sanitizer_fiber);
	release_signals();
#endif
#ifdef AW__FIBER_ASAN
	__asan_unpoison_memory_region(fiber->stack, fiber->stack_bytes);
#endif
}

void aw__fiber_adopt(struct aw__fiber *fiber)
{
	pthread_attr_t attributes;
	void *stack = NULL;

	fiber->fake_stack = NULL;
	fiber->sanitizer_fiber = NULL;
	fiber->stack_bytes = 0;
	if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
		pthread_attr_getstack(&attributes, &stack, &fiber->stack_bytes);
		pthread_attr_destroy(&attributes);
	}
	fiber->stack = stack;
#ifdef AW__FIBER_TSAN
	fiber->sanitizer_fiber = __tsan_get_current_fiber();
#endif
}

void aw__fiber_entered(void)
{
#ifdef AW__FIBER_ASAN
	__sanitizer_finish_switch_fiber(NULL, NULL, NULL);
#endif
#ifdef AW__FIBER_TSAN
	release_signals();
#endif
}

static void jump(struct aw__fiber *from, struct aw__fiber *to, bool for_good)
{
#ifdef AW__FIBER_ASAN
	__sanitizer_start_switch_fiber(for_good ? NULL : &from->fake_stack, to->stack,
				       to->stack_bytes);
#endif
#ifdef AW__FIBER_TSAN
	hold_signals();
	__tsan_switch_to_fiber(to->sanitizer_fiber, 0);
#endif
	aw__switch_to(&from->context, &to->context);
#ifdef AW__FIBER_ASAN
	__sanitizer_finish_switch_fiber(from->fake_stack, NULL, NULL);
#endif
#ifdef AW__FIBER_TSAN
	release_signals();
#endif
}

void aw__fiber_switch(struct aw__fiber *from, struct aw__fiber *to)
{
	jump(from, to, false);
}

void aw__fiber_exit(struct aw__fiber *from, struct aw__fiber *to)
{
	jump(from, to, true);
}

#else
typedef int aw__fiber_not_watched; /* a file must declare something */
#endif
