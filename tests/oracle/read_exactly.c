/* SPDX-License-Identifier: MIT */
/* readexactly(): from the buffer, over several arrivals, of zero bytes, and at the end of the stream. */
#include "net.h"

static aw_error *server(aw_stream *stream, void *arg)
{
	char byte;

	AW_TRY(say(stream, "0123456789"));
	AW_TRY(aw_stream_read_exactly(stream, &byte, 1));
	return say(stream, "abc");
}

static aw_error *client(aw_stream *stream)
{
	AW_TRY(show_exactly(stream, 4));
	AW_TRY(show_exactly(stream, 0));
	AW_TRY(say(stream, "!"));
	AW_TRY(show_exactly(stream, 8));
	end_read(show_exactly(stream, 2000));
	puts(truth(aw_stream_at_eof(stream)));
	AW_TRY(show_exactly(stream, 0));
	end_read(show_exactly(stream, 1));
	return show_read(stream, 5);
}

static aw_error *amain(void *arg, void **ret)
{
	return converse(server, client);
}

ORACLE_MAIN
