/* SPDX-License-Identifier: MIT */
/* readuntil() with separators that arrive in pieces, overlap, or end the stream without coming. */
#include "net.h"

static aw_error *server(aw_stream *stream, void *arg)
{
	static const char *const pieces[] = { "one-",	      "-two--thr", "ee\r",
					      "\nfour\r\n\r", "\n-",	   "end-" };
	char byte;

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		AW_TRY(aw_stream_read_exactly(stream, &byte, 1));
		AW_TRY(say(stream, pieces[i]));
	}
	return NULL;
}

static aw_error *prompt(aw_stream *stream)
{
	AW_TRY(say(stream, "."));
	return aw_sleep(AW_MS(20));
}

struct search {
	aw_stream *stream;
	const char *separator;
};

static aw_error *search(void *arg, void **ret)
{
	struct search *search = arg;

	return show_until(search->stream, search->separator);
}

/* The rest of the separator arrives during the wait. */
static aw_error *until_over_prompt(aw_stream *stream, const char *separator)
{
	struct search what = { stream, separator };
	aw_task *task = aw_spawn(search, &what);

	AW_TRY(prompt(stream));
	AW_TRY(aw_await(task, NULL));
	aw_task_unref(task);
	return NULL;
}

static aw_error *client(aw_stream *stream)
{
	AW_TRY(prompt(stream));
	AW_TRY(until_over_prompt(stream, "--"));
	AW_TRY(show_until(stream, "--"));
	end_read(show_until(stream, ""));
	AW_TRY(prompt(stream));
	AW_TRY(until_over_prompt(stream, "\r\n"));
	AW_TRY(until_over_prompt(stream, "\r\n\r\n"));
	AW_TRY(prompt(stream));
	end_read(show_until(stream, "--"));
	puts(truth(aw_stream_at_eof(stream)));
	end_read(show_until(stream, "--"));
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	return converse(server, client);
}

ORACLE_MAIN
