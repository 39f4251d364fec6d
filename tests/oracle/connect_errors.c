/* SPDX-License-Identifier: MIT */
/*
 * The errors of connecting to a port that nobody listens on, an unknown host, or a bad local address: type, errno
 * and message.
 */
#include "net.h"

#include <netdb.h>

static aw_error *server(aw_stream *stream, void *arg)
{
	return NULL;
}

/* Print the message, with PORT in place of the port number. */
static void show_without(const aw_error *err, uint16_t port)
{
	const char *at = aw_error_message(err), *found;
	char number[8];

	snprintf(number, sizeof(number), "%u", port);
	printf("%s: ", aw_error_name(err));
	while ((found = strstr(at, number)) != NULL) {
		printf("%.*sPORT", (int)(found - at), at);
		at = found + strlen(number);
	}
	puts(at);
}

static void attempt(const struct aw_connect_options *options, uint16_t port, const char *host)
{
	aw_stream *stream = NULL;
	aw_error *err = aw_stream_connect_with(options, host, port, &stream);
	int errnum = (int)aw_error_int(err, "errno", 0);

	show_without(err, port);
	if (errnum != 0)
		printf("%d\n", errnum);
	else
		puts("None");
	aw_error_unref(err);
	aw_stream_unref(stream);
}

static aw_error *amain(void *arg, void **ret)
{
	aw_server *listener = NULL;
	uint16_t port;

	AW_TRY(aw_server_start("127.0.0.1", 0, server, NULL, &listener));
	port = aw_server_port(listener);
	aw_server_stop(listener);
	AW_TRY(aw_sleep(AW_MS(1)));
	attempt(NULL, port, "127.0.0.1");
	attempt(AW_CONNECT_OPTS(.family = AF_INET), port, "localhost");
	attempt(AW_CONNECT_OPTS(.family = AF_INET6), port, "127.0.0.1");
	attempt(AW_CONNECT_OPTS(.flags = AI_NUMERICHOST), port, "no such name");
	attempt(AW_CONNECT_OPTS(.family = AF_INET), port, "::1");
	attempt(AW_CONNECT_OPTS(.local_host = "192.0.2.1"), port, "127.0.0.1");
	attempt(AW_CONNECT_OPTS(.local_host = "127.0.0.2"), port, "127.0.0.1");
	attempt(AW_CONNECT_OPTS(.local_host = "::1"), port, "127.0.0.1");
	attempt(NULL, port, NULL);
	return NULL;
}

ORACLE_MAIN
