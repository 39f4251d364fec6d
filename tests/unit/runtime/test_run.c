/* SPDX-License-Identifier: MIT */
/* Tests of the runtime as a whole: the programs of its documentation, and failing allocations. */
#include "tests/unit/runtime/runtime_case.h"

#include <awry/thread.h>
#include <signal.h>

#include <awry/server.h>

AW_ERROR_TYPE(TradingSystemError, aw_Exception);
AW_ERROR_TYPE(DataProcessingError, TradingSystemError);

static aw_error *bug(void *arg, void **ret)
{
	return aw_raise(aw_Exception, "not consumed");
}

static aw_error *lose(void *arg, void **ret)
{
	aw_task *task = aw_spawn(bug, NULL);

	aw_task_unref(task);
	return aw_sleep(AW_MS(10));
}

static void program__loses_an_error(void **state)
{
	run_ok(lose, NULL);
	assert_true(agent_probe_in_order("create 2 bug by 1", "error Exception: not consumed",
					 "done 2 error", "lost error Exception: not consumed",
					 "lost 2", "done 1 result", NULL));
}

static aw_error *task(void *arg, void **ret)
{
	intptr_t n = AW_INT(arg);

	AW_TRY(aw_sleep(AW_MS(100) * n));
	if (n == 2)
		return aw_raise(aw_ValueError, "Task %d failed!", (int)n);
	*ret = AW_PTR(n);
	return NULL;
}

static aw_error *group(void *arg, void **ret)
{
	aw_group *group = aw_group_open(NULL);
	aw_error *err, *values, *rest;

	aw_group_spawn(group, task, AW_PTR(1));
	aw_group_spawn(group, task, AW_PTR(2));
	err = aw_group_close(&group, NULL);
	aw_error_split(err, aw_ValueError, &values, &rest);
	for (size_t i = 0; i < aw_error_child_count(values); i++)
		trace("%s", aw_error_message(aw_error_child(values, i)));
	aw_error_unref(values);
	return rest;
}

static void program__splits_a_group(void **state)
{
	run_ok(group, NULL);
	assert_string_equal(trace_text(), "Task 2 failed!");
}

static aw_error *cancellable(void *arg, void **ret)
{
	aw_error *err = aw_sleep(AW_SEC(10));

	if (aw_error_is(err, aw_CancelledError)) {
		aw_error *late = aw_sleep(AW_MS(100));

		if (late != NULL)
			return aw_raise_in(err, late);
	}
	return err;
}

static aw_error *time_out(void *arg, void **ret)
{
	aw_timeout *timeout = aw_timeout_open(aw_now() + AW_MS(500));
	aw_error *err = aw_timeout_close(&timeout, aw_await(aw_call(cancellable, NULL), NULL));

	trace("%s", aw_error_name(aw_error_context(err)));
	trace_error(err);
	return NULL;
}

static void program__times_out(void **state)
{
	run_ok(time_out, NULL);
	assert_string_equal(trace_text(), "CancelledError TimeoutError");
}

static aw_error *send_short(aw_stream *stream, void *arg)
{
	return aw_stream_write(stream, "short", 5);
}

static aw_error *read_frame(aw_stream *stream)
{
	char buffer[16];
	aw_error *err = aw_stream_read_exactly(stream, buffer, 16);

	if (aw_error_is(err, aw_IncompleteReadError)) {
		int64_t expected = aw_error_int(err, "expected", -1);

		err = aw_raise_from(err, DataProcessingError, "short frame, wanted %d",
				    (int)expected);
		err = aw_error_note(err, "symbol %s", "ACME");
	}
	return err;
}

static aw_error *stream(void *arg, void **ret)
{
	aw_server *server = NULL;
	aw_stream *stream = NULL;
	aw_error *err;

	AW_TRY(aw_server_start("127.0.0.1", 0, send_short, NULL, &server));
	AW_TRY(aw_stream_connect("127.0.0.1", aw_server_port(server), &stream));
	err = read_frame(stream);
	trace("%d %s %s", aw_error_is(err, TradingSystemError), aw_error_name(aw_error_cause(err)),
	      aw_error_note_at(err, 0));
	trace_error(err);
	aw_stream_unref(stream);
	aw_server_stop(server);
	return NULL;
}

