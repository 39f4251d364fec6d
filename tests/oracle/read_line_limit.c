/* SPDX-License-Identifier: MIT */
/*
 * readline() with a limit: lines that are too long, with and without their end in the buffer, and the data that
 * remain to be read.
 */
#include "net.h"

static aw_error *server(aw_stream *stream, void *arg)
{
	static const char *const pieces[] = {
		"short\n",	 "exactly8\n", "more than 8\nnext\n", "no end of this line",
		" and on\nok\n", "last"
	};
	char byte;

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		AW_TRY(aw_stream_read_exactly(stream, &byte, 1));
		AW_TRY(say(stream, pieces[i]));
	}
	return NULL;
}

static aw_error *client(aw_stream *stream)
{
	static const int reads[] = { 1, 1, 2, 1, 2, 2 };

	aw_stream_set_limit(stream, 8);
	for (int i = 0; i < 6; i++) {
		AW_TRY(say(stream, "."));
		AW_TRY(aw_sleep(AW_MS(20)));
		for (int j = 0; j < reads[i]; j++)
			end_read(show_line(stream));
	}
	puts(truth(aw_stream_at_eof(stream)));
	end_read(show_line(stream));
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	return converse(server, client);
}

ORACLE_MAIN
