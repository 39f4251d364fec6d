/* SPDX-License-Identifier: MIT */
/*
 * The agent's side of awry-symbolize, for findings on stderr. A failed allocation, and whatever that process does,
 * must not harm the program: if an answer is late or malformed, no more questions are sent.
 */
#include "agent/stream/symbolizer.h"

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/stream/stream_internal.h"
#include "agent/stream/symbol_cache.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "proto/symbolize.h"

#define LONGEST_ANSWER_NS UINT64_C(5000000000) /* debug information is large, the first time */
#define NUMBERS		  3u

/* A definition, in the form in which it is sent. Kept until the process is started, and to name modules without it. */
struct kept {
	struct kept *next;
	uint32_t length;
	uint64_t words[];
};

struct aw__symbolizer {
	struct kept *first;
	struct kept **last;
	struct kept *unsent;
	struct aw__helper helper;
	bool tried;
	bool works;
	struct aw__symbol_cache cache;
	char frames[AW__SYMBOLIZE_MOST_BYTES + 1];
	char source[AW__SYMBOLIZE_MOST_BYTES + 1];
};

struct aw__symbolizer *aw__symbolizer_create(void)
{
	struct aw__symbolizer *symbolizer = aw__alloc_zeroed(1, sizeof(*symbolizer));

	if (symbolizer == NULL)
		return NULL;
	symbolizer->last = &symbolizer->first;
	symbolizer->helper.socket.fd = -1;
	return symbolizer;
}

void aw__symbolizer_destroy(struct aw__symbolizer *symbolizer)
{
	struct kept *next;

	if (symbolizer == NULL)
		return;
	aw__helper_end(&symbolizer->helper);
	aw__symbol_cache_clear(&symbolizer->cache);
	for (struct kept *kept = symbolizer->first; kept != NULL; kept = next) {
		next = kept->next;
		aw__alloc_free(kept);
	}
	aw__alloc_free(symbolizer);
}

void aw__symbolizer_define(struct aw__symbolizer *symbolizer,
			   const struct aw__definition *definition)
{
	const size_t numbers = definition->number_count * sizeof(uint64_t);
	const size_t length = NUMBERS * sizeof(uint64_t) + numbers + definition->text_length;
	struct kept *kept;

	if ((definition->kind != AW__MODULE && definition->kind != AW__BUILD_ID) ||
	    length > AW__SYMBOLIZE_MOST_BYTES)
		return;
	kept = aw__alloc_zeroed(1, sizeof(*kept) + length + 1); /* the text ends with a NUL */
	if (kept == NULL)
		return;
	kept->length = (uint32_t)length;
	kept->words[0] = definition->kind;
	kept->words[1] = definition->id;
	kept->words[2] = definition->number_count;
	if (numbers > 0)
		memcpy(kept->words + NUMBERS, definition->numbers, numbers);
	if (definition->text_length > 0)
		memcpy((char *)(kept->words + NUMBERS) + numbers, definition->text,
		       definition->text_length);
	*symbolizer->last = kept;
	symbolizer->last = &kept->next;
	aw__symbol_cache_clear(&symbolizer->cache); /* "unknown" may be an answer in it */
	if (symbolizer->unsent == NULL)
		symbolizer->unsent = kept;
}

/* ---- the other process ---- */

/* The program's path is relative to the library's, in the installed tree and in the build tree; for a static library it is fixed. */
static bool start(struct aw__symbolizer *symbolizer)
{
	static const char *const places[] = { "awry/awry-symbolize", "../symbols/awry-symbolize" };
	char path[4096];
	Dl_info info;

#ifdef AWRY_SYMBOLIZE
	if (access(AWRY_SYMBOLIZE, X_OK) == 0)
		return aw__helper_start(&symbolizer->helper, AWRY_SYMBOLIZE);
#endif
	if (dladdr(places, &info) == 0 || info.dli_fname == NULL)
		return false;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const char *slash = strrchr(info.dli_fname, '/');
		const int folder = slash != NULL ? (int)(slash - info.dli_fname) : 0;

		if (folder > 0 &&
		    snprintf(path, sizeof(path), "%.*s/%s", folder, info.dli_fname, places[i]) <
			    (int)sizeof(path) &&
		    access(path, X_OK) == 0)
			return aw__helper_start(&symbolizer->helper, path);
	}
	return false;
}

