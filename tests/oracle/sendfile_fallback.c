/* SPDX-License-Identifier: MIT */
/*
 * sendfile() from a pipe, which the kernel's call does not support: the fallback, partial counts, and the error
 * without it.
 */
#include "net.h"

#include <errno.h>
#include <unistd.h>

static aw_error *server(aw_stream *stream, void *arg)
{
	static unsigned char data[65536];
	size_t total = 0, count = 1;
	long check = 0;

	while (count > 0) {
		AW_TRY(aw_stream_read(stream, data, sizeof(data), &count));
		total += count;
		for (size_t i = 0; i < count; i++)
			check += data[i];
	}
	printf("server %zu %ld\n", total, check);
	return NULL;
}

/* Send from a pipe that contains `size` bytes. */
static aw_error *send_pipe(aw_stream *stream, size_t size, int64_t count, unsigned int flags)
{
	static unsigned char data[60000];
	int64_t sent = 0;
	aw_error *err;
	int fds[2];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (unsigned char)(i % 253);
	if (pipe(fds) < 0 || write(fds[1], data, size) != (ssize_t)size)
		return aw_error_from_errno(errno, NULL);
	close(fds[1]);
	err = aw_stream_sendfile(stream, fds[0], 0, count, flags, &sent);
	if (err == NULL)
		printf("sent %d\n", (int)sent);
	else
		end(err);
	close(fds[0]);
	return NULL;
}

static aw_error *client(aw_stream *stream)
{
	AW_TRY(send_pipe(stream, 60000, 1000, 0));
	AW_TRY(send_pipe(stream, 60000, 1000, AW_SENDFILE_FALLBACK));
	AW_TRY(send_pipe(stream, 60000, 16384, AW_SENDFILE_FALLBACK));
	AW_TRY(send_pipe(stream, 60000, 50001, AW_SENDFILE_FALLBACK));
	AW_TRY(send_pipe(stream, 60000, 1000000, AW_SENDFILE_FALLBACK));
	AW_TRY(send_pipe(stream, 60000, AW_SENDFILE_ALL, AW_SENDFILE_FALLBACK));
	AW_TRY(send_pipe(stream, 0, 5, AW_SENDFILE_FALLBACK));
	return say(stream, "after");
}

static aw_error *amain(void *arg, void **ret)
{
	return converse(server, client);
}

ORACLE_MAIN
