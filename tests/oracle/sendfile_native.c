/* SPDX-License-Identifier: MIT */
/*
 * sendfile() of a file in parts, with offsets at and beyond its end, after data that is still unsent, and on a
 * closed stream.
 */
#include "net.h"

#include <unistd.h>

enum {
	SIZE = 9000000,
};

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

static void send_file(aw_stream *stream, int fd, int64_t offset, int64_t count, unsigned int flags)
{
	int64_t sent = 0;
	aw_error *err = aw_stream_sendfile(stream, fd, offset, count, flags, &sent);

	if (err == NULL)
		printf("sent %d %d\n", (int)sent, (int)lseek(fd, 0, SEEK_CUR));
	else
		end(err);
}

static void fill(int fd)
{
	static unsigned char data[SIZE];

	for (int i = 0; i < SIZE; i++)
		data[i] = (unsigned char)((int64_t)i * 7 % 251);
	if (write(fd, data, SIZE) != SIZE)
		puts("short write");
}

static aw_error *send_all(aw_stream *stream, int fd)
{
	static char before[3000000];

	for (size_t i = 0; i < sizeof(before); i++)
		before[i] = "before"[i % 6];
	AW_TRY(aw_stream_write(stream, before, sizeof(before)));
	send_file(stream, fd, 0, AW_SENDFILE_ALL, 0);
	send_file(stream, fd, 10, 100, 0);
	send_file(stream, fd, SIZE - 5, 100, 0);
	send_file(stream, fd, SIZE + 5, 100, 0);
	send_file(stream, fd, SIZE, AW_SENDFILE_ALL, 0);
	send_file(stream, fd, 0, 0, 0);
	send_file(stream, fd, 0, -3, AW_SENDFILE_FALLBACK);
	send_file(stream, fd, -1, AW_SENDFILE_ALL, AW_SENDFILE_FALLBACK);
	AW_TRY(say(stream, "after"));
	if (ftruncate(fd, 0) < 0)
		puts("no truncate");
	send_file(stream, fd, 0, AW_SENDFILE_ALL, AW_SENDFILE_FALLBACK);
	printf("%d\n", (int)lseek(fd, 0, SEEK_CUR));
	return NULL;
}

static aw_error *client(aw_stream *stream)
{
	FILE *file = tmpfile();
	aw_error *err;

	fill(fileno(file));
	err = send_all(stream, fileno(file));
	aw_stream_close(stream);
	if (err == NULL)
		err = aw_stream_wait_closed(stream);
	send_file(stream, fileno(file), 0, AW_SENDFILE_ALL, AW_SENDFILE_FALLBACK);
	fclose(file);
	return err;
}

static aw_error *amain(void *arg, void **ret)
{
	return converse(server, client);
}

ORACLE_MAIN
