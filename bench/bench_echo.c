/* SPDX-License-Identifier: MIT */
/*
 * Prints the requests per second of an echo server: bench_echo raw|awry SECONDS.
 *
 * `raw` uses libuv's callbacks, `awry` a coroutine for each connection. The server is a separate process;
 * this one keeps one request in flight on each of many connections.
 */
#include <awry.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

enum {
	CONNECTIONS = 32,
	REQUEST_BYTES = 64,
};

/* The server sends its port through this pipe. */
static int told[2];

static void tell(uint16_t port)
{
	if (write(told[1], &port, sizeof(port)) != sizeof(port))
		_exit(1);
}

/* ---- awry */

static aw_error *echo(aw_stream *stream, void *arg)
{
	char buffer[4096];
	size_t count;

	for (;;) {
		AW_TRY(aw_stream_read(stream, buffer, sizeof(buffer), &count));
		if (count == 0)
			return NULL;
		AW_TRY(aw_stream_write(stream, buffer, count));
	}
}

static aw_error *serve(void *arg, void **ret)
{
	aw_server *server = NULL;

	AW_TRY(aw_server_start("127.0.0.1", 0, echo, NULL, &server));
	tell(aw_server_port(server));
	return aw_server_serve_forever(server);
}

/* ---- libuv */

struct peer {
	uv_tcp_t tcp;
	char buffer[65536];
};

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	struct peer *peer = handle->data;

	*buffer = uv_buf_init(peer->buffer, sizeof(peer->buffer));
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
	uv_buf_t answer;

	if (count < 0) {
		uv_close((uv_handle_t *)stream, on_closed);
		return;
	}
	answer = uv_buf_init(buffer->base, (unsigned int)count);
	if (count > 0 && uv_try_write(stream, &answer, 1) != count)
		_exit(2); /* requests are far smaller than a socket's buffer */
}

static void on_connection(uv_stream_t *listener, int status)
{
	struct peer *peer = calloc(1, sizeof(*peer));

	if (peer == NULL || uv_tcp_init(listener->loop, &peer->tcp) < 0)
		_exit(2);
	peer->tcp.data = peer;
	if (uv_accept(listener, (uv_stream_t *)&peer->tcp) < 0)
		_exit(2);
	uv_tcp_nodelay(&peer->tcp, 1);
	uv_read_start((uv_stream_t *)&peer->tcp, on_alloc, on_read);
}

static void serve_raw(void)
{
	struct sockaddr_in address;
	int length = sizeof(address);
	uv_tcp_t listener;
	uv_loop_t loop;

	uv_loop_init(&loop);
	uv_tcp_init(&loop, &listener);
	uv_ip4_addr("127.0.0.1", 0, &address);
	uv_tcp_bind(&listener, (struct sockaddr *)&address, 0);
	if (uv_listen((uv_stream_t *)&listener, 100, on_connection) < 0)
		_exit(2);
	uv_tcp_getsockname(&listener, (struct sockaddr *)&address, &length);
	tell(ntohs(address.sin_port));
	uv_run(&loop, UV_RUN_DEFAULT);
}

/* ---- the load */

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static int connect_to(uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		fail("connect");
	return fd;
}

/* Read the available part of an answer; after a complete answer, send the next request. */
static long answer(struct pollfd *polls, size_t *got)
{
	static const char request[REQUEST_BYTES];
	char buffer[REQUEST_BYTES];
	long done = 0;

	for (int i = 0; i < CONNECTIONS; i++) {
		ssize_t count;

		if (polls[i].revents == 0)
			continue;
		count = read(polls[i].fd, buffer, REQUEST_BYTES - got[i]);
		if (count <= 0)
			fail("read");
		got[i] += (size_t)count;
		if (got[i] < REQUEST_BYTES)
			continue;
		got[i] = 0;
		done++;
		if (write(polls[i].fd, request, sizeof(request)) != sizeof(request))
			fail("write");
	}
	return done;
}

static double load(uint16_t port, double seconds)
{
	static const char request[REQUEST_BYTES];
	struct pollfd polls[CONNECTIONS];
	size_t got[CONNECTIONS] = { 0 };
	double begin, end;
	long done = 0;

	for (int i = 0; i < CONNECTIONS; i++) {
		polls[i] = (struct pollfd){ .fd = connect_to(port), .events = POLLIN };
		if (write(polls[i].fd, request, sizeof(request)) != sizeof(request))
			fail("write");
	}
	begin = now();
	do {
		if (poll(polls, CONNECTIONS, 10000) <= 0)
			fail("poll");
		done += answer(polls, got);
		end = now();
	} while (end - begin < seconds);
	return (double)done / (end - begin);
}

int main(int argc, char **argv)
{
	uint16_t port = 0;
	pid_t server;

	if (argc != 3 || pipe(told) < 0)
		return 2;
	server = fork();
	if (server == 0) {
		if (strcmp(argv[1], "raw") == 0)
			serve_raw();
		else
			aw_error_unref(aw_run(serve, NULL, NULL));
		_exit(0);
	}
	if (server < 0 || read(told[0], &port, sizeof(port)) != sizeof(port))
		fail("the server");
	printf("%.0f\n", load(port, atof(argv[2])));
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	return 0;
}
