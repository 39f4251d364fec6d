/* SPDX-License-Identifier: MIT */
/* Tests of the hooks for processes and streams, and of those that are never closed. */
#include "tests/unit/runtime/runtime_case.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <awry/process.h>
#include <awry/server.h>

static aw_error *wait_for_it(void *arg, void **ret)
{
	aw_process *process = NULL;
	int code = 99;

	AW_TRY(aw_process_shell(AW_PROCESS_OPTS(.in = AW_STDIO_PIPE, .out = AW_STDIO_PIPE),
				"read x; exit 3", &process));
	aw_stream_close(aw_process_stdin(process));
	AW_TRY(aw_process_wait(process, &code));
	trace("%d", code);
	aw_process_unref(process);
	return NULL;
}

static void process__is_a_handle_until_it_has_ended(void **state)
{
	runtime_case_real_clock();
	run_ok(wait_for_it, NULL);
	assert_string_equal(trace_text(), "3");
	assert_int_equal(agent_probe_count("open process by 1"), 1);
	assert_int_equal(agent_probe_count("close process"), 1);
	assert_int_equal(agent_probe_count("open pipe by 1"), 2);
	assert_int_equal(agent_probe_count("close pipe"), 2);
	assert_int_equal(agent_probe_count("wait 1 process"), 1);
	assert_true(agent_probe_target != 0);
}

static aw_error *leave_running(void *arg, void **ret)
{
	static const char *const arguments[] = { "sleep", "100", NULL };
	aw_process *process = NULL;

	AW_TRY(aw_process_exec(NULL, arguments, &process));
	*(int *)arg = aw_process_pid(process);
	aw_process_unref(process);
	return NULL;
}

static void process__runs_on_after_the_loop(void **state)
{
	int pid = 0, status = 0;

	runtime_case_real_clock();
	run_ok(leave_running, &pid);
	assert_int_equal(agent_probe_count("open process by 1"), 1);
	assert_int_equal(agent_probe_count("close process"), 0);
	assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
}

static aw_error *drop_and_wait(void *arg, void **ret)
{
	aw_process *process = NULL;
	siginfo_t info;
	int pid;

	AW_TRY(aw_process_shell(NULL, "exit 0", &process));
	pid = aw_process_pid(process);
	aw_process_unref(process);
	/* waits until libuv has reaped the child */
	for (int i = 0;
	     i < 2000 && waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | WNOHANG) == 0; i++)
		AW_TRY(aw_sleep(AW_MS(5)));
	trace("%d", errno == ECHILD);
	return NULL;
}

static void process__is_reaped_without_a_user(void **state)
{
	runtime_case_real_clock();
	run_ok(drop_and_wait, NULL);
	assert_string_equal(trace_text(), "1");
	assert_int_equal(agent_probe_count("close process"), 1);
}

static aw_error *greet(aw_stream *stream, void *arg)
{
	return aw_stream_write(stream, "hi", 2);
}

static aw_error *talk_unix(void *arg, void **ret)
{
	aw_server *server = NULL;
	aw_stream *stream = NULL;
	char bytes[2];

	AW_TRY(aw_server_start_unix(NULL, arg, greet, NULL, &server));
	AW_TRY(aw_stream_connect_unix(arg, &stream));
	AW_TRY(aw_stream_read_exactly(stream, bytes, 2));
	aw_stream_unref(stream);
	aw_server_close(server);
	AW_TRY(aw_server_wait_closed(server));
	aw_server_stop(server);
	return NULL;
}

static void stream__of_a_unix_socket_is_a_handle(void **state)
{
	char folder[] = "/tmp/awry-test-XXXXXX", path[64];

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/socket", folder);
	runtime_case_real_clock();
	run_ok(talk_unix, path);
	unlink(path);
	rmdir(folder);
	assert_int_equal(agent_probe_count("open unix by 1"), 1);
	assert_int_equal(agent_probe_count("close unix"), 2);
	assert_int_equal(agent_probe_count("close server"), 1);
	assert_int_equal(agent_probe_count("wait 1 read"), 1);
}

static aw_error *refused(void *arg, void **ret)
{
	aw_stream *stream = NULL;
	aw_error *err = aw_stream_connect("127.0.0.1", 1, &stream);

	trace("%s", aw_error_name(err));
	aw_error_unref(err);
	return NULL;
}

static void stream__that_was_refused_is_no_open_handle(void **state)
{
	runtime_case_real_clock();
	run_ok(refused, NULL);
	assert_string_equal(trace_text(), "ConnectionRefusedError");
	assert_int_equal(agent_probe_count("open tcp by 1"), 1);
	assert_int_equal(agent_probe_count("close tcp"), 1);
	assert_int_equal(agent_probe_count("wait 1 connect"), 1);
}

static aw_error *serve_and_hold(void *arg, void **ret)
{
	aw_server *server = NULL;
	aw_stream *stream = NULL;
	aw_error *err;
	char byte;

	AW_TRY(aw_server_start("127.0.0.1", 0, greet, NULL, &server));
	AW_TRY(aw_stream_connect("127.0.0.1", aw_server_port(server), &stream));
	AW_TRY(aw_stream_read_exactly(stream, &byte, 1));
	err = aw_server_serve_forever(server);
	aw_stream_unref(stream);
	aw_server_stop(server);
	return err;
}

/* Ends the run while a server and its connections are active, which cancels them. */
static aw_error *leave_all(void *arg, void **ret)
{
	aw_task *task = aw_spawn(serve_and_hold, NULL);

	AW_TRY(aw_sleep(AW_MS(20)));
	aw_task_unref(task);
	return aw_raise(aw_KeyboardInterrupt, NULL);
}

static void server__left_serving_ends_with_the_run(void **state)
{
	aw_error *err;

	runtime_case_real_clock();
	err = aw_run(leave_all, NULL, NULL);
	assert_true(aw_error_is(err, aw_KeyboardInterrupt));
	aw_error_unref(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case_recorded(process__is_a_handle_until_it_has_ended),
		runtime_case_recorded(process__runs_on_after_the_loop),
		runtime_case_recorded(process__is_reaped_without_a_user),
		runtime_case_recorded(stream__of_a_unix_socket_is_a_handle),
		runtime_case_recorded(stream__that_was_refused_is_no_open_handle),
		runtime_case(server__left_serving_ends_with_the_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
