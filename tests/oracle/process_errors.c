/* SPDX-License-Identifier: MIT */
/*
 * Programs that cannot be started: unknown, not executable, a folder, or with a bad working directory; the error
 * and the file that it names.
 */
#include "net.h"

static aw_error *attempt(const char *program, const char *argument, const char *cwd,
			 const char *environment)
{
	const char *const arguments[] = { program, argument, NULL };
	const char *const variables[] = { environment, NULL };
	aw_process *process = NULL;
	aw_error *err;
	int code = 99;

	err = aw_process_exec(
		AW_PROCESS_OPTS(.cwd = cwd, .environment = environment ? variables : NULL),
		arguments, &process);
	if (err != NULL) {
		show(err);
		printf("%d %s %s\n", (int)aw_error_int(err, "errno", -1),
		       aw_error_str(err, "strerror", "none"),
		       aw_error_str(err, "filename", "none"));
		aw_error_unref(err);
		return NULL;
	}
	AW_TRY(aw_process_wait(process, &code));
	printf("%d\n", code);
	aw_process_unref(process);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	AW_TRY(attempt("/nonexistent/program", NULL, NULL, NULL));
	AW_TRY(attempt("no-such-program-anywhere", "argument", NULL, NULL));
	AW_TRY(attempt("true", NULL, "/nonexistent", NULL));
	AW_TRY(attempt("no-such-program-anywhere", NULL, "/nonexistent", NULL));
	AW_TRY(attempt("no-such-program-anywhere", NULL, "/", NULL));
	AW_TRY(attempt("true", NULL, "/etc/passwd", NULL));
	AW_TRY(attempt("/etc/passwd", NULL, NULL, NULL));
	AW_TRY(attempt("/", NULL, NULL, NULL));
	AW_TRY(attempt("true", NULL, NULL, "PATH=/nonexistent"));
	AW_TRY(attempt("true", NULL, "/", "PATH=/bin:/usr/bin"));
	AW_TRY(attempt("/etc/passwd/true", NULL, NULL, NULL));
	return attempt("false", NULL, NULL, NULL);
}

ORACLE_MAIN