static void program__reads_a_short_frame(void **state)
{
	runtime_case_real_clock();
	run_ok(stream, NULL);
	assert_string_equal(trace_text(), "1 IncompleteReadError symbol ACME "
					  "DataProcessingError(short frame, wanted 16)");
}

/* ------------------------------------------------------------------------------------------------
 * Out of memory
 */

static void nothing(void *arg)
{
}

static aw_error *in_thread(void *arg, void **ret)
{
	return aw_raise(aw_ValueError, "in a thread");
}

static aw_error *use_contexts(void)
{
	static const aw_var var = AW_VAR("var", .otherwise = NULL);
	aw_token *token = NULL;
	aw_task *child;
	aw_error *err = aw_var_set(&var, text("value"), &token);

	child = aw_spawn(task, AW_PTR(1)); /* with a copy */
	aw_call_soon(nothing, NULL);
	aw_task_unref(child);
	if (err == NULL)
		err = aw_var_reset(&var, &token);
	aw_token_destroy(token);
	return err;
}

static aw_error *use_more(void)
{
	void *items[3] = { aw_call(task, AW_PTR(1)), aw_spawn(task, AW_PTR(2)), NULL };
	aw_as_completed *all = aw_as_completed_open(items, 3, aw_now() + AW_SEC(1));
	aw_error *err = use_contexts();

	while (aw_as_completed_more(all))
		aw_error_unref(aw_as_completed_next(all, NULL, NULL));
	aw_as_completed_close(&all);
	aw_task_unref(items[1]);
	err = aw_raise_in(err,
			  aw_loop_add_signal_handler(aw_loop_current(), SIGUSR2, nothing, NULL));
	return aw_raise_in(err, aw_to_thread(in_thread, NULL, NULL));
}

static aw_error *use_everything(void *arg, void **ret)
{
	aw_outcome outcomes[2] = { { NULL, NULL } };
	aw_group *group = aw_group_open("all");
	aw_timeout *timeout = aw_timeout_open(aw_now() + AW_SEC(1));
	aw_future *future = aw_future_create();
	aw_task *named = aw_task_create_with(aw_call(task, AW_PTR(1)), AW_TASK_OPTS(.name = "n"));
	aw_error *err = NULL;

	aw_group_spawn(group, task, AW_PTR(1));
	aw_group_create_task(group, aw_call(task, AW_PTR(2)));
	aw_call_later(AW_MS(1), nothing, NULL);
	aw_call(task, NULL);
	err = aw_gather_all(outcomes, aw_call(task, AW_PTR(1)), aw_call(task, AW_PTR(2)));
	for (int i = 0; i < 2; i++)
		aw_error_unref(outcomes[i].error);
	err = aw_raise_in(err, aw_wait_for(aw_call(task, AW_PTR(3)), aw_now() + AW_MS(1), NULL));
	err = aw_raise_in(err, aw_await(named, NULL));
	err = aw_raise_in(err, use_more());
	aw_task_unref(named);
	aw_future_unref(future);
	err = aw_timeout_close(&timeout, err);
	return aw_group_close(&group, err);
}

/* Let the first allocation fail, then the second, and so on, until a run has no failure. */
static void run__survives_each_failing_allocation(void **state)
{
	/* the number of allocations depends on timing, so it varies from run to run */
	bool enough = false;

	for (uint64_t n = 1; !enough; n++) {
		assert_true(n < 1000);
		aw__alloc_fail_at(n);
		aw_error_unref(aw_run(use_everything, NULL, NULL));
		enough = aw__alloc_fail_pending();
		aw__alloc_fail_at(0);
		assert_int_equal(aw__alloc_live(), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case_recorded(program__loses_an_error),
		runtime_case(program__splits_a_group),
		runtime_case(program__times_out),
		runtime_case(program__reads_a_short_frame),
		runtime_case(run__survives_each_failing_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
