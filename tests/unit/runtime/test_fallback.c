/* SPDX-License-Identifier: MIT */
/*
 * Tests of aw_fallback: the order of services, their health, cancellation, what is recorded, and failing
 * allocations.
 */
#include "tests/unit/runtime/resilience_case.h"

struct feeds {
	struct script live, backup, cache;
};

static aw_error *live(void *arg, void **ret)
{
	return scripted(&((struct feeds *)arg)->live, ret);
}

static aw_error *backup(void *arg, void **ret)
{
	return scripted(&((struct feeds *)arg)->backup, ret);
}

static aw_error *cache(void *arg, void **ret)
{
	return scripted(&((struct feeds *)arg)->cache, ret);
}

static void on_health(aw_fallback *fallback, size_t service, enum aw_health health, void *arg)
{
	if (service == SIZE_MAX)
		trace("all:%s", aw_health_name(health));
	else
		trace("%s:%s", aw_fallback_service(fallback, service).name, aw_health_name(health));
}

static aw_fallback *make(void)
{
	static const struct aw_service services[] = {
		{ .name = "live", .fn = live },
		{ .name = "backup", .fn = backup },
		{ .name = "cache", .fn = cache },
	};

	return aw_fallback_create(AW_FALLBACK_OPTS(.services = services, .service_count = 3,
						   .down_after = 2, .on_health = on_health));
}

static aw_error *in_order(void *arg, void **ret)
{
	struct feeds feeds = { { ".VVVV.", 0 }, { "V.VV.", 0 }, { ".V", 0 } };
	aw_fallback *fallback = make();
	struct aw_service_health health;
	aw_error *err;

	for (int i = 0; i < 4; i++)
		trace_error(aw_fallback_call(fallback, &feeds, NULL));
	err = aw_fallback_call(fallback, &feeds, NULL);
	trace("%s after %s after %s", aw_error_str(err, "service", "?"),
	      aw_error_str(aw_error_context(err), "service", "?"),
	      aw_error_str(aw_error_context(aw_error_context(err)), "service", "?"));
	trace_error(err);
	trace_error(aw_fallback_call(fallback, &feeds, NULL));
	health = aw_fallback_service(fallback, 0);
	trace("%d/%d %d %s", (int)health.failures, (int)health.calls, (int)health.failures_in_row,
	      aw_error_message(health.last_error));
	aw_fallback_destroy(fallback);
	return NULL;
}

static void fallback__the_first_that_answers(void **state)
{
	run_ok(in_order, NULL);
	assert_string_equal(
		trace_text(),
		"live:healthy all:healthy none "
		"live:degraded backup:degraded cache:healthy all:degraded none "
		"live:down backup:healthy none "
		"backup:degraded cache:degraded all:down ValueError(call 2) "
		"backup:down cache:down cache after backup after live ValueError(call 3) "
		"live:healthy all:healthy none 4/6 0 call 5");
}

static aw_error *cancelled(void *arg, void **ret)
{
	struct feeds feeds = { { "V", 0 }, { "C", 0 }, { ".", 0 } };
	aw_fallback *fallback = make();
	aw_error *err = aw_fallback_call(fallback, &feeds, NULL);

	trace("%s in %s, %d", aw_error_name(err), aw_error_message(aw_error_context(err)),
	      feeds.cache.count);
	aw_error_unref(err);
	trace_error(aw_fallback_call(NULL, NULL, NULL));
	aw_fallback_destroy(fallback);
	return NULL;
}

static void fallback__cancellation_passes(void **state)
{
	run_ok(cancelled, NULL);
	assert_string_equal(trace_text(), "live:degraded CancelledError in call 1, 0 MemoryError");
}

static void fallback__is_recorded(void **state)
{
	run_ok(in_order, NULL);
	assert_true(agent_probe_in_order("error ValueError: call 2", "service live failed by 1",
					 "service backup failed by 1",
					 "service cache answered by 1",
					 "service backup answered by 1", NULL));
	assert_int_equal(agent_probe_count("service live answered by 1"), 0);
}

static aw_error *short_of_memory(void *arg, void **ret)
{
	struct feeds feeds = { { "V", 0 }, { "O", 0 }, { "V.", 0 } };
	aw_fallback *fallback;

	aw__alloc_fail_at((uint64_t)AW_INT(arg));
	fallback = make();
	aw_error_unref(aw_fallback_call(fallback, &feeds, NULL));
	aw_error_unref(aw_fallback_call(fallback, &feeds, NULL));
	aw_fallback_destroy(fallback);
	*ret = AW_PTR(aw__alloc_fail_pending());
	return NULL;
}

static void fallback__every_failing_allocation(void **state)
{
	walk_failures(short_of_memory, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case(fallback__the_first_that_answers),
		runtime_case(fallback__cancellation_passes),
		runtime_case_recorded(fallback__is_recorded),
		runtime_case(fallback__every_failing_allocation),
		runtime_case_recorded(fallback__every_failing_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
