/* SPDX-License-Identifier: MIT */
/*
 * Several threads copy and change one shared error: the reference counts stay right (with ThreadSanitizer,
 * without races).
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <awry/error.h>

#include "base/alloc.h"
#include <pthread.h>

static int no_leak(void **state)
{
	return aw__alloc_live() != 0;
}

enum {
	THREADS = 4,
	ROUNDS = 2000,
};

static aw_error *shared;

static void *use(void *arg)
{
	size_t *notes = arg;

	for (int i = 0; i < ROUNDS; i++) {
		aw_error *mine = aw_error_ref(shared);

		mine = aw_error_note(mine, "mine");
		*notes += aw_error_note_count(mine);
		aw_error_unref(mine);
	}
	return NULL;
}

static void error_threads__share_one_error(void **state)
{
	pthread_t threads[THREADS];
	size_t notes[THREADS] = { 0 };

	shared = aw_raise_from(aw_raise(aw_KeyError, "k"), aw_ValueError, "v");
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, use, &notes[i]), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(notes[i], ROUNDS);
	assert_int_equal(aw_error_note_count(shared), 0);
	aw_error_unref(shared);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(error_threads__share_one_error, no_leak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
