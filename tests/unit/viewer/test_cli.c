/* SPDX-License-Identifier: MIT */
/* Tests of the program awry with wrong arguments, one mistake each, and of `awry run` with a shell. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"

static char folder[] = "/tmp/awry-test-cli-XXXXXX";

struct result {
	int status;	 /* of waitpid() */
	char text[8192]; /* stdout and stderr */
};

/* `arguments` is shell text; the shell execs the program. */
static struct result run(const char *arguments)
{
	struct result result = { 0 };
	char command[1024], rest[4096];
	FILE *pipe;

	snprintf(command, sizeof(command), "cd %s && exec %s %s 2>&1", folder, AWRY_PROGRAM,
		 arguments);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	result.text[fread(result.text, 1, sizeof(result.text) - 1, pipe)] = '\0';
	while (fread(rest, 1, sizeof(rest), pipe) > 0)
		; /* reads to the end: closing the pipe early would fail the program's writes */
	result.status = pclose(pipe);
	return result;
}

static void expect(const char *arguments, int status, const char *words)
{
	struct result result = run(arguments);

	if (!WIFEXITED(result.status) || WEXITSTATUS(result.status) != status ||
	    strstr(result.text, words) == NULL)
		print_message("awry %s: status %x, and this text:\n%s", arguments, result.status,
			      result.text);
	assert_true(WIFEXITED(result.status));
	assert_int_equal(WEXITSTATUS(result.status), status);
	assert_non_null(strstr(result.text, words));
}

static void cli__bad_usage_names_what_is_allowed(void **state)
{
	expect("", 2, "Usage: awry COMMAND");
	expect("nonsense", 2, "allowed are run, attach");
	expect("report", 2, "a process id, a socket, a trace or a black box is wanted");
	expect("report a b", 2, "one target is allowed, and 'b' is the second");
	expect("report --format xml f", 2, "text, json, sarif, junit, github");
	expect("run --fail-on sadness -- true", 2, "any, never-retrieved, never-awaited");
	expect("run --report pdf=a.pdf -- true", 2, "unknown format 'pdf'; allowed are text, json");
	expect("run --report json= -- true", 2, "--report: the file name is empty");
	expect("run --fail-on 'any,never-awaited>2ms' -- true", 2,
	       "have no duration; a count is allowed\n  any,never-awaited>2ms\n"
	       "                    ^^^\n");
	expect("report --allow nothing f", 2, "nothing: No such file");
	expect("report --allow text f", 2, "text:1: a line is [allow], KEY = VALUE or a # comment");
	expect("run", 2, "a command is wanted");
	expect("ps 7", 2, "no argument is allowed");
	expect("export f -o g --format gif", 2, "unknown format 'gif'; allowed are ");
	expect("export f", 2, "--format FORMAT and -o OUT are wanted");
	expect("export f --format chrome", 2, "-o OUT is wanted");
	expect("export f --format otlp", 2, "-o OUT or --endpoint URL is wanted");
	expect("export f --format dot --endpoint http://x", 2, "--endpoint is for --format otlp");
	expect("export f --format otlp -o x --endpoint http://x", 2, "exclude each other");
	expect("export f --format dot -o x --since 5", 2, "invalid time '5'; expected 10s");
	expect("export f --format dot -o x --until 2026-11-21", 2, "invalid time '2026-11-21'");
	expect("export f --format dot -o x --filter age:x", 2, "invalid duration 'x'");
	expect("recover 7", 2, "-o FILE is wanted");
	expect("stats --colour f", 2, "awry stats: unrecognized option '--colour'");
}

static void cli__help_succeeds(void **state)
{
	expect("--help", 0, "awry recover 4242 -o crash.awry");
	expect("help report", 0, "Usage: awry report");
	expect("run --help", 0, "--fail-on");
	expect("--version", 0, "awry ");
}

