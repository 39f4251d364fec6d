/* SPDX-License-Identifier: MIT */
/*
 * Tests of the events that end the stream thread's sleep. Each sleep would last for a minute, so no test depends on
 * the machine's speed.
 */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/record/recorder.h"
#include "agent/stream/stream_internal.h"

#define MINUTE_MS 60000
#define ROUNDS	  2000u

static _Atomic int slept;

static void *sleep_once(void *arg)
{
	aw__wake_sleep(*(const int *)arg);
	atomic_fetch_add(&slept, 1);
	return arg;
}

static pthread_t start_sleep(int tick_ms)
{
	static int tick;
	pthread_t thread;

	tick = tick_ms;
	atomic_store(&slept, 0);
	assert_int_equal(pthread_create(&thread, NULL, sleep_once, &tick), 0);
	return thread;
}

static void press(void)
{
	void (*pressed)(void) = atomic_load(&aw__recorder.pressed);

	assert_non_null(pressed);
	pressed();
}

static int reset(void **state)
{
	aw__wake_on_pressure(false);
	aw__wake_sleep(0); /* drops a wake-up that is left from an earlier test */
	return 0;
}

/* No wake-up is lost: before the thread sleeps, while it falls asleep, or during the sleep. */
static void wake__pressure_ends_a_sleep(void **state)
{
	aw__wake_on_pressure(true);
	for (unsigned i = 0; i < ROUNDS; i++) {
		pthread_t thread = start_sleep(MINUTE_MS);

		for (unsigned spins = i % 50 * 20; spins > 0; spins--)
			__asm__ volatile("" : : : "memory");
		press();
		assert_int_equal(pthread_join(thread, NULL), 0);
	}
}

static void wake__a_call_ends_a_sleep_at_any_time(void **state)
{
	for (unsigned i = 0; i < 100; i++) {
		pthread_t thread = start_sleep(MINUTE_MS);

		aw__wake();
		assert_int_equal(pthread_join(thread, NULL), 0);
	}
}

/* Without a reader, the pressure of a full ring ends no sleep. */
static void wake__without_a_reader_it_sleeps_on(void **state)
{
	pthread_t thread;

	aw__wake_on_pressure(false);
	press();
	thread = start_sleep(MINUTE_MS);
	for (unsigned i = 0; i < 20; i++) {
		press();
		usleep(1000);
	}
	assert_int_equal(atomic_load(&slept), 0);
	aw__wake();
	assert_int_equal(pthread_join(thread, NULL), 0);
}

static int count_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void wake__it_needs_no_descriptor(void **state)
{
	const int before = count_descriptors();
	pthread_t thread = start_sleep(MINUTE_MS);

	aw__wake_on_pressure(true);
	while (atomic_load(&slept) == 0) {
		assert_int_equal(count_descriptors(), before);
		press();
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(count_descriptors(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(wake__pressure_ends_a_sleep, reset),
		cmocka_unit_test_setup(wake__a_call_ends_a_sleep_at_any_time, reset),
		cmocka_unit_test_setup(wake__without_a_reader_it_sleeps_on, reset),
		cmocka_unit_test_setup(wake__it_needs_no_descriptor, reset),
	};

	return cmocka_run_group_tests_name("wake", tests, NULL, NULL);
}