/* Wait until the socket is ready. False: not in time, or the program has closed or replaced it. */
static bool is_ready(struct aw__symbolizer *symbolizer, short events, uint64_t deadline_ns)
{
	for (;;) {
		struct pollfd fd = { .fd = symbolizer->helper.socket.fd, .events = events };
		const uint64_t now_ns = aw__clock_monotonic_ns();

		if (!aw__descriptor_holds(&symbolizer->helper.socket) || now_ns >= deadline_ns)
			return false;
		if (poll(&fd, 1, (int)((deadline_ns - now_ns) / 1000000) + 1) > 0)
			return true;
	}
}

static bool send_all(struct aw__symbolizer *symbolizer, const void *from, size_t bytes,
		     uint64_t deadline_ns)
{
	for (size_t done = 0; done < bytes;) {
		ssize_t now;

		if (!is_ready(symbolizer, POLLOUT, deadline_ns))
			return false;
		now = send(symbolizer->helper.socket.fd, (const char *)from + done, bytes - done,
			   MSG_NOSIGNAL | MSG_DONTWAIT);
		if (now < 0 && errno != EINTR && errno != EAGAIN)
			return false;
		done += now > 0 ? (size_t)now : 0;
	}
	return true;
}

static bool receive(struct aw__symbolizer *symbolizer, void *to, size_t bytes, uint64_t deadline_ns)
{
	for (size_t done = 0; done < bytes;) {
		ssize_t now;

		if (!is_ready(symbolizer, POLLIN, deadline_ns))
			return false;
		now = recv(symbolizer->helper.socket.fd, (char *)to + done, bytes - done,
			   MSG_DONTWAIT);
		if (now == 0 || (now < 0 && errno != EINTR && errno != EAGAIN))
			return false;
		done += now > 0 ? (size_t)now : 0;
	}
	return true;
}

static bool tell(struct aw__symbolizer *symbolizer, uint32_t kind, const void *data, size_t bytes,
		 uint64_t deadline_ns)
{
	const struct aw__symbolize_header header = { kind, (uint32_t)bytes };

	return send_all(symbolizer, &header, sizeof(header), deadline_ns) &&
	       send_all(symbolizer, data, bytes, deadline_ns);
}

static bool tell_definitions(struct aw__symbolizer *symbolizer, uint64_t deadline_ns)
{
	for (; symbolizer->unsent != NULL; symbolizer->unsent = symbolizer->unsent->next)
		if (!tell(symbolizer, AW__SYMBOLIZE_DEFINE, symbolizer->unsent->words,
			  symbolizer->unsent->length, deadline_ns))
			return false;
	return true;
}

static bool exchange(struct aw__symbolizer *symbolizer, uint32_t kind, const void *question,
		     size_t bytes, char *ret_answer, uint32_t *ret_length)
{
	const uint64_t deadline_ns = aw__clock_monotonic_ns() + LONGEST_ANSWER_NS;
	struct aw__symbolize_header header;

	if (!tell_definitions(symbolizer, deadline_ns) ||
	    !tell(symbolizer, kind, question, bytes, deadline_ns) ||
	    !receive(symbolizer, &header, sizeof(header), deadline_ns) || header.kind != kind ||
	    header.length > AW__SYMBOLIZE_MOST_BYTES ||
	    !receive(symbolizer, ret_answer, header.length, deadline_ns))
		return false;
	ret_answer[header.length] = '\0';
	*ret_length = header.length;
	return true;
}

/* False: there is no answer, and will be none. */
static bool ask(struct aw__symbolizer *symbolizer, uint32_t kind, const void *question,
		size_t bytes, char *ret_answer, uint32_t *ret_length)
{
	if (aw__symbol_cache_get(&symbolizer->cache, kind, question, bytes, ret_answer, ret_length))
		return true;
	if (!symbolizer->tried) {
		symbolizer->tried = true;
		symbolizer->works = start(symbolizer);
	} else if (!symbolizer->works) {
		return false;
	}
	if (symbolizer->works &&
	    exchange(symbolizer, kind, question, bytes, ret_answer, ret_length)) {
		aw__symbol_cache_put(&symbolizer->cache, kind, question, bytes, ret_answer,
				     *ret_length);
		return true;
	}
	symbolizer->works = false;
	aw__helper_end(&symbolizer->helper);
	aw__complain(
		"awry: no names of functions: awry-symbolize cannot be started, or gave no answer");
	return false;
}

