/* SPDX-License-Identifier: MIT */
/* serve_forever(): its cancellation closes the server, and a second call is refused. */
#include "net.h"

#include <awry/compose.h>

static aw_error *serve(aw_stream *stream, void *arg)
{
	return NULL;
}

struct forever {
	const char *name;
	aw_server *server;
};

static aw_error *forever(void *arg, void **ret)
{
	struct forever *me = arg;
	aw_error *err = aw_server_serve_forever(me->server);

	if (aw_error_is(err, aw_CancelledError)) {
		printf("%s cancelled %s\n", me->name, aw_error_message(err));
	} else {
		const char *text = aw_error_message(err);

		/* CPython's message names the server's sockets, ours does not */
		printf("%s %s %s\n", me->name, aw_error_name(err),
		       strncmp(text, "server ", 7) == 0 ? text + 7 : text);
		err = aw_error_unref(err);
	}
	return err;
}

static aw_error *ended(aw_task *task, const aw_server *server)
{
	AW_TRY(aw_wait((void *[]){ task }, 1, AW_ALL_COMPLETED, AW_FOREVER, NULL));
	printf("%s %s\n", truth(aw_task_done(task)), truth(aw_task_cancelled(task)));
	printf("%s %zu\n", truth(aw_server_is_serving(server)), aw_server_socket_count(server));
	aw_task_unref(task);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	struct forever first = { "first", NULL }, second = { "second", NULL },
		       third = { "third", NULL };
	aw_server *server = NULL;
	aw_task *task;

	AW_TRY(aw_server_start_with(AW_SERVER_OPTS(.idle = true), "127.0.0.1", 0, serve, NULL,
				    &server));
	first.server = second.server = server;
	task = aw_spawn(forever, &first);
	AW_TRY(aw_yield());
	puts(truth(aw_server_is_serving(server)));
	AW_TRY(forever(&second, NULL));
	aw_task_cancel(task, "that is enough");
	AW_TRY(ended(task, server));
	AW_TRY(aw_server_wait_closed(server));
	aw_server_stop(server);

	AW_TRY(aw_server_start("127.0.0.1", 0, serve, NULL, &server));
	third.server = server;
	task = aw_spawn(forever, &third);
	AW_TRY(aw_yield());
	aw_server_close(server);
	AW_TRY(ended(task, server));
	aw_server_stop(server);
	return NULL;
}

ORACLE_MAIN
