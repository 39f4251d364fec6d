/* SPDX-License-Identifier: MIT */
/*
 * awry-symbolize: names functions, files and lines for the agent of a debugged program, which starts it when it has something to
 * print. Debug information needs memory, and libdw may end the process when memory runs out, so this is a separate process. It ends
 * when the other side of its socket is closed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/source_line.h"
#include "proto/symbolize.h"
#include "symbols/symbols.h"

#define NUMBERS 3u /* before a definition's own */

struct server {
	struct aw__symbols *symbols;
	struct aw__source_files *sources;
	struct aw__buffer answer;
	uint64_t question[AW__SYMBOLIZE_MOST_BYTES / sizeof(uint64_t)];
	uint32_t length;
};

/* False: the agent closed the socket. */
static bool receive(void *to, size_t bytes)
{
	for (size_t done = 0; done < bytes;) {
		const ssize_t now = read(AW__SYMBOLIZE_FD, (char *)to + done, bytes - done);

		if (now == 0 || (now < 0 && errno != EINTR))
			return false;
		done += now > 0 ? (size_t)now : 0;
	}
	return true;
}

static bool send_all(const void *from, size_t bytes)
{
	for (size_t done = 0; done < bytes;) {
		const ssize_t now = send(AW__SYMBOLIZE_FD, (const char *)from + done, bytes - done,
					 MSG_NOSIGNAL);

		if (now < 0 && errno != EINTR)
			return false;
		done += now > 0 ? (size_t)now : 0;
	}
	return true;
}

static bool answer(struct server *server, uint32_t kind)
{
	struct aw__symbolize_header header = { kind, (uint32_t)server->answer.length };

	if (server->answer.failed || server->answer.length > AW__SYMBOLIZE_MOST_BYTES)
		header.length = 0;
	return send_all(&header, sizeof(header)) && send_all(server->answer.data, header.length);
}

static void put_number(struct server *server, uint64_t number)
{
	aw__buffer_append(&server->answer, &number, sizeof(number));
}

static void put_text(struct server *server, const char *text)
{
	put_number(server, text != NULL ? strlen(text) + 1 : 0);
	if (text != NULL)
		aw__buffer_append(&server->answer, text, strlen(text));
}

static void define(struct server *server)
{
	const uint64_t *question = server->question, words = server->length / sizeof(uint64_t);
	struct aw__definition definition = { .kind = (uint32_t)question[0],
					     .id = (uint32_t)question[1],
					     .numbers = question + NUMBERS };

	if (words < NUMBERS || question[2] > words - NUMBERS)
		return;
	definition.number_count = (uint32_t)question[2];
	definition.text = (const char *)(definition.numbers + question[2]);
	definition.text_length =
		(uint32_t)(server->length - (NUMBERS + question[2]) * sizeof(uint64_t));
	aw__symbols_define(server->symbols, &definition);
}

static void resolve(struct server *server)
{
	struct aw__frame frames[AW__FRAME_MAX_INLINED];
	size_t count;

	if (server->length != 2 * sizeof(uint64_t))
		return;
	count = aw__symbols_resolve(server->symbols, server->question[0], server->question[1] != 0,
				    frames, AW__FRAME_MAX_INLINED);
	for (size_t i = 0; i < count; i++) {
		put_number(server, frames[i].line);
		put_number(server, frames[i].own);
		put_number(server, frames[i].offset);
		put_text(server, frames[i].function);
		put_text(server, frames[i].file);
		put_text(server, frames[i].module);
	}
}

static void tell_source(struct server *server)
{
	const char *line;
	size_t length;
	char *path;

	if (server->length <= sizeof(uint64_t))
		return;
	path = aw__alloc_must_copy((const char *)(server->question + 1),
				   server->length - sizeof(uint64_t));
	line = aw__source_files_line(server->sources, path, (uint32_t)server->question[0], &length);
	if (line != NULL)
		aw__buffer_append(&server->answer, line, length);
	aw__alloc_free(path);
}

static bool serve(struct server *server)
{
	struct aw__symbolize_header header;

	if (!receive(&header, sizeof(header)) || header.length > sizeof(server->question) ||
	    !receive(server->question, header.length))
		return false;
	server->length = header.length;
	aw__buffer_clear(&server->answer);
	if (header.kind == AW__SYMBOLIZE_DEFINE) {
		define(server);
		return true;
	}
	if (header.kind == AW__SYMBOLIZE_RESOLVE)
		resolve(server);
	else if (header.kind == AW__SYMBOLIZE_SOURCE)
		tell_source(server);
	return answer(server, header.kind);
}

int main(void)
{
	struct server *server = aw__alloc_must_zeroed(1, sizeof(*server));

	server->symbols = aw__symbols_create(NULL, NULL);
	server->sources = aw__source_files_create();
	while (serve(server))
		;
	aw__symbols_destroy(server->symbols);
	aw__source_files_destroy(server->sources);
	aw__buffer_finish(&server->answer);
	aw__alloc_free(server);
	return 0;
}