/* ---- answers ---- */

struct reader {
	char *at;
	const char *end;
	bool bad;
};

static uint64_t read_number(struct reader *reader)
{
	uint64_t number = 0;

	if ((size_t)(reader->end - reader->at) < sizeof(number)) {
		reader->bad = true;
		return 0;
	}
	memcpy(&number, reader->at, sizeof(number));
	reader->at += sizeof(number);
	return number;
}

/* The text is moved over its length, so that there is room for a NUL. */
static const char *read_text(struct reader *reader)
{
	const uint64_t length = read_number(reader);
	char *text = reader->at - sizeof(uint64_t);

	if (length == 0 || reader->bad)
		return NULL;
	if (length - 1 > (uint64_t)(reader->end - reader->at)) {
		reader->bad = true;
		return NULL;
	}
	memmove(text, reader->at, length - 1);
	text[length - 1] = '\0';
	reader->at += length - 1;
	return text;
}

static size_t read_frames(char *answer, uint32_t length, uint64_t address, struct aw__frame *ret,
			  size_t capacity)
{
	struct reader reader = { answer, answer + length, false };
	size_t count = 0;

	while (reader.at < reader.end && count < capacity) {
		struct aw__frame frame = { .address = address };

		frame.line = (uint32_t)read_number(&reader);
		frame.own = read_number(&reader) != 0;
		frame.offset = read_number(&reader);
		frame.function = read_text(&reader);
		frame.file = read_text(&reader);
		frame.module = read_text(&reader);
		if (reader.bad)
			break;
		ret[count++] = frame;
	}
	for (size_t i = 0; i + 1 < count; i++)
		ret[i].inlined = true;
	return count;
}

/* Name an address by what is known without the helper: the module, and the offset in it. */
static size_t name_module(const struct aw__symbolizer *symbolizer, uint64_t address,
			  struct aw__frame *ret)
{
	size_t found = 0;

	for (const struct kept *kept = symbolizer->first; kept != NULL; kept = kept->next) {
		const uint64_t *numbers = kept->words + NUMBERS;

		if (kept->words[0] != AW__MODULE || kept->words[2] < AW__MODULE_NUMBERS ||
		    address < numbers[AW__MODULE_START] || address >= numbers[AW__MODULE_END])
			continue;
		*ret = (struct aw__frame){ .address = address,
					   .offset = address - numbers[AW__MODULE_BIAS],
					   .module = (const char *)(numbers + kept->words[2]) };
		ret->own = strstr(ret->module, "/libawry") != NULL ||
			   strstr(ret->module, "/libuv.so") != NULL;
		found = 1;
	}
	return found;
}

size_t aw__symbolizer_resolve(struct aw__symbolizer *symbolizer, uint64_t address, bool entry,
			      struct aw__frame *ret_frames, size_t capacity)
{
	const uint64_t question[2] = { address, entry };
	uint32_t length;
	size_t count = 0;

	if (symbolizer == NULL || capacity == 0)
		return 0;
	if (ask(symbolizer, AW__SYMBOLIZE_RESOLVE, question, sizeof(question), symbolizer->frames,
		&length))
		count = read_frames(symbolizer->frames, length, address, ret_frames, capacity);
	return count > 0 ? count : name_module(symbolizer, address - (entry ? 0 : 1), ret_frames);
}

const char *aw__symbolizer_source(struct aw__symbolizer *symbolizer, const char *path,
				  uint32_t line, size_t *ret_length)
{
	char question[sizeof(uint64_t) + 4096];
	const uint64_t number = line;
	const size_t path_length = strlen(path);
	uint32_t length;

	if (symbolizer == NULL || path_length > sizeof(question) - sizeof(number))
		return NULL;
	memcpy(question, &number, sizeof(number));
	memcpy(question + sizeof(number), path, path_length);
	if (!ask(symbolizer, AW__SYMBOLIZE_SOURCE, question, sizeof(number) + path_length,
		 symbolizer->source, &length) ||
	    length == 0)
		return NULL;
	*ret_length = length;
	return symbolizer->source;
}
