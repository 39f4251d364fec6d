/* SPDX-License-Identifier: MIT */
/* writelines(): empty pieces, thousands of pieces, and pieces of megabytes arrive complete and in order. */
#include "net.h"

#include <stdlib.h>

enum {
	NUMBERS = 3000,
	BIG = 3000000,
};

static int sum(const unsigned char *data, size_t length)
{
	int total = 0;

	for (size_t i = 0; i < length; i++)
		total += data[i];
	return total;
}

static aw_error *server(aw_stream *stream, void *arg)
{
	static char data[8000000];
	const char *line = NULL;
	size_t length = 0, size;

	for (;;) {
		AW_TRY(aw_stream_read_line(stream, &line, &length));
		size = (size_t)atoi(line);
		if (size == 0)
			break;
		AW_TRY(aw_stream_read_exactly(stream, data, size));
		printf("%zu %d\n", size, sum((unsigned char *)data, size));
		show_bytes("head", data, size < 12 ? size : 12);
		show_bytes("tail", data + (size < 12 ? 0 : size - 12), size < 12 ? size : 12);
	}
	return show_read(stream, 4);
}

/* The first piece becomes the length of the others. */
static aw_error *send_pieces(aw_stream *stream, struct iovec *pieces, size_t count)
{
	char head[32];
	size_t size = 0;

	for (size_t i = 1; i < count; i++)
		size += pieces[i].iov_len;
	pieces[0] = (struct iovec){ head, (size_t)snprintf(head, sizeof(head), "%zu\n", size) };
	AW_TRY(aw_stream_write_many(stream, pieces, count));
	return aw_stream_drain(stream);
}

static struct iovec piece(char *text)
{
	return (struct iovec){ text, strlen(text) };
}

static aw_error *send_numbers(aw_stream *stream)
{
	static struct iovec pieces[NUMBERS + 1];
	static char texts[NUMBERS][16];

	for (int i = 0; i < NUMBERS; i++) {
		snprintf(texts[i], sizeof(texts[i]), "%d,", i);
		pieces[i + 1] = piece(texts[i]);
	}
	return send_pieces(stream, pieces, NUMBERS + 1);
}

static aw_error *send_big(aw_stream *stream)
{
	static char a[BIG], b[BIG];
	struct iovec pieces[] = { { 0 }, { a, BIG }, { NULL, 0 }, { b, BIG }, piece("end") };

	memset(a, 'a', BIG);
	memset(b, 'b', BIG);
	return send_pieces(stream, pieces, 5);
}

static aw_error *client(aw_stream *stream)
{
	struct iovec words[] = { { 0 }, piece("one"), { NULL, 0 }, piece("two"), piece("three") };
	struct iovec crosses[] = { { 0 }, piece("xxxxxxxxxxxx") };
	struct iovec empty[] = { { NULL, 0 }, { "", 0 } };
	struct iovec last[] = { piece("\n"), piece("tail") };

	AW_TRY(send_pieces(stream, words, 5));
	AW_TRY(send_pieces(stream, crosses, 2));
	AW_TRY(send_numbers(stream));
	AW_TRY(send_big(stream));
	AW_TRY(aw_stream_write_many(stream, empty, 0));
	AW_TRY(aw_stream_write_many(stream, empty, 2));
	AW_TRY(aw_stream_write_many(stream, last, 2));
	return aw_stream_write_eof(stream);
}

static aw_error *amain(void *arg, void **ret)
{
	return converse(server, client);
}

ORACLE_MAIN
