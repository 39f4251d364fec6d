/* SPDX-License-Identifier: MIT */
/* Tests of aw_agent_start_with(): which options are allowed, what they set, and the messages for wrong ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/control/options.h"

#define MS UINT64_C(1000000)

static char said[512];

__attribute__((format(printf, 1, 2))) void aw__complain(const char *format, ...);

void aw__complain(const char *format, ...)
{
	va_list values;

	va_start(values, format);
	vsnprintf(said, sizeof(said), format, values);
	va_end(values);
}

static struct aw__settings read_options(const struct aw_agent_options *options)
{
	struct aw__settings settings;

	said[0] = '\0';
	assert_true(aw__options_keep(options));
	assert_string_equal(said, "");
	aw__options_read(&settings, false);
	return settings;
}

/* The AWRY_ variables, except AWRY_RUNTIME_DIR, have no effect here. */
static void options__are_the_defaults_where_nothing_is_asked(void **state)
{
	struct aw__settings defaults, settings;

	setenv("AWRY_BLOCKED_MS", "7", 1);
	setenv("AWRY_TRACE", "/tmp/no.awry", 1);
	aw__settings_default(&defaults);
	aw__settings_complete(&defaults, NULL);
	defaults.debug = true;
	settings = read_options(NULL);
	assert_memory_equal(&settings, &defaults, sizeof(settings));
	settings = read_options(AW_AGENT_OPTS(.runtime = "x"));
	assert_memory_equal(&settings, &defaults, sizeof(settings));
	unsetenv("AWRY_BLOCKED_MS");
	unsetenv("AWRY_TRACE");
}

static void options__set_what_their_variables_set(void **state)
{
	struct aw__settings settings = read_options(
		AW_AGENT_OPTS(.trace = "/tmp/a%%.awry", .listen = "unix:/tmp/l",
			      .connect = "unix:/tmp/c", .memory_bytes = 8u << 20,
			      .ring_bytes = 64u << 10, .blocked_ms = 1, .cancel_ms = 2,
			      .deadlock_ms = 3, .orphan_ms = 4, .starved_ms = 5, .busy_ms = 6,
			      .busy_percent = 7, .leaked_s = 8, .held_s = 9, .stack_depth = 10,
			      .steps = true, .no_wait_stacks = true, .no_stderr = true));
	const struct aw__thresholds *thresholds = &settings.stream.thresholds;

	assert_true(settings.debug);
	assert_string_equal(settings.stream.trace_path, "/tmp/a%.awry");
	assert_string_equal(settings.stream.listen_path, "/tmp/l");
	assert_string_equal(settings.stream.connect_path, "/tmp/c");
	assert_int_equal(settings.record.memory_bytes, 8u << 20);
	assert_int_equal(settings.record.ring_bytes, 64u << 10);
	assert_int_equal(thresholds->blocked_ns, 1 * MS);
	assert_int_equal(thresholds->cancel_ns, 2 * MS);
	assert_int_equal(thresholds->deadlock_ns, 3 * MS);
	assert_int_equal(thresholds->orphan_ns, 4 * MS);
	assert_int_equal(thresholds->starved_ns, 5 * MS);
	assert_int_equal(settings.record.starved_ns, 5 * MS);
	assert_int_equal(thresholds->busy_ns, 6 * MS);
	assert_int_equal(thresholds->busy_percent, 7);
	assert_int_equal(thresholds->leaked_ns, 8000 * MS);
	assert_int_equal(thresholds->held_ns, 9000 * MS);
	assert_int_equal(settings.record.stack_depth, 10);
	assert_true(settings.record.steps && settings.stream.steps && settings.record.lossless);
	assert_false(settings.record.wait_stacks || settings.stream.findings_on_stderr);
	assert_int_equal(
		read_options(AW_AGENT_OPTS(.stack_depth = AW_AGENT_NO_STACKS)).record.stack_depth,
		0);
	assert_false(read_options(AW_AGENT_OPTS(.listen = "off")).listen);
}

