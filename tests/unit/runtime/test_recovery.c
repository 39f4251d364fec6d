/* SPDX-License-Identifier: MIT */
/* Tests of aw_recover(): severities, log lines, delays, what is recorded, and failing allocations. */
#include "tests/unit/runtime/resilience_case.h"

static AW_ERROR_TYPE(RiskManagementError, aw_Exception);

static const struct aw_severity_rule rules[] = {
	{ RiskManagementError, NULL, 0, AW_SEVERITY_CRITICAL },
	{ aw_KeyError, "orders", 2, AW_SEVERITY_LOW },
};

static enum aw_severity of(aw_error_type *type, const char *component, unsigned int retries)
{
	const struct aw_recovery recovery = { .rules = rules, .rule_count = 2 };
	const aw_error_context_info info = { .component = component, .retry_count = retries };
	aw_error *err = aw_raise(type, "x");
	enum aw_severity severity = aw_severity_of(&recovery, err, &info);

	aw_error_unref(err);
	return severity;
}

static void recovery__severities(void **state)
{
	assert_int_equal(of(aw_ConnectionError, "a", 2), AW_SEVERITY_LOW);
	assert_int_equal(of(aw_TimeoutError, "a", 3), AW_SEVERITY_MEDIUM);
	assert_int_equal(of(aw_OSError, NULL, 10), AW_SEVERITY_HIGH);
	assert_int_equal(of(aw_KeyError, "the_market_data_feed", 0), AW_SEVERITY_MEDIUM);
	assert_int_equal(of(aw_KeyError, "orders", 1), AW_SEVERITY_LOW);
	assert_int_equal(of(aw_KeyError, "orders", 2), AW_SEVERITY_HIGH);
	assert_int_equal(of(RiskManagementError, "market_data", 0), AW_SEVERITY_CRITICAL);
	assert_int_equal(of(aw_CancelledError, "a", 99), AW_SEVERITY_LOW);
	assert_int_equal(of(aw_MemoryError, "a", 0), AW_SEVERITY_HIGH);
}

static void log_line(enum aw_severity severity, const char *text, void *arg)
{
	trace("{%s}", text);
}

static aw_error *emergency(const aw_error *err, const aw_error_context_info *info, void *arg)
{
	trace("emergency:%s", info->component);
	return aw_sleep(AW_MS(1));
}

static aw_error *handle(aw_error_type *type, unsigned int retries, aw_error_stats *stats)
{
	const struct aw_recovery recovery = { .rules = rules,
					      .rule_count = 2,
					      .stats = stats,
					      .log = log_line,
					      .emergency = emergency };
	const aw_error_context_info info = { .component = "feed",
					     .operation = "read",
					     .timestamp = AW_SEC(retries),
					     .retry_count = retries };
	aw_error *err = aw_raise(type, "x");
	aw_ns before = aw_now();
	bool again = false;
	aw_error *late = aw_recover(&recovery, err, &info, &again);

	trace("%d %d", again, (int)((aw_now() - before) / AW_MS(100)));
	aw_error_unref(err);
	return late;
}

static aw_error *handles(void *arg, void **ret)
{
	aw_error_stats *stats = aw_error_stats_create(AW_ERROR_STATS_OPTS(.history = 3, .keys = 2));
	const struct aw_error_record *newest;

	AW_TRY(handle(aw_OSError, 0, stats));
	AW_TRY(handle(aw_OSError, 4, stats));
	AW_TRY(handle(aw_ValueError, 5, stats));
	AW_TRY(handle(RiskManagementError, 6, stats));
	newest = aw_error_stats_recent(stats, 0);
	trace("total %d of OSError %d uncounted %d; %s.%s: %s(%s)",
	      (int)aw_error_stats_total(stats),
	      (int)aw_error_stats_count(stats, "feed", aw_OSError),
	      (int)aw_error_stats_uncounted(stats), newest->component, newest->operation,
	      newest->type->name, newest->message);
	assert_non_null(aw_error_stats_recent(stats, 2));
	assert_null(aw_error_stats_recent(stats, 3));
	assert_int_equal(aw_error_stats_count_kind(stats, NULL, aw_Exception), 3);
	assert_int_equal(aw_error_stats_count_kind(stats, "other", aw_Exception), 0);
	assert_int_equal(aw_error_stats_key_at(stats, 1).count, 1);
	assert_true(aw_error_stats_rate(stats, AW_SEC(6), AW_SEC(2)) == 1.0);
	aw_error_stats_destroy(stats);
	return NULL;
}

