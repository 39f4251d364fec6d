/* SPDX-License-Identifier: MIT */
/* Shared by the pairs about streams: a server and a client that talk, and functions that print results. */
#ifndef ORACLE_NET_H
#define ORACLE_NET_H

#include "oracle.h"

#include <ctype.h>
#include <string.h>

typedef aw_error *client_fn(aw_stream *stream);

/* Run a server on this machine and a client that talks to it. */
static inline aw_error *converse_over(const struct aw_server_options *options, aw_stream_fn *server,
				      client_fn *client)
{
	aw_server *listener = NULL;
	aw_stream *stream = NULL;
	aw_error *err;

	AW_TRY(aw_server_start_with(options, "127.0.0.1", 0, server, NULL, &listener));
	err = aw_stream_connect("127.0.0.1", aw_server_port(listener), &stream);
	if (err == NULL)
		err = client(stream);
	aw_stream_close(stream);
	aw_stream_unref(stream);
	aw_server_close(listener);
	if (err == NULL)
		err = aw_server_wait_closed(listener);
	aw_server_stop(listener);
	return err;
}

static inline aw_error *converse(aw_stream_fn *server, client_fn *client)
{
	return converse_over(NULL, server, client);
}

/* Print a name and repr(bytes). */
static inline void show_bytes(const char *name, const void *data, size_t length)
{
	const unsigned char *at = data;

	printf("%s b'", name);
	for (size_t i = 0; i < length; i++) {
		if (at[i] == '\n')
			printf("\\n");
		else if (at[i] == '\r')
			printf("\\r");
		else if (isprint(at[i]))
			putchar(at[i]);
		else
			printf("\\x%02x", at[i]);
	}
	printf("'\n");
}

static inline const char *truth(bool value)
{
	return value ? "True" : "False";
}

/* await reader.read(size) */
static inline aw_error *show_read(aw_stream *stream, size_t size)
{
	char buffer[4096];
	size_t count = 0;

	AW_TRY(aw_stream_read(stream, buffer, size, &count));
	show_bytes("read", buffer, count);
	return NULL;
}

/* await reader.readexactly(size) */
static inline aw_error *show_exactly(aw_stream *stream, size_t size)
{
	char buffer[4096];

	AW_TRY(aw_stream_read_exactly(stream, buffer, size));
	show_bytes("exactly", buffer, size);
	return NULL;
}

/* await reader.readuntil(separator) */
static inline aw_error *show_until(aw_stream *stream, const char *separator)
{
	const char *data = NULL;
	size_t length = 0;

	AW_TRY(aw_stream_read_until(stream, separator, strlen(separator), &data, &length));
	show_bytes("until", data, length);
	return NULL;
}

/* await reader.readline() */
static inline aw_error *show_line(aw_stream *stream)
{
	const char *line = NULL;
	size_t length = 0;

	AW_TRY(aw_stream_read_line(stream, &line, &length));
	show_bytes("line", line, length);
	return NULL;
}

/* writer.write(text) */
static inline aw_error *say(aw_stream *stream, const char *text)
{
	return aw_stream_write(stream, text, strlen(text));
}

/* Print an error with the attributes of stream errors, and unref it. */
static inline void end_read(aw_error *err)
{
	size_t length = 0;
	const char *partial = aw_error_bytes(err, "partial", &length);

	show(err);
	if (aw_error_is(err, aw_IncompleteReadError)) {
		int expected = (int)aw_error_int(err, "expected", -1);

		if (expected >= 0)
			printf("expected %d\n", expected);
		else
			puts("expected None");
		show_bytes("partial", partial, length);
	}
	if (aw_error_is(err, aw_LimitOverrunError))
		printf("consumed %d\n", (int)aw_error_int(err, "consumed", -1));
	if (aw_error_context(err) != NULL)
		printf("context %s\n", aw_error_name(aw_error_context(err)));
	aw_error_unref(err);
}

#endif
