/* SPDX-License-Identifier: MIT */
/* Connections closed in one direction, over TCP and a unix socket: the other direction still carries megabytes. */
#include "net.h"

#include <stdlib.h>
#include <unistd.h>

enum {
	SIZE = 5000000,
};

static aw_error *serve(aw_stream *stream, void *arg)
{
	static char data[SIZE];
	size_t total = 0, count = 1;
	char text[32];

	while (count > 0) {
		AW_TRY(aw_stream_read(stream, data, 50000, &count));
		total += count;
	}
	snprintf(text, sizeof(text), "%zu\n", total);
	AW_TRY(say(stream, text));
	for (char letter = 'x'; letter <= 'z'; letter++) {
		memset(data, letter, SIZE);
		AW_TRY(aw_stream_write(stream, data, SIZE));
		AW_TRY(aw_stream_drain(stream));
	}
	return NULL;
}

static aw_error *talk(aw_stream *stream)
{
	static char data[SIZE];
	size_t counts[256] = { 0 }, count = 1;

	memset(data, 'm', SIZE);
	AW_TRY(aw_stream_write(stream, data, SIZE));
	AW_TRY(say(stream, "end"));
	AW_TRY(aw_stream_write_eof(stream));
	AW_TRY(show_line(stream));
	while (count > 0) {
		AW_TRY(aw_stream_read(stream, data, 100000, &count));
		for (size_t i = 0; i < count; i++)
			counts[(unsigned char)data[i]]++;
	}
	printf("[('x', %zu), ('y', %zu), ('z', %zu)] %s %s\n", counts['x'], counts['y'],
	       counts['z'], truth(aw_stream_at_eof(stream)), truth(aw_stream_is_closing(stream)));
	end_read(aw_stream_drain(stream));
	aw_stream_close(stream);
	end_read(aw_stream_wait_closed(stream));
	aw_stream_unref(stream);
	return NULL;
}

static aw_error *over_tcp(void)
{
	aw_server *server = NULL;
	aw_stream *stream = NULL;

	AW_TRY(aw_server_start_with(AW_SERVER_OPTS(.limit = 4096), "127.0.0.1", 0, serve, NULL,
				    &server));
	AW_TRY(aw_stream_connect_with(AW_CONNECT_OPTS(.limit = 10), "127.0.0.1",
				      aw_server_port(server), &stream));
	AW_TRY(talk(stream));
	aw_server_stop(server);
	return NULL;
}

static aw_error *over_unix(const char *path)
{
	aw_server *server = NULL;
	aw_stream *stream = NULL;

	AW_TRY(aw_server_start_unix(AW_SERVER_OPTS(.limit = 10), path, serve, NULL, &server));
	AW_TRY(aw_stream_connect_unix(path, &stream));
	aw_stream_set_limit(stream, 4096);
	AW_TRY(talk(stream));
	aw_server_stop(server);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	char folder[] = "/tmp/awry-oracle-XXXXXX", path[64];
	aw_error *err;

	AW_TRY(over_tcp());
	if (mkdtemp(folder) == NULL)
		return aw_raise(aw_OSError, "no folder");
	snprintf(path, sizeof(path), "%s/socket", folder);
	err = over_unix(path);
	unlink(path);
	rmdir(folder);
	return err;
}

ORACLE_MAIN
