/* SPDX-License-Identifier: MIT */
/*
 * The sleep of the agent's thread, and what ends it: a ring that has filled by a quarter while it is being read,
 * and the end of recording.
 *
 * It is a futex, since a pipe or an eventfd would be a descriptor of the program. A recording thread makes a
 * system call only if the agent's thread sleeps; both store before they look at what the other one stored, so that
 * no wake-up is lost.
 */
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "agent/record/record.h"
#include "agent/stream/stream_internal.h"

static _Atomic uint32_t woken; /* the futex: 1 ends the sleep */
static _Atomic int wanted, asleep;

void aw__wake_futex(_Atomic uint32_t *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

void aw__wake_wait(_Atomic uint32_t *word, uint32_t value, uint64_t longest_ns)
{
	const struct timespec time = { .tv_sec = (time_t)(longest_ns / 1000000000),
				       .tv_nsec = (long)(longest_ns % 1000000000) };

	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, &time, NULL, 0);
}

void aw__wake(void)
{
	atomic_store(&woken, 1);
	aw__wake_futex(&woken);
}

/* On the thread whose ring fills. */
static void press(void)
{
	if (atomic_load(&wanted) && !atomic_exchange(&woken, 1) && atomic_load(&asleep))
		aw__wake_futex(&woken);
}

void aw__wake_on_pressure(bool on)
{
	atomic_store(&wanted, on);
	aw__record_on_pressure(press);
}

void aw__wake_sleep(int tick_ms)
{
	atomic_store(&asleep, 1);
	aw__wake_wait(&woken, 0, (uint64_t)tick_ms * 1000000);
	atomic_store(&asleep, 0);
	atomic_store(&woken, 0); /* the caller reads everything now */
}
