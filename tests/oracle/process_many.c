/* SPDX-License-Identifier: MIT */
/* Twelve subprocesses at once, each with its own input and code; and communicate() that times out. */
#include "net.h"

#include <awry/compose.h>

enum {
	MANY = 12,
};

struct found {
	aw_output output;
	int code;
};

static struct found found[MANY];

static aw_error *one(void *arg, void **ret)
{
	int number = (int)AW_INT(arg);
	aw_process *process = NULL;
	char command[64], input[16];
	aw_error *err;

	snprintf(command, sizeof(command), "read x; echo $x-%d; exit %d", number, number);
	snprintf(input, sizeof(input), "in%d\n", number);
	AW_TRY(aw_process_shell(AW_PROCESS_OPTS(.in = AW_STDIO_PIPE, .out = AW_STDIO_PIPE), command,
				&process));
	err = aw_process_communicate(process, input, strlen(input), &found[number].output);
	aw_process_returncode(process, &found[number].code);
	aw_process_unref(process);
	return err;
}

static aw_error *communicate(void *arg, void **ret)
{
	return aw_process_communicate(arg, "never read", 10, NULL);
}

static aw_error *slow(void)
{
	static const char *const arguments[] = { "sleep", "100", NULL };
	aw_process *process = NULL;
	aw_error *err;
	int code = 99;

	AW_TRY(aw_process_exec(AW_PROCESS_OPTS(.in = AW_STDIO_PIPE, .out = AW_STDIO_PIPE),
			       arguments, &process));
	err = aw_wait_for(aw_call(communicate, process), aw_now() + AW_MS(50), NULL);
	printf("%s %s\n", aw_error_name(err),
	       aw_process_returncode(process, NULL) ? "ended" : "None");
	aw_error_unref(err);
	AW_TRY(aw_process_kill(process));
	AW_TRY(aw_process_wait(process, &code));
	printf("%d\n", code);
	aw_process_unref(process);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	aw_coro *all[MANY];

	for (int i = 0; i < MANY; i++)
		all[i] = aw_call(one, AW_PTR(i));
	AW_TRY(aw_gather_n((void **)all, MANY, NULL));
	for (int i = 0; i < MANY; i++) {
		printf("b'%.*s\\n' %s %d\n", (int)found[i].output.out_length - 1,
		       found[i].output.out, found[i].output.err ? "err" : "None", found[i].code);
		aw_output_finish(&found[i].output);
	}
	return slow();
}

ORACLE_MAIN
