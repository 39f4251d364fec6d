/* SPDX-License-Identifier: MIT */
/*
 * Informs AddressSanitizer of the stacks that coroutines run on, if the program was built with it and this library
 * was not.
 */
#include "agent/runtime/fiber/asan.h"

#include <pthread.h>
#include <stdatomic.h>

#ifdef AW__FIBER_WATCHED
bool aw__asan_present(void)
{
	return false;
}

void aw__asan_switch(struct aw__fiber *from, struct aw__fiber *to, const void *stack, size_t bytes,
		     bool for_good)
{
	aw__fiber_switch(from, to);
}

void aw__asan_entered(void *stack, size_t bytes)
{
}

void aw__asan_forget(void *memory, size_t bytes)
{
}

bool aw__asan_root(const void *stack, size_t bytes)
{
	return false;
}

void aw__asan_unroot(const void *stack, size_t bytes)
{
}
#else
#define WEAK extern __attribute__((weak, visibility("default")))

WEAK void __sanitizer_start_switch_fiber(void **save, const void *bottom, size_t bytes);
WEAK void __sanitizer_finish_switch_fiber(void *saved, const void **ret_bottom, size_t *ret_bytes);
WEAK void __asan_unpoison_memory_region(const volatile void *memory, size_t bytes);
WEAK void __lsan_register_root_region(const void *memory, size_t bytes);
WEAK void __lsan_unregister_root_region(const void *memory, size_t bytes);

enum { MOST_ROOTS = 16384 }; /* limited, because unregistering one searches all */

static atomic_uint roots;

/* Other sanitizers have the first two as well, and do nothing there. */
bool aw__asan_present(void)
{
	return __sanitizer_start_switch_fiber != NULL && __sanitizer_finish_switch_fiber != NULL &&
	       __asan_unpoison_memory_region != NULL;
}

void aw__asan_switch(struct aw__fiber *from, struct aw__fiber *to, const void *stack, size_t bytes,
		     bool for_good)
{
	void *saved = NULL;

	__sanitizer_start_switch_fiber(for_good ? NULL : &saved, stack, bytes);
	aw__switch_to(&from->context, &to->context);
	__sanitizer_finish_switch_fiber(saved, NULL, NULL);
}

void aw__asan_entered(void *stack, size_t bytes)
{
	__asan_unpoison_memory_region(stack, bytes);
	__sanitizer_finish_switch_fiber(NULL, NULL, NULL);
}

void aw__asan_forget(void *memory, size_t bytes)
{
	if (aw__asan_present())
		__asan_unpoison_memory_region(memory, bytes);
}

bool aw__asan_root(const void *stack, size_t bytes)
{
	if (!aw__asan_present() || __lsan_register_root_region == NULL ||
	    __lsan_unregister_root_region == NULL)
		return false;
	if (atomic_fetch_add(&roots, 1) >= MOST_ROOTS) {
		atomic_fetch_sub(&roots, 1);
		return false;
	}
	__lsan_register_root_region(stack, bytes);
	return true;
}

void aw__asan_unroot(const void *stack, size_t bytes)
{
	__lsan_unregister_root_region(stack, bytes);
	atomic_fetch_sub(&roots, 1);
}
#endif

void aw__asan_thread_stack(const void **ret_stack, size_t *ret_bytes)
{
	pthread_attr_t attributes;
	void *stack = NULL;

	*ret_bytes = 0;
	if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
		pthread_attr_getstack(&attributes, &stack, ret_bytes);
		pthread_attr_destroy(&attributes);
	}
	*ret_stack = stack;
}
