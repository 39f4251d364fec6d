/* SPDX-License-Identifier: MIT */
/*
 * Streams and servers on unix sockets: addresses, a conversation, and the errors of paths that are missing, taken
 * or too long.
 */
#include "net.h"

#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/awry-oracle-XXXXXX";

static const char *at(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static const char *address_text(aw_address address)
{
	static char text[AW_ADDRESS_TEXT];

	return aw_address_format(&address, text, sizeof(text));
}

static bool is_at(aw_address address, const char *name)
{
	return address.at.any.sa_family == AF_UNIX && strcmp(address.at.un.sun_path, at(name)) == 0;
}

static aw_address seen_peer;
static bool seen_can_write_eof;

static aw_error *serve(aw_stream *stream, void *arg)
{
	const char *line = NULL;
	char upper[64];
	size_t length;

	seen_peer = aw_stream_peer_address(stream);
	seen_can_write_eof = aw_stream_can_write_eof(stream);
	for (;;) {
		AW_TRY(aw_stream_read_line(stream, &line, &length));
		if (length == 0)
			return say(stream, "bye");
		for (size_t i = 0; i < length; i++)
			upper[i] = (char)toupper((unsigned char)line[i]);
		AW_TRY(aw_stream_write(stream, upper, length));
	}
}

static void show_failure(aw_error *err, const char *hidden)
{
	const char *text = aw_error_message(err), *found = strstr(text, hidden);
	int errnum = (int)aw_error_int(err, "errno", 0);

	if (found != NULL)
		printf("%s: %.*sPATH%s\n", aw_error_name(err), (int)(found - text), text,
		       found + strlen(hidden));
	else
		show(err);
	if (errnum != 0)
		printf("%d\n", errnum);
	else
		puts("None");
	aw_error_unref(err);
}

static void attempt(const char *path)
{
	aw_stream *stream = NULL;

	show_failure(aw_stream_connect_unix(path, &stream), path);
	aw_stream_unref(stream);
}

static void attempt_to_serve(const char *path)
{
	aw_server *server = NULL;

	show_failure(aw_server_start_unix(NULL, path, serve, NULL, &server), path);
	aw_server_stop(server);
}

static aw_error *talk(void)
{
	aw_stream *stream = NULL;

	AW_TRY(aw_stream_connect_unix(at("socket"), &stream));
	printf("%s %s\n", truth(is_at(aw_stream_peer_address(stream), "socket")),
	       address_text(aw_stream_local_address(stream)));
	AW_TRY(say(stream, "one\ntwo\n"));
	AW_TRY(show_line(stream));
	AW_TRY(show_line(stream));
	printf("server %s %s\n", address_text(seen_peer), truth(seen_can_write_eof));
	AW_TRY(aw_stream_write_eof(stream));
	AW_TRY(show_read(stream, 10));
	AW_TRY(show_read(stream, 10));
	aw_stream_unref(stream);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	char name[121] = "";
	aw_server *server = NULL, *second = NULL;

	memset(name, 'x', 120);
	AW_TRY(aw_server_start_unix(NULL, at("socket"), serve, NULL, &server));
	printf("%s ", truth(aw_server_address(server, 0).at.any.sa_family == AF_UNIX));
	printf("%s\n", truth(is_at(aw_server_address(server, 0), "socket")));
	AW_TRY(talk());
	attempt(at("none"));
	attempt(at("file"));
	attempt(at(name));
	attempt_to_serve(at("none/socket"));
	attempt_to_serve(at("file"));
	attempt_to_serve(at(name));
	AW_TRY(aw_server_start_unix(NULL, at("socket"), serve, NULL, &second));
	printf("taken over %s\n", truth(access(at("socket"), F_OK) == 0));
	aw_server_stop(server);
	aw_server_stop(second);
	printf("left %s\n", truth(access(at("socket"), F_OK) == 0));
	AW_TRY(aw_sleep(AW_MS(10)));
	attempt(at("socket"));
	return NULL;
}

int main(void)
{
	FILE *file;
	int status;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (mkdtemp(folder) == NULL)
		return 1;
	file = fopen(at("file"), "w");
	if (file != NULL)
		fclose(file);
	status = aw_exit_status(aw_run(amain, NULL, NULL));
	unlink(at("file"));
	unlink(at("socket"));
	rmdir(folder);
	return status;
}
