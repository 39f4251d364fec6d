/* SPDX-License-Identifier: MIT */
/* Connections whose handlers return, fail or go on, as the clients see them. */
#include "net.h"

static char log_text[1024];

static void add(const char *what)
{
	size_t used = strlen(log_text);

	snprintf(log_text + used, sizeof(log_text) - used, "%s'%s'", used > 0 ? ", " : "", what);
}

static aw_error *serve(aw_stream *stream, void *arg)
{
	const char *line = NULL;
	char what[64] = "";
	size_t length = 0;

	add("start");
	for (;;) {
		AW_TRY(aw_stream_read_line(stream, &line, &length));
		if (length == 0)
			return NULL;
		snprintf(what, sizeof(what), "%.*s", (int)length - 1, line);
		add(what);
		if (strcmp(what, "return") == 0)
			return NULL;
		if (strcmp(what, "fail") == 0)
			return aw_raise(aw_ValueError, "the handler of one");
		AW_TRY(say(stream, what));
		AW_TRY(say(stream, "!\n"));
	}
}

static aw_error *say_and_hear(aw_stream *stream, const char *text)
{
	AW_TRY(say(stream, text));
	return show_line(stream);
}

static aw_error *open_client(aw_server *server, aw_stream **ret_stream)
{
	return aw_stream_connect("127.0.0.1", aw_server_port(server), ret_stream);
}

static aw_error *talk(aw_server *server, aw_stream **clients)
{
	char hello[32];

	for (int i = 0; i < 3; i++) {
		AW_TRY(open_client(server, &clients[i]));
		snprintf(hello, sizeof(hello), "hello %d\n", i);
		AW_TRY(say_and_hear(clients[i], hello));
	}
	AW_TRY(say_and_hear(clients[2], "return\n"));
	AW_TRY(say_and_hear(clients[0], "fail\n"));
	AW_TRY(say_and_hear(clients[1], "more\n"));
	AW_TRY(say_and_hear(clients[1], "and more\n"));
	AW_TRY(open_client(server, &clients[3]));
	AW_TRY(say_and_hear(clients[3], "late\n"));
	aw_server_close(server);
	AW_TRY(say_and_hear(clients[1], "after the end\nreturn\n"));
	return show_read(clients[1], 5);
}

static aw_error *amain(void *arg, void **ret)
{
	aw_stream *clients[4] = { NULL };
	aw_server *server = NULL;

	AW_TRY(aw_server_start("127.0.0.1", 0, serve, NULL, &server));
	AW_TRY(talk(server, clients));
	printf("[%s]\n", log_text);
	for (int i = 0; i < 4; i++)
		aw_stream_unref(clients[i]);
	aw_server_stop(server);
	return aw_sleep(AW_MS(10));
}

ORACLE_MAIN
