/* SPDX-License-Identifier: MIT */
/* Short names for loads and stores of atomic fields. */
#ifndef AW__ATOMICS_H
#define AW__ATOMICS_H

#include <stdatomic.h>

#define AW__LOAD(field)		atomic_load_explicit(&(field), memory_order_relaxed)
#define AW__LOAD_ACQUIRE(field) atomic_load_explicit(&(field), memory_order_acquire)
#define AW__STORE(field, value) atomic_store_explicit(&(field), (value), memory_order_relaxed)
#define AW__STORE_RELEASE(field, value)                                                            \
	atomic_store_explicit(&(field), (value), memory_order_release)

#endif
