/* SPDX-License-Identifier: MIT */
/* Peer and local addresses of both ends, TCP_NODELAY, and connecting from a given local address. */
#include "net.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>

static struct {
	aw_address peer, local;
	bool nodelay;
} seen;

static const char *host(const aw_address *address)
{
	return inet_ntoa(address->at.in.sin_addr);
}

static bool same(const aw_address *a, const aw_address *b)
{
	char text[AW_ADDRESS_TEXT], other[AW_ADDRESS_TEXT];

	return strcmp(aw_address_format(a, text, sizeof(text)),
		      aw_address_format(b, other, sizeof(other))) == 0;
}

static bool nodelay(const aw_stream *stream)
{
	socklen_t length = sizeof(int);
	int value = 0;

	getsockopt(aw_stream_fd(stream), IPPROTO_TCP, TCP_NODELAY, &value, &length);
	return value != 0;
}

static aw_error *server(aw_stream *stream, void *arg)
{
	seen.peer = aw_stream_peer_address(stream);
	seen.local = aw_stream_local_address(stream);
	seen.nodelay = nodelay(stream);
	return say(stream, "!");
}

static aw_error *client(aw_stream *stream)
{
	aw_address local, peer, late;
	char byte;

	AW_TRY(aw_stream_read_exactly(stream, &byte, 1));
	local = aw_stream_local_address(stream);
	peer = aw_stream_peer_address(stream);
	printf("%s ", host(&local));
	printf("%s %s %s\n", host(&peer), truth(same(&local, &seen.peer)),
	       truth(same(&peer, &seen.local)));
	printf("%s %s 2\n", truth(aw_address_port(&local) != aw_address_port(&peer)),
	       truth(aw_address_port(&local) > 0));
	printf("%s %s\n", truth(seen.nodelay), truth(nodelay(stream)));
	puts(truth(aw_stream_fd(stream) > 2));
	aw_stream_close(stream);
	AW_TRY(aw_stream_wait_closed(stream));
	late = aw_stream_local_address(stream);
	printf("%s ", truth(same(&local, &late)));
	late = aw_stream_peer_address(stream);
	printf("%s\n", truth(same(&peer, &late)));
	printf("%d\n", aw_stream_fd(stream));
	return NULL;
}

static aw_error *print_peer(aw_stream *stream, void *arg)
{
	aw_address peer = aw_stream_peer_address(stream);

	puts(host(&peer));
	return NULL;
}

static aw_error *from_elsewhere(void)
{
	aw_server *listener = NULL;
	aw_stream *stream = NULL;
	aw_address local;

	AW_TRY(aw_server_start("127.0.0.1", 0, print_peer, NULL, &listener));
	AW_TRY(aw_stream_connect_with(AW_CONNECT_OPTS(.local_host = "127.0.0.9"), "127.0.0.1",
				      aw_server_port(listener), &stream));
	local = aw_stream_local_address(stream);
	puts(host(&local));
	AW_TRY(aw_sleep(AW_MS(50)));
	aw_stream_unref(stream);
	aw_server_stop(listener);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	AW_TRY(converse(server, client));
	return from_elsewhere();
}

ORACLE_MAIN
