/* SPDX-License-Identifier: MIT */
/* A slow reader blocks its peer's drain(): 32 MiB arrive complete and in order with a small buffer limit. */
#include "net.h"

enum {
	SIZE = 32 * 1024 * 1024,
};

static struct {
	size_t sent;
	bool done;
} state;

static aw_error *server(aw_stream *stream, void *arg)
{
	static char block[65536];

	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = (char)i;
	while (state.sent < SIZE) {
		AW_TRY(aw_stream_write(stream, block, sizeof(block)));
		state.sent += sizeof(block);
		AW_TRY(aw_stream_drain(stream));
	}
	state.done = true;
	return NULL;
}

static aw_error *client(aw_stream *stream)
{
	static unsigned char data[1 << 20];
	size_t total = 0, wrong = 0, count = 1;

	AW_TRY(aw_sleep(AW_MS(300)));
	printf("blocked %s %s\n", truth(!state.done), truth(state.sent < SIZE));
	for (;;) {
		AW_TRY(aw_stream_read(stream, data, sizeof(data), &count));
		if (count == 0)
			break;
		wrong += data[0] != total % 256 || data[count - 1] != (total + count - 1) % 256;
		total += count;
	}
	printf("read %zu wrong %zu done %s\n", total, wrong, truth(state.done));
	puts(truth(aw_stream_at_eof(stream)));
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	return converse_over(AW_SERVER_OPTS(.limit = 1024), server, client);
}

ORACLE_MAIN
