/* SPDX-License-Identifier: MIT */
/* Writing after write_eof(): which calls fail, and that reading still works. */
#include "net.h"

#include <stdlib.h>

static aw_error *server(aw_stream *stream, void *arg)
{
	size_t length = 0;
	char *all = NULL;

	AW_TRY(aw_stream_read_all(stream, &all, &length));
	show_bytes("server", all, length);
	free(all);
	AW_TRY(say(stream, "still "));
	AW_TRY(aw_stream_drain(stream));
	return say(stream, "here\n");
}

static aw_error *client(aw_stream *stream)
{
	const struct iovec lines[] = { { "a", 1 }, { "b", 1 } };

	AW_TRY(say(stream, "that is "));
	AW_TRY(say(stream, "all"));
	puts(truth(aw_stream_can_write_eof(stream)));
	AW_TRY(aw_stream_write_eof(stream));
	end(say(stream, "more"));
	end(say(stream, ""));
	end(aw_stream_write_many(stream, lines, 2));
	end(aw_stream_write_eof(stream));
	printf("%s %s\n", truth(aw_stream_is_closing(stream)), truth(aw_stream_at_eof(stream)));
	end_read(aw_stream_drain(stream));
	AW_TRY(show_line(stream));
	AW_TRY(show_read(stream, 10));
	printf("%s %s\n", truth(aw_stream_is_closing(stream)), truth(aw_stream_at_eof(stream)));
	aw_stream_close(stream);
	end(aw_stream_write_eof(stream));
	end(say(stream, "more"));
	end_read(aw_stream_drain(stream));
	end_read(aw_stream_wait_closed(stream));
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	return converse(server, client);
}

ORACLE_MAIN
