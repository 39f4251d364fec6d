/* SPDX-License-Identifier: MIT */
/* Started with some of the descriptors 0, 1 and 2 closed: uses streams and a process, and writes the results to a file. */
#include <awry.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static aw_error *echo(aw_stream *stream, void *arg)
{
	char text[5];

	AW_TRY(aw_stream_read_exactly(stream, text, sizeof(text)));
	return aw_stream_write(stream, text, sizeof(text));
}

static aw_error *converse(FILE *out)
{
	aw_server *server;
	aw_stream *stream;
	char text[6] = "";

	AW_TRY(aw_server_start("127.0.0.1", 0, echo, NULL, &server));
	AW_TRY(aw_stream_connect("127.0.0.1", aw_server_port(server), &stream));
	AW_TRY(aw_stream_write(stream, "hello", 5));
	AW_TRY(aw_stream_read_exactly(stream, text, 5));
	fprintf(out, "echo %s\n", text);
	aw_stream_unref(stream);
	aw_server_stop(server);
	return NULL;
}

static aw_error *run_process(FILE *out)
{
	aw_process *process;
	aw_output output;
	int status;

	AW_TRY(aw_process_shell(AW_PROCESS_OPTS(.out = AW_STDIO_PIPE),
				"cat; echo said; echo heard >&2", &process));
	AW_TRY(aw_process_communicate(process, NULL, 0, &output));
	AW_TRY(aw_process_wait(process, &status));
	fprintf(out, "process %d %s", status, output.out);
	aw_output_finish(&output);
	aw_process_unref(process);
	return NULL;
}

static void describe(FILE *out, int fd)
{
	struct stat is, null;

	if (fstat(fd, &is) != 0 || stat("/dev/null", &null) != 0)
		fprintf(out, "%d closed\n", fd);
	else
		fprintf(out, "%d %s\n", fd, is.st_rdev == null.st_rdev ? "null" : "kept");
}

static aw_error *amain(void *arg, void **ret)
{
	FILE *out = arg;

	for (int fd = 0; fd < 3; fd++)
		describe(out, fd);
	AW_TRY(converse(out));
	AW_TRY(run_process(out));
	return aw_sleep(AW_MS(1));
}

int main(int argc, char **argv)
{
	int fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
	FILE *out = fdopen(fcntl(fd, F_DUPFD_CLOEXEC, 10), "w"); /* above 0, 1 and 2 */
	int status;

	close(fd);
	status = aw_exit_status(aw_run(amain, out, NULL));
	fprintf(out, "again %d\n", aw_exit_status(aw_run(amain, out, NULL)));
	return fclose(out) != 0 ? 1 : status;
}
