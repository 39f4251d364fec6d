/* SPDX-License-Identifier: MIT */
/* What ends the stream thread's sleep. It would last for a minute: so no test depends on how quick the machine is. */
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
#include "agent/stream/internal.h"

#define MINUTE_MS 60000
#define ROUNDS	  2000u

static _Atomic int slept;

static void *sleep_once(void *arg)
{
	struct pollfd fds[1];

	aw__wake_sleep(fds, 0, *(const int *)arg);
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

static int open_wake(void **state)
{
	struct aw__problem problem;

	return aw__wake_open(&problem) ? 0 : 1;
}

static int close_wake(void **state)
{
	aw__wake_close();
	return 0;
}

/* Before it sleeps, while it falls asleep, or when it sleeps: none is lost. */
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

static void wake__it_is_asked_at_any_time(void **state)
{
	for (unsigned i = 0; i < 100; i++) {
		pthread_t thread = start_sleep(MINUTE_MS);

		aw__wake();
		assert_int_equal(pthread_join(thread, NULL), 0);
	}
}

/* A ring that nobody reads fills as it likes. */
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

/* The program has closed what it does not know, and has a file of its own there now: not a byte goes into it. */
static void wake__writes_into_no_file_of_the_programs(void **state)
{
	char path[] = "/tmp/awry-test-XXXXXX";
	int file = mkstemp(path), taken[64], count = 0;
	pthread_t thread;

	assert_true(file >= 0);
	unlink(path);
	for (int fd = 500; fd < 564; fd++)
		if (fcntl(fd, F_GETFD) >= 0 && dup2(file, fd) == fd)
			taken[count++] = fd;
	assert_true(count >= 2);
	aw__wake_on_pressure(true);
	thread = start_sleep(50);
	while (atomic_load(&slept) == 0) {
		press();
		aw__wake();
	}
	pthread_join(thread, NULL);
	assert_int_equal(lseek(file, 0, SEEK_END), 0);
	while (count > 0)
		close(taken[--count]);
	close(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(wake__pressure_ends_a_sleep, open_wake, close_wake),
		cmocka_unit_test_setup_teardown(wake__it_is_asked_at_any_time, open_wake,
						close_wake),
		cmocka_unit_test_setup_teardown(wake__without_a_reader_it_sleeps_on, open_wake,
						close_wake),
		cmocka_unit_test_setup_teardown(wake__writes_into_no_file_of_the_programs,
						open_wake, close_wake),
	};

	return cmocka_run_group_tests_name("wake", tests, NULL, NULL);
}
