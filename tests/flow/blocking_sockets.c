/* SPDX-License-Identifier: MIT */
/* Calls of blocking.c: sockets and pipes, with timeouts and without. */
#include "blocking.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#define LARGE_MS 5000 /* a timeout that never expires */

static const struct timeval large_tv = { .tv_sec = LARGE_MS / 1000 };
static const struct timeval length_tv = { .tv_usec = LONG_MS * 1000 };

static int pair(int ends[2], int option, const struct timeval *timeout)
{
	socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
	return setsockopt(ends[0], SOL_SOCKET, option, timeout, sizeof(*timeout));
}

static long call_recv_timeout(void)
{
	int ends[2];
	long result;

	pair(ends, SO_RCVTIMEO, &length_tv);
	result = recv(ends[0], later_buffer, 10, 0);
	later_close_both(ends);
	return result;
}

static long answered(long (*receive)(int fd), int option)
{
	int ends[2];
	struct later later = { .bytes = 3 };
	pthread_t thread;
	long result;

	pair(ends, option, &large_tv);
	later.fd = ends[1];
	thread = later_start(later_write, &later);
	result = receive(ends[0]);
	pthread_join(thread, NULL);
	later_close_both(ends);
	return result;
}

static long do_recv(int fd)
{
	return recv(fd, later_buffer, 10, 0);
}

static long do_recvmsg(int fd)
{
	struct iovec piece = { later_buffer, 10 };
	struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1 };

	return recvmsg(fd, &message, 0);
}

static long do_recvmmsg(int fd)
{
	struct iovec piece = { later_buffer, 10 };
	struct mmsghdr message = { .msg_hdr = { .msg_iov = &piece, .msg_iovlen = 1 } };

	return recvmmsg(fd, &message, 1, 0, NULL);
}

static long do_read(int fd)
{
	return read(fd, later_buffer, 10);
}

static long call_recv(void)
{
	return answered(do_recv, SO_RCVTIMEO);
}

static long call_recvmsg(void)
{
	return answered(do_recvmsg, SO_RCVTIMEO);
}

static long call_recvmmsg(void)
{
	return answered(do_recvmmsg, SO_RCVTIMEO);
}

static long call_read_socket(void)
{
	return answered(do_read, SO_RCVTIMEO);
}

/* Sends more than a socket's buffer holds: blocks until the peer has read. */
static long call_send_timeout(void)
{
	int ends[2];
	long result, total = 0;

	pair(ends, SO_SNDTIMEO, &length_tv);
	while ((result = send(ends[0], later_buffer, 65536, 0)) > 0)
		total += result;
	later_close_both(ends);
	return total > 0 ? result : -2;
}

static long call_send_all(void)
{
	int ends[2];
	struct later later = { .bytes = sizeof(later_buffer) / 2 };
	pthread_t thread;
	long result;

	pair(ends, SO_SNDTIMEO, &large_tv);
	later.fd = ends[1];
	thread = later_start(later_read, &later);
	result = send(ends[0], later_buffer, sizeof(later_buffer) / 2, 0);
	pthread_join(thread, NULL);
	later_close_both(ends);
	return result;
}

static long call_write_pipe(void)
{
	int ends[2];
	struct later later = { .bytes = sizeof(later_buffer) / 2 };
	pthread_t thread;
	long result;

	result = pipe2(ends, O_CLOEXEC);
	later.fd = ends[0];
	thread = later_start(later_read, &later);
	result = write(ends[1], later_buffer, sizeof(later_buffer) / 2);
	pthread_join(thread, NULL);
	later_close_both(ends);
	return result;
}

static int listener(struct sockaddr_in *address, int backlog)
{
	socklen_t bytes = sizeof(*address);
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*address = (struct sockaddr_in){ .sin_family = AF_INET,
					 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	bind(fd, (struct sockaddr *)address, sizeof(*address));
	listen(fd, backlog);
	getsockname(fd, (struct sockaddr *)address, &bytes);
	return fd;
}

static long call_accept_timeout(void)
{
	struct sockaddr_in address;
	const int fd = listener(&address, 5);
	long result;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &length_tv, sizeof(length_tv));
	result = accept(fd, NULL, NULL);
	close(fd);
	return result;
}

/* The backlog is full, so the connection is not accepted. */
static long call_connect_timeout(void)
{
	struct sockaddr_in address;
	const int fd = listener(&address, 0);
	int clients[8];
	long result = 0;

	for (int i = 0; i < 8; i++) {
		clients[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		setsockopt(clients[i], SOL_SOCKET, SO_SNDTIMEO, &length_tv, sizeof(length_tv));
		if (result == 0)
			result = connect(clients[i], (struct sockaddr *)&address, sizeof(address));
	}
	for (int i = 0; i < 8; i++)
		close(clients[i]);
	close(fd);
	return result;
}

const struct blocking_call blocking_sockets[] = {
	{ "recv_timeout", call_recv_timeout },
	{ "recv", call_recv },
	{ "recvmsg", call_recvmsg },
	{ "recvmmsg", call_recvmmsg },
	{ "read_socket", call_read_socket },
	{ "send_timeout", call_send_timeout },
	{ "send_all", call_send_all },
	{ "write_pipe", call_write_pipe },
	{ "accept_timeout", call_accept_timeout },
	{ "connect_timeout", call_connect_timeout },
	{ NULL, NULL },
};
