/* SPDX-License-Identifier: MIT */
/*
 * Servers that cannot start: ports in use, addresses of other machines or families; type, errno and message. And
 * ports that are shared (reuse_port).
 */
#include "net.h"

static aw_error *serve(aw_stream *stream, void *arg)
{
	return NULL;
}

static void attempt(const struct aw_server_options *options, const char *host, uint16_t port)
{
	aw_server *server = NULL;
	aw_error *err = aw_server_start_with(options, host, port, serve, NULL, &server);
	const char *text = aw_error_message(err), *found;
	char number[8];

	if (err == NULL) {
		printf("None %zu\n", aw_server_socket_count(server));
		aw_server_stop(server);
		return;
	}
	snprintf(number, sizeof(number), "%u", port);
	found = port != 0 ? strstr(text, number) : NULL;
	if (found != NULL)
		printf("%s: %.*sPORT%s\n", aw_error_name(err), (int)(found - text), text,
		       found + strlen(number));
	else
		show(err);
	printf("%d\n", (int)aw_error_int(err, "errno", -1));
	aw_error_unref(err);
}

static aw_error *amain(void *arg, void **ret)
{
	aw_server *taken = NULL;
	uint16_t port;

	AW_TRY(aw_server_start("127.0.0.1", 0, serve, NULL, &taken));
	port = aw_server_port(taken);
	attempt(NULL, "127.0.0.1", port);
	attempt(AW_SERVER_OPTS(.family = AF_INET), "localhost", port);
	attempt(NULL, "127.0.0.2", port);
	attempt(NULL, "192.0.2.1", 0);
	attempt(AW_SERVER_OPTS(.family = AF_INET), "::1", 0);
	attempt(AW_SERVER_OPTS(.family = AF_INET), "127.0.0.1", 0);
	aw_server_stop(taken);
	attempt(NULL, "127.0.0.1", port);
	AW_TRY(aw_server_start_with(AW_SERVER_OPTS(.reuse_port = true), "127.0.0.1", 0, serve, NULL,
				    &taken));
	port = aw_server_port(taken);
	attempt(NULL, "127.0.0.1", port);
	attempt(AW_SERVER_OPTS(.reuse_port = true), "127.0.0.1", port);
	aw_server_stop(taken);
	return NULL;
}

ORACLE_MAIN
