/* SPDX-License-Identifier: MIT */
/*
 * A chat over TCP and a unix socket: a line from one guest goes to all others. A line that begins with a
 * `!` goes through a program first: with `!rev`, everybody reads the rest of the line backwards.
 *
 *	chat [PATH]      prints its port; PATH: the path of the unix socket
 */
#include <awry.h>

#include <stdio.h>
#include <string.h>

enum {
	GUESTS_MAX = 64,
	LINE_BYTES = 1024,
};

/* The guests in the room. Only tasks of one loop use the table, so it needs no lock. */
static aw_stream *guests[GUESTS_MAX];

static aw_error *say(const aw_stream *speaker, const char *text, size_t length)
{
	for (int i = 0; i < GUESTS_MAX; i++) {
		if (guests[i] == NULL || guests[i] == speaker)
			continue;
		/* a failed write concerns that guest only: the guest's own task gets the error */
		aw_error_unref(aw_stream_write(guests[i], text, length));
	}
	return NULL;
}

/* Everybody gets the program's output for the rest of the line, or the error of starting it. */
static aw_error *say_through(const char *line, size_t length)
{
	char program[32] = "", text[128];
	const char *const arguments[] = { program, NULL };
	const char *space = memchr(line, ' ', length);
	aw_process *process = NULL;
	aw_output output = { 0 };
	aw_error *err;

	if (space == NULL || space - line > (int)sizeof(program))
		return say(NULL, "!PROGRAM TEXT\n", 14);
	memcpy(program, line + 1, (size_t)(space - line) - 1);
	err = aw_process_exec(AW_PROCESS_OPTS(.in = AW_STDIO_PIPE, .out = AW_STDIO_PIPE), arguments,
			      &process);
	if (aw_error_is(err, aw_OSError)) {
		snprintf(text, sizeof(text), "%s\n", aw_error_message(err));
		aw_error_unref(err);
		return say(NULL, text, strlen(text));
	}
	if (err == NULL)
		err = aw_process_communicate(process, space + 1,
					     length - (size_t)(space + 1 - line), &output);
	if (err == NULL)
		err = say(NULL, output.out, output.out_length);
	aw_output_finish(&output);
	aw_process_unref(process);
	return err;
}

static aw_error *listen_to(aw_stream *stream)
{
	char line[LINE_BYTES + 1];
	const char *read = NULL;
	size_t length = 0;

	for (;;) {
		AW_TRY(aw_stream_read_line(stream, &read, &length));
		if (length == 0)
			return NULL;
		memcpy(line, read, length); /* the stream's buffer may change while we wait */
		if (line[0] == '!')
			AW_TRY(say_through(line, length));
		else
			AW_TRY(say(stream, line, length));
	}
}

static aw_error *welcome(aw_stream *stream, void *arg)
{
	int seat = 0;
	aw_error *err;

	while (seat < GUESTS_MAX && guests[seat] != NULL)
		seat++;
	if (seat == GUESTS_MAX)
		return aw_stream_write(stream, "the room is full\n", 17);
	guests[seat] = stream;
	err = listen_to(stream);
	guests[seat] = NULL;
	/* a guest that hangs up, or sends too long a line, is not an error of the server */
	if (aw_error_is(err, aw_OSError) || aw_error_is(err, aw_ValueError))
		err = aw_error_unref(err);
	return err;
}

static aw_error *amain(void *arg, void **ret)
{
	const struct aw_server_options *options = AW_SERVER_OPTS(.limit = LINE_BYTES - 1);
	aw_server *tcp = NULL, *local = NULL;
	aw_error *err = NULL;

	AW_TRY(aw_server_start_with(options, "127.0.0.1", 0, welcome, NULL, &tcp));
	if (arg != NULL)
		err = aw_server_start_unix(options, arg, welcome, NULL, &local);
	if (err == NULL) {
		printf("%u\n", aw_server_port(tcp));
		fflush(stdout);
		err = aw_server_serve_forever(tcp);
	}
	aw_server_stop(local);
	aw_server_stop(tcp);
	return err;
}

int main(int argc, char **argv)
{
	return aw_exit_status(aw_run(amain, argc > 1 ? argv[1] : NULL, NULL));
}