static void cli__bad_targets_are_one_line(void **state)
{
	struct result result;

	expect("report /no/such/file", 1, "awry report: /no/such/file: cannot be opened");
	expect("report .", 1, ".: a directory; ");
	expect("report empty", 1, "empty: the file is empty; ");
	expect("errors text", 1, "text: neither a trace nor a black box; ");
	expect("tree /dev/null", 1, "/dev/null: not a regular file; ");
	expect("stats 999999999", 1, "process 999999999 has no black box");
	expect("recover text -o out", 1, "neither a trace nor a black box");
	result = run("report $(printf 'a\\033[31m')");
	assert_null(strchr(result.text, '\033'));
	assert_ptr_equal(strchr(result.text, '\n'), result.text + strlen(result.text) - 1);
}

static void cli__ps_of_nothing_is_a_heading(void **state)
{
	expect("ps", 0, "PID      STATE");
	expect("ps --json", 0, "\"processes\": []");
}

static void cli__run_ends_as_the_command_does(void **state)
{
	struct result result;

	expect("run -- sh -c 'exit 7'", 7, "nothing was recorded");
	expect("run -- /no/such/program", 127, "awry run: /no/such/program: No such file");
	expect("run -- ./text", 126, "Permission denied");
	expect("run -- sh -c 'echo $AWRY_DEBUG $AWRY_STDERR; echo ${AWRY_CONNECT%%/*}'", 0,
	       "1 none\nunix:");
	expect("run -o text -- true", 1,
	       "text: exists and is not a recording; --force replaces it");
	result = run("run -- sh -c 'kill -TERM $$'");
	assert_true(WIFSIGNALED(result.status));
	assert_int_equal(WTERMSIG(result.status), SIGTERM);
}

static void cli__run_reports_lost_errors(void **state)
{
	expect("run --fail-on never-awaited,never-retrieved -o run.awry -- " AWRY_EXAMPLE, 66,
	       "Exception: not consumed");
	expect("run --fail-on never-awaited -- " AWRY_EXAMPLE, 0, "1 finding: 1 never-retrieved");
	expect("run --report json -- " AWRY_EXAMPLE, 0, "\"finding_count\": 1");
	expect("report run.awry", 0, "bug at ");
	expect("report --format json run.awry", 0, "\"kind\": \"never-retrieved\"");
	expect("report --format json -o - run.awry", 0, "\"kind\": \"never-retrieved\"");
	expect("errors run.awry", 0, "lost: it was never retrieved");
	expect("stats run.awry", 0, ", ended\n");
	expect("tree --json run.awry", 0, "\"tasks\": []");
	expect("export run.awry --format chrome -o -", 0, "traceEvents");
	expect("record run.awry -o other", 1, "a trace; a live process is wanted");
	expect("recover run.awry -o other", 1, "not a black box");
}

static int set_up(void **state)
{
	char path[256];
	FILE *file;

	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/runtime", folder);
	mkdir(path, 0700);
	setenv("AWRY_RUNTIME_DIR", path, 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	snprintf(path, sizeof(path), "%s/empty", folder);
	file = fopen(path, "w");
	fclose(file);
	snprintf(path, sizeof(path), "%s/text", folder);
	file = fopen(path, "w");
	fputs("a text, and a long one\n", file);
	return fclose(file);
}

static int tear_down(void **state)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/empty", folder);
	unlink(path);
	snprintf(path, sizeof(path), "%s/text", folder);
	unlink(path);
	snprintf(path, sizeof(path), "%s/run.awry", folder);
	unlink(path);
	snprintf(path, sizeof(path), "%s/runtime", folder);
	return rmdir(path) | rmdir(folder); /* fails if files were left in them */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cli__bad_usage_names_what_is_allowed),
		cmocka_unit_test(cli__help_succeeds),
		cmocka_unit_test(cli__bad_targets_are_one_line),
		cmocka_unit_test(cli__ps_of_nothing_is_a_heading),
		cmocka_unit_test(cli__run_ends_as_the_command_does),
		cmocka_unit_test(cli__run_reports_lost_errors),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
