/* SPDX-License-Identifier: MIT */
/*
 * The standard streams of a subprocess: a conversation by lines, files and descriptors as stdin and stdout,
 * environment, working directory and arguments.
 */
#include "net.h"

#include <unistd.h>

static aw_error *output_of(struct aw_process_options options, const char *const *arguments)
{
	aw_process *process = NULL;
	aw_output output = { 0 };

	options.size = sizeof(options);
	options.out = AW_STDIO_PIPE;
	AW_TRY(aw_process_exec(&options, arguments, &process));
	AW_TRY(aw_process_communicate(process, NULL, 0, &output));
	show_bytes("out", output.out, output.out_length);
	aw_output_finish(&output);
	aw_process_unref(process);
	return NULL;
}

#define ARGUMENTS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define OPTIONS(...)                                                                               \
	((struct aw_process_options){ .size = sizeof(struct aw_process_options), __VA_ARGS__ })

static const char LOOP[] = "while read x; do echo got $x; done; echo end; sleep 0.05; exit 7";

static aw_error *converse_with(aw_process *process)
{
	const struct iovec lines[] = { { "two\n", 4 }, { "three\n", 6 } };
	aw_stream *in = aw_process_stdin(process), *out = aw_process_stdout(process);
	int code = 99;

	AW_TRY(say(in, "one\n"));
	AW_TRY(show_line(out));
	AW_TRY(aw_stream_write_many(in, lines, 2));
	AW_TRY(aw_stream_drain(in));
	AW_TRY(show_line(out));
	AW_TRY(show_line(out));
	AW_TRY(say(in, "too long for the limit\n"));
	end_read(show_line(out));
	printf("%s %s\n", truth(aw_stream_is_closing(in)),
	       aw_process_returncode(process, NULL) ? "ended" : "None");
	aw_stream_close(in);
	AW_TRY(aw_stream_wait_closed(in));
	AW_TRY(show_line(out));
	AW_TRY(show_line(out));
	AW_TRY(aw_process_wait(process, &code));
	printf("%d %s\n", code, aw_process_stderr(process) == NULL ? "None" : "a stream");
	return NULL;
}

static aw_error *talk(void)
{
	aw_process *process = NULL;

	AW_TRY(aw_process_exec(
		AW_PROCESS_OPTS(.in = AW_STDIO_PIPE, .out = AW_STDIO_PIPE, .limit = 16),
		ARGUMENTS("/bin/sh", "-c", LOOP), &process));
	AW_TRY(converse_with(process));
	aw_process_unref(process);
	return NULL;
}

static aw_error *with_a_file(FILE *file)
{
	int fd = fileno(file), code = 99;
	aw_process *process = NULL;
	char buffer[64] = "";
	ssize_t count;

	if (write(fd, "from a file", 11) != 11)
		puts("short write");
	lseek(fd, 5, SEEK_SET);
	AW_TRY(output_of(OPTIONS(.in = AW_STDIO_FD(fd)), ARGUMENTS("cat")));
	AW_TRY(aw_process_shell(AW_PROCESS_OPTS(.out = AW_STDIO_FD(fd), .err = AW_STDIO_FD(fd)),
				"echo written; echo twice >&2", &process));
	AW_TRY(aw_process_wait(process, &code));
	printf("%d %s\n", code, aw_process_stdout(process) == NULL ? "None" : "a stream");
	aw_process_unref(process);
	lseek(fd, 0, SEEK_SET);
	count = read(fd, buffer, sizeof(buffer));
	show_bytes("file", buffer, count > 0 ? (size_t)count : 0);
	return NULL;
}

static aw_error *read_ten(void *arg, void **ret)
{
	return show_read(arg, 10);
}

static aw_error *ended_from_outside(void)
{
	aw_process *process = NULL;
	aw_task *waiting;
	aw_error *err;
	int code = 99;

	AW_TRY(aw_process_exec(AW_PROCESS_OPTS(.in = AW_STDIO_PIPE, .out = AW_STDIO_PIPE),
			       ARGUMENTS("sleep", "100"), &process));
	waiting = aw_spawn(read_ten, aw_process_stdout(process));
	AW_TRY(aw_sleep(AW_MS(10)));
	AW_TRY(aw_process_terminate(process));
	AW_TRY(aw_await(waiting, NULL));
	aw_task_unref(waiting);
	AW_TRY(aw_process_wait(process, &code));
	printf("%d\n", code);
	AW_TRY(aw_sleep(AW_MS(20)));
	err = say(aw_process_stdin(process), "nobody");
	if (err == NULL)
		err = aw_stream_drain(aw_process_stdin(process));
	end_read(err);
	aw_process_unref(process);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	FILE *file = tmpfile();

	AW_TRY(talk());
	AW_TRY(output_of(OPTIONS(.environment = ARGUMENTS("A=1", "B=two words")),
			 ARGUMENTS("/bin/sh", "-c", "echo $A-$B-$HOME")));
	AW_TRY(output_of(OPTIONS(.cwd = "/usr"), ARGUMENTS("pwd")));
	AW_TRY(output_of(OPTIONS(0), ARGUMENTS("/bin/sh", "-c", "echo $0 $# $1 $2", "zero", "one",
					       "with space")));
	AW_TRY(with_a_file(file));
	fclose(file);
	AW_TRY(output_of(OPTIONS(0),
			 ARGUMENTS("/bin/sh", "-c", "ls -l /proc/self/fd | grep -c pipe")));
	return ended_from_outside();
}

ORACLE_MAIN
