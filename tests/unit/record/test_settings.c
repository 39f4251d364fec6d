/* SPDX-License-Identifier: MIT */
/* Tests of the AWRY_ variables: defaults, allowed values, and warnings about others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/control/settings.h"

#define MS UINT64_C(1000000)

/* settings.c warns by this function; these tests ignore the warnings. */
void aw__complain(const char *format, ...);

void aw__complain(const char *format, ...)
{
}

static struct aw__settings read_with(const char *name, const char *value)
{
	struct aw__settings settings;

	setenv(name, value, 1);
	aw__settings_read(&settings, false);
	unsetenv(name);
	return settings;
}

/* The manual and proto/finding.c name these numbers, and users rely on them. */
static void settings__have_their_defaults(void **state)
{
	struct aw__settings settings;
	const struct aw__thresholds *thresholds = &settings.stream.thresholds;

	aw__settings_read(&settings, false);
	assert_false(settings.debug);
	assert_true(settings.listen);
	assert_int_equal(thresholds->blocked_ns, 100 * MS);
	assert_int_equal(thresholds->cancel_ns, 10000 * MS);
	assert_int_equal(thresholds->deadlock_ns, 1000 * MS);
	assert_int_equal(thresholds->orphan_ns, 1000 * MS);
	assert_int_equal(thresholds->leaked_ns, 60000 * MS);
	assert_int_equal(thresholds->starved_ns, 1000 * MS);
	assert_int_equal(thresholds->busy_ns, 5000 * MS);
	assert_int_equal(thresholds->busy_percent, 80);
	assert_int_equal(settings.record.stack_depth, 16);
	assert_true(settings.record.wait_stacks);
	assert_true(settings.stream.findings_on_stderr);
	assert_false(settings.record.steps);
	assert_false(settings.record.lossless);
}

static void settings__are_read(void **state)
{
	assert_true(read_with("AWRY_DEBUG", "1").debug);
	assert_int_equal(read_with("AWRY_STARVED_MS", "250").stream.thresholds.starved_ns,
			 250 * MS);
	assert_int_equal(read_with("AWRY_BLOCKED_MS", "1").stream.thresholds.blocked_ns, MS);
	assert_int_equal(read_with("AWRY_LEAKED_S", "3").stream.thresholds.leaked_ns, 3000 * MS);
	assert_int_equal(read_with("AWRY_HELD_S", "2").stream.thresholds.held_ns, 2000 * MS);
	assert_int_equal(read_with("AWRY_BUSY_PERCENT", "50").stream.thresholds.busy_percent, 50);
	assert_int_equal(read_with("AWRY_STACK_DEPTH", "0").record.stack_depth, 0);
	assert_false(read_with("AWRY_WAIT_STACKS", "0").record.wait_stacks);
	assert_true(read_with("AWRY_WAIT_STACKS", "2").record.wait_stacks);
	assert_true(read_with("AWRY_DETAIL", "steps").record.steps);
	assert_false(read_with("AWRY_STDERR", "none").stream.findings_on_stderr);
	assert_false(read_with("AWRY_LISTEN", "off").listen);
	assert_int_equal(read_with("AWRY_RING_BYTES", "65KiB").record.ring_bytes, 128u << 10);
}

/* A value that is not allowed leaves the default unchanged. */
static void settings__that_are_wrong_change_nothing(void **state)
{
	static const char *const wrong[] = { "",   "0",	       "-1",
					     "1s", "86400001", "1e3",
					     " 5", "0x10",     "99999999999999999999" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const struct aw__settings settings = read_with("AWRY_STARVED_MS", wrong[i]);

		assert_int_equal(settings.stream.thresholds.starved_ns, 1000 * MS);
	}
	assert_int_equal(read_with("AWRY_STARVED_MS", "86400000").stream.thresholds.starved_ns,
			 86400000 * MS);
	assert_int_equal(read_with("AWRY_BUSY_PERCENT", "101").stream.thresholds.busy_percent, 80);
	assert_int_equal(read_with("AWRY_STACK_DEPTH", "65").record.stack_depth, 16);
	assert_int_equal(read_with("AWRY_MEMORY_BYTES", "4095KiB").record.memory_bytes, 256u << 20);
	assert_true(read_with("AWRY_LISTEN", "unix:relative").listen);
}

static int forget(void **state)
{
	extern char **environ;

	for (char **entry = environ; *entry != NULL;)
		if (strncmp(*entry, "AWRY_", 5) == 0) {
			char name[64] = "";

			strncat(name, *entry,
				strcspn(*entry, "=") < 63 ? strcspn(*entry, "=") : 63);
			unsetenv(name);
			entry = environ;
		} else {
			entry++;
		}
	return 0;
}

static void settings__a_similar_name_is_found(void **state)
{
	static const struct {
		const char *name, *nearest;
	} cases[] = {
		{ "TRASE", "TRACE" },
		{ "DBEG", "DEBUG" },
		{ "TRCAE", "TRACE" },
		{ "DBEUG", "DEBUG" },
		{ "DEBUGG", "DEBUG" },
		{ "BLOCKED", "BLOCKED_MS" },
		{ "MEMORY_BYTE", "MEMORY_BYTES" },
		{ "RUNTIMEDIR", "RUNTIME_DIR" },
		{ "FOO", NULL },
		{ "X", NULL },
		{ "NOTHING_SIMILAR", NULL },
		{ "A_NAME_THAT_IS_FAR_LONGER_THAN_ANY_VARIABLE", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *found = aw__settings_nearest(cases[i].name);

		if (found == NULL
			    ? cases[i].nearest != NULL
			    : cases[i].nearest == NULL || strcmp(found, cases[i].nearest) != 0)
			fail_msg("%s: %s", cases[i].name, found != NULL ? found : "none");
	}
}

static void settings__a_name_that_does_not_exist_has_no_allowed_values(void **state)
{
	struct aw__settings settings;
	const char *allowed = "";

	(void)state;
	aw__settings_default(&settings);
	assert_false(aw__settings_set(&settings, "NAME", "1", &allowed));
	assert_null(allowed);
	assert_false(aw__settings_set(&settings, "DEBUG", "yes", &allowed));
	assert_string_equal(allowed, "1 (on) or 0 (off) are allowed");
	assert_true(aw__settings_set(&settings, "PAGER", "less", &allowed));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings__have_their_defaults),
		cmocka_unit_test(settings__are_read),
		cmocka_unit_test(settings__that_are_wrong_change_nothing),
		cmocka_unit_test(settings__a_similar_name_is_found),
		cmocka_unit_test(settings__a_name_that_does_not_exist_has_no_allowed_values),
	};

	return cmocka_run_group_tests_name("settings", tests, forget, NULL);
}