static void refuse(const struct aw_agent_options *options, const char *words)
{
	struct aw__settings settings;

	said[0] = '\0';
	assert_false(aw__options_keep(options));
	assert_non_null(strstr(said, "aw_agent_start_with()"));
	if (strstr(said, words) == NULL)
		fail_msg("it said: %s", said);
	/* the options that were kept before are still valid */
	aw__options_read(&settings, false);
	assert_int_equal(settings.stream.thresholds.blocked_ns, 33 * MS);
}

static void options__that_are_wrong_are_named_and_change_nothing(void **state)
{
	static char long_path[5000];

	(void)read_options(AW_AGENT_OPTS(.blocked_ms = 33));
	refuse(AW_AGENT_OPTS(.blocked_ms = 86400001),
	       "blocked_ms='86400001': 1 to 86400000 milliseconds");
	refuse(AW_AGENT_OPTS(.busy_percent = 101), "busy_percent='101': 1 to 100 percent");
	refuse(AW_AGENT_OPTS(.stack_depth = 65),
	       "stack_depth='65': 1 to 64 frames, or AW_AGENT_NO_STACKS");
	refuse(AW_AGENT_OPTS(.memory_bytes = 1), "memory_bytes='1': 4MiB to 64GiB");
	refuse(AW_AGENT_OPTS(.trace = ""), "trace=''");
	refuse(AW_AGENT_OPTS(.trace = "a%x"), "trace='a%x'");
	refuse(AW_AGENT_OPTS(.listen = "tcp:1"), "listen='tcp:1': unix:/ABSOLUTE/PATH or off");
	refuse(AW_AGENT_OPTS(.blocked_ms = 1, .connect = "off"),
	       "connect='off': unix:/ABSOLUTE/PATH");
	memset(long_path, '%', sizeof(long_path) - 1);
	refuse(AW_AGENT_OPTS(.trace = long_path), "4095 bytes");
}

static void options__of_other_versions_are_understood_or_refused(void **state)
{
	struct {
		struct aw_agent_options options;
		uint64_t later;
	} newer = { .options = { .size = sizeof(newer), .blocked_ms = 33 } };
	struct aw_agent_options older = { .size = offsetof(struct aw_agent_options, orphan_ms),
					  .blocked_ms = 33,
					  .orphan_ms = 99999999999 };

	assert_int_equal(read_options(&older).stream.thresholds.orphan_ns, 1000 * MS);
	assert_int_equal(read_options(&newer.options).stream.thresholds.blocked_ns, 33 * MS);
	newer.later = 1;
	refuse(&newer.options, "not known to this libawry-agent");
	older.size = 0;
	refuse(&older, "size=0: sizeof(struct aw_agent_options) is allowed");
	older.size = 1u << 20;
	refuse(&older, "size=1048576");
}

/* The caller's texts may be freed by then, and the child writes a trace of its own. */
static void options__are_kept_for_a_forked_child(void **state)
{
	char path[32] = "/tmp/a.awry", expected[64];
	struct aw__settings settings;

	assert_true(aw__options_keep(AW_AGENT_OPTS(.trace = path)));
	memset(path, 'x', sizeof(path) - 1);
	aw__options_read(&settings, true);
	snprintf(expected, sizeof(expected), "/tmp/a.awry.%ld", (long)getpid());
	assert_string_equal(settings.stream.trace_path, expected);
	assert_true(aw__options_keep(AW_AGENT_OPTS(.trace = "/tmp/%p.awry")));
	aw__options_read(&settings, true);
	snprintf(expected, sizeof(expected), "/tmp/%ld.awry", (long)getpid());
	assert_string_equal(settings.stream.trace_path, expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options__are_the_defaults_where_nothing_is_asked),
		cmocka_unit_test(options__set_what_their_variables_set),
		cmocka_unit_test(options__that_are_wrong_are_named_and_change_nothing),
		cmocka_unit_test(options__of_other_versions_are_understood_or_refused),
		cmocka_unit_test(options__are_kept_for_a_forked_child),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
