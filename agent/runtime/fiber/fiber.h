/* SPDX-License-Identifier: MIT */
/*
 * A stack to run on, and what sanitizers must be told when it is left and entered.
 *
 * Without a sanitizer, a fiber is a context and nothing else. AddressSanitizer needs the bounds of
 * the stack that is entered, ThreadSanitizer a fiber of its own for each stack.
 */
#ifndef AW__FIBER_H
#define AW__FIBER_H

#include "agent/runtime/fiber/switch.h"

#include <stdbool.h>

#if defined(__SANITIZE_ADDRESS__)
#define AW__FIBER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define AW__FIBER_ASAN 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define AW__FIBER_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define AW__FIBER_TSAN 1
#endif
#endif
#if defined(AW__FIBER_ASAN) || defined(AW__FIBER_TSAN)
#define AW__FIBER_WATCHED 1
#endif

struct aw__fiber {
	struct aw__switch context;
#ifdef AW__FIBER_WATCHED
	void *fake_stack;
	const void *stack;
	size_t stack_bytes;
	void *sanitizer_fiber;
#endif
};

#ifdef AW__FIBER_WATCHED
void aw__fiber_init(struct aw__fiber *fiber, void *stack, size_t bytes,
		    void (*entry)(void *argument), void *argument);
void aw__fiber_finish(struct aw__fiber *fiber);
void aw__fiber_adopt(struct aw__fiber *fiber);
void aw__fiber_entered(void);
void aw__fiber_switch(struct aw__fiber *from, struct aw__fiber *to);
void aw__fiber_exit(struct aw__fiber *from, struct aw__fiber *to);
#else
/** Prepare a fiber that runs entry(argument) on the given stack. Undone by aw__fiber_finish(). */
static inline void aw__fiber_init(struct aw__fiber *fiber, void *stack, size_t bytes,
				  void (*entry)(void *argument), void *argument)
{
	aw__switch_init(&fiber->context, stack, bytes, entry, argument);
}

static inline void aw__fiber_finish(struct aw__fiber *fiber)
{
}

/** Make `fiber` stand for the stack that runs now, which is the thread's own. */
static inline void aw__fiber_adopt(struct aw__fiber *fiber)
{
}

/** The first thing that an entry function calls. */
static inline void aw__fiber_entered(void)
{
}

/** Leave `from` and enter `to`; returns when `from` is entered again. */
static inline void aw__fiber_switch(struct aw__fiber *from, struct aw__fiber *to)
{
	aw__switch_to(&from->context, &to->context);
}

/** As aw__fiber_switch(), but `from` is never entered again. */
static inline void aw__fiber_exit(struct aw__fiber *from, struct aw__fiber *to)
{
	aw__switch_to(&from->context, &to->context);
}
#endif

#endif
