/* SPDX-License-Identifier: MIT */
/* The end of a TLS connection: with and without close_notify, by reset and under load, as each side sees it. */
#include "tls_pair.h"

#include <sys/socket.h>

static aw_error *closes(aw_stream *stream, void *arg)
{
	AW_TRY(say(stream, "bye"));
	aw_stream_close(stream);
	return aw_stream_wait_closed(stream);
}

static aw_error *vanishes(aw_stream *stream, void *arg)
{
	AW_TRY(say(stream, "bye"));
	shutdown(aw_stream_fd(stream), SHUT_WR);
	return aw_sleep(AW_MS(50));
}

static aw_error *resets(aw_stream *stream, void *arg)
{
	struct linger at_once = { .l_onoff = 1 };
	char byte;

	AW_TRY(say(stream, "bye"));
	AW_TRY(aw_stream_read(stream, &byte, 1, NULL));
	setsockopt(aw_stream_fd(stream), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	aw_stream_abort(stream);
	return NULL;
}

static aw_error *floods(aw_stream *stream, void *arg)
{
	static char flood[4000000];
	aw_error *err;
	char byte;

	memset(flood, 'x', sizeof(flood));
	AW_TRY(say(stream, "bye"));
	err = aw_stream_write(stream, flood, sizeof(flood));
	if (err == NULL)
		err = aw_stream_drain(stream);
	if (err == NULL)
		err = aw_stream_read(stream, &byte, 1, NULL);
	if (!aw_error_is(err, aw_ConnectionError))
		return err;
	aw_error_unref(err);
	return NULL;
}

static aw_error *hears(aw_stream *stream)
{
	end(show_exactly(stream, 3));
	AW_TRY(say(stream, "!"));
	end(show_read(stream, 100));
	printf("%s %s\n", truth(aw_stream_at_eof(stream)), truth(aw_stream_is_closing(stream)));
	end(aw_stream_drain(stream));
	end(show_read(stream, 100));
	aw_stream_close(stream);
	end(aw_stream_wait_closed(stream));
	return NULL;
}

static aw_error *leaves(aw_stream *stream)
{
	end(show_exactly(stream, 3));
	aw_stream_close(stream);
	printf("%s\n", truth(aw_stream_is_closing(stream)));
	end(aw_stream_wait_closed(stream));
	end(aw_stream_drain(stream));
	return NULL;
}

static aw_error *waits(aw_stream *stream)
{
	end(show_exactly(stream, 3));
	AW_TRY(aw_sleep(AW_MS(20)));
	end(aw_stream_wait_closed(stream));
	end(aw_stream_drain(stream));
	return NULL;
}

static aw_error *hears_only(aw_stream *stream)
{
	end(show_exactly(stream, 3));
	end(show_read(stream, 100));
	printf("%s %s\n", truth(aw_stream_at_eof(stream)), truth(aw_stream_is_closing(stream)));
	end(aw_stream_drain(stream));
	end(aw_stream_wait_closed(stream));
	printf("%s\n", truth(aw_stream_is_closing(stream)));
	return NULL;
}

static aw_error *aborts(aw_stream *stream)
{
	end(show_exactly(stream, 3));
	aw_stream_abort(stream);
	printf("%s\n", truth(aw_stream_is_closing(stream)));
	end(aw_stream_wait_closed(stream));
	end(show_read(stream, 1));
	end(aw_stream_drain(stream));
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	static const struct {
		const char *name;
		aw_stream_fn *server;
		client_fn *client;
	} stories[] = {
		{ "closes hears_only", closes, hears_only },
		{ "closes waits", closes, waits },
		{ "closes leaves", closes, leaves },
		{ "vanishes hears_only", vanishes, hears_only },
		{ "vanishes waits", vanishes, waits },
		{ "vanishes leaves", vanishes, leaves },
		{ "resets hears", resets, hears },
		{ "floods leaves", floods, leaves },
		{ "floods aborts", floods, aborts },
	};

	for (size_t i = 0; i < sizeof(stories) / sizeof(stories[0]); i++) {
		puts(stories[i].name);
		AW_TRY(converse_tls(&(struct talk){ .server = stories[i].server,
						    .client = stories[i].client }));
	}
	return NULL;
}

ORACLE_MAIN
