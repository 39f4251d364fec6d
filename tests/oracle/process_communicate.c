/* SPDX-License-Identifier: MIT */
/* communicate(): large inputs and outputs, redirections, and processes that do not read their input to the end. */
#include "net.h"

static void show_output(const char *name, const char *data, size_t length)
{
	char head[32];

	snprintf(head, sizeof(head), "%s %zu", name, length);
	if (data == NULL)
		printf("%s None\n", name);
	else
		show_bytes(head, data, length < 20 ? length : 20);
}

static aw_error *talk(const struct aw_process_options *options, const char *command,
		      const void *input, size_t length)
{
	aw_process *process = NULL;
	aw_output output = { 0 };
	int code = 99;

	AW_TRY(aw_process_shell(options, command, &process));
	AW_TRY(aw_process_communicate(process, input, length, &output));
	show_output("out", output.out, output.out_length);
	show_output("err", output.err, output.err_length);
	aw_output_finish(&output);
	aw_process_returncode(process, &code);
	printf("%d\n", code);
	aw_process_unref(process);
	return NULL;
}

static aw_error *with_input(void)
{
	static char big[3000000];

	AW_TRY(talk(AW_PROCESS_OPTS(.in = AW_STDIO_PIPE, .out = AW_STDIO_PIPE), "cat", "hello", 5));
	AW_TRY(talk(
		AW_PROCESS_OPTS(.in = AW_STDIO_PIPE, .out = AW_STDIO_PIPE, .err = AW_STDIO_PIPE),
		"cat", "", 0));
	memset(big, 'a', sizeof(big));
	return talk(AW_PROCESS_OPTS(.in = AW_STDIO_PIPE, .out = AW_STDIO_PIPE), "tr a b", big,
		    sizeof(big));
}

static aw_error *without_input(void)
{
	AW_TRY(talk(AW_PROCESS_OPTS(.out = AW_STDIO_PIPE, .err = AW_STDIO_PIPE),
		    "echo out; echo err >&2; exit 4", NULL, 0));
	AW_TRY(talk(AW_PROCESS_OPTS(.out = AW_STDIO_PIPE, .err = AW_STDIO_STDOUT),
		    "echo out; echo err >&2", NULL, 0));
	AW_TRY(talk(AW_PROCESS_OPTS(.out = AW_STDIO_NULL, .err = AW_STDIO_STDOUT),
		    "echo out; echo err >&2", NULL, 0));
	return talk(
		AW_PROCESS_OPTS(.in = AW_STDIO_NULL, .out = AW_STDIO_PIPE, .err = AW_STDIO_NULL),
		"echo err >&2; cat", NULL, 0);
}

/* A process that does not read its input to the end. */
static aw_error *broken_input(void)
{
	static char big[3000000];

	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)('0' + i % 10);
	AW_TRY(talk(AW_PROCESS_OPTS(.in = AW_STDIO_PIPE), "true", big, sizeof(big)));
	return talk(AW_PROCESS_OPTS(.in = AW_STDIO_PIPE, .out = AW_STDIO_PIPE), "head -c 5; exit 2",
		    big, sizeof(big));
}

static aw_error *amain(void *arg, void **ret)
{
	AW_TRY(with_input());
	AW_TRY(without_input());
	AW_TRY(broken_input());
	AW_TRY(talk(AW_PROCESS_OPTS(.out = AW_STDIO_PIPE, .err = AW_STDIO_PIPE),
		    "yes | head -c 1000000 >&2; yes no | head -c 1000000", NULL, 0));
	AW_TRY(talk(AW_PROCESS_OPTS(.out = AW_STDIO_PIPE), "exec >&-; sleep 0.05; exit 6", NULL,
		    0));
	return talk(AW_PROCESS_OPTS(.out = AW_STDIO_PIPE), "kill -9 $$", NULL, 0);
}

ORACLE_MAIN
