/* SPDX-License-Identifier: MIT */
/* Reads after the end of a stream: each kind of read, and at_eof() before and after the buffer is empty. */
#include "net.h"

#include <stdlib.h>

static aw_error *server(aw_stream *stream, void *arg)
{
	char byte;

	AW_TRY(say(stream, "abcdef"));
	return aw_stream_read(stream, &byte, 1, NULL);
}

static aw_error *client(aw_stream *stream)
{
	char *all = NULL;
	size_t length = 0;

	AW_TRY(show_read(stream, 2));
	AW_TRY(show_read(stream, 0));
	puts(truth(aw_stream_at_eof(stream)));
	AW_TRY(say(stream, "x"));
	AW_TRY(aw_sleep(AW_MS(20)));
	printf("%s %s %s\n", truth(aw_stream_at_eof(stream)), truth(aw_stream_is_closing(stream)),
	       truth(aw_stream_can_write_eof(stream)));
	AW_TRY(show_read(stream, 3));
	puts(truth(aw_stream_at_eof(stream)));
	AW_TRY(show_read(stream, 100));
	puts(truth(aw_stream_at_eof(stream)));
	AW_TRY(show_read(stream, 0));
	AW_TRY(show_read(stream, 1));
	AW_TRY(aw_stream_read_all(stream, &all, &length));
	show_bytes("read", all, length);
	free(all);
	AW_TRY(show_line(stream));
	end_read(show_until(stream, "\n"));
	end_read(show_exactly(stream, 1));
	return show_exactly(stream, 0);
}

static aw_error *amain(void *arg, void **ret)
{
	return converse(server, client);
}

ORACLE_MAIN