static void recovery__logs_counts_and_waits(void **state)
{
	run_ok(handles, NULL);
	assert_string_equal(trace_text(),
			    "{LOW ERROR in feed.read: OSError: x (retry #0)} 1 1 "
			    "{MEDIUM ERROR in feed.read: OSError: x (retry #4)} "
			    "{Backing off for 16s before retry} 1 160 "
			    "{HIGH ERROR in feed.read: ValueError: x (retry #5)} "
			    "{Too many retries for feed} 0 0 "
			    "{CRITICAL ERROR in feed.read: RiskManagementError: x (retry #6)} "
			    "{Critical error in feed: x} emergency:feed 0 0 "
			    "total 4 of OSError 2 uncounted 1; feed.read: RiskManagementError(x)");
}

static void recovery__is_recorded(void **state)
{
	run_ok(handles, NULL);
	assert_true(agent_probe_in_order("error OSError: x", "recovery of feed severity 0 again",
					 "recovery of feed severity 1 again",
					 "recovery of feed severity 2 stop",
					 "recovery of feed severity 3 stop", NULL));
}

static void recovery__passes_its_context_on(void **state)
{
	const aw_error_meta meta[] = { { "channel", "trades" }, { "symbol", NULL } };
	const aw_error_context_info info = { "feed", NULL, 17, 3, meta, 2 };
	aw_error *err = aw_error_with_context(aw_raise(aw_ValueError, "x"), &info);

	assert_string_equal(aw_error_str(err, "component", "?"), "feed");
	assert_string_equal(aw_error_str(err, "operation", "?"), "");
	assert_int_equal(aw_error_int(err, "timestamp", 0), 17);
	assert_int_equal(aw_error_int(err, "retry_count", 0), 3);
	assert_string_equal(aw_error_str(err, "metadata.channel", "?"), "trades");
	assert_string_equal(aw_error_str(err, "metadata.symbol", "?"), "");
	aw_error_unref(err);
	assert_null(aw_error_with_context(NULL, &info));
}

static void recovery__long_texts_are_cut_between_characters(void **state)
{
	aw_error_stats *stats = aw_error_stats_create(NULL);
	aw_error *err = aw_raise(aw_ValueError, "%0126dü", 1);
	const struct aw_error_record *record;

	aw_error_stats_add(stats, err, NULL);
	record = aw_error_stats_recent(stats, 0);
	assert_int_equal(strlen(record->message), 126);
	assert_string_equal(record->component, "");
	aw_error_unref(err);
	aw_error_stats_destroy(stats);
}

static aw_error *short_of_memory(void *arg, void **ret)
{
	const aw_error_meta meta = { "channel", "trades" };
	const aw_error_context_info info = { "feed", "read", 17, 3, &meta, 1 };
	struct aw_recovery recovery = { .log = log_line };
	aw_error *err;
	bool again;

	aw__alloc_fail_at((uint64_t)AW_INT(arg));
	recovery.stats = aw_error_stats_create(NULL);
	err = aw_error_with_context(aw_raise(aw_OSError, "x"), &info);
	aw_error_unref(aw_recover(&recovery, err, &info, &again));
	aw_error_unref(err);
	aw_error_stats_destroy(recovery.stats);
	*ret = AW_PTR(aw__alloc_fail_pending());
	return NULL;
}

static void recovery__every_failing_allocation(void **state)
{
	walk_failures(short_of_memory, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case(recovery__severities),
		runtime_case(recovery__logs_counts_and_waits),
		runtime_case_recorded(recovery__is_recorded),
		runtime_case(recovery__passes_its_context_on),
		runtime_case(recovery__long_texts_are_cut_between_characters),
		runtime_case(recovery__every_failing_allocation),
		runtime_case_recorded(recovery__every_failing_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
