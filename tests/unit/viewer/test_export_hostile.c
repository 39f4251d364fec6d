/* SPDX-License-Identifier: MIT */
/*
 * Every export format of a hostile recording: ids that dangle or form cycles, a clock that goes back, bytes that
 * are no text, lists that are too short. The output is well-formed, wherever the recording breaks off. Each
 * format is checked by an independent reader, and a control shows that the reader rejects broken output.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>
#include <sqlite3.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/text.h"
#include "viewer/export/export.h"

#define MOST_ITEMS 512

static const char evil[] = "a\"b\\c;d\n&\x1b[31m\xff\xc3(\0nul\xe2\x80\xaeZ";
#define EVIL_LENGTH (sizeof(evil) - 1)

static struct aw__item items[MOST_ITEMS];
static size_t item_count;
static const uint64_t numbers[] = { 5, 0, 3 | AW__FRAME_IS_PLACE, 99 | AW__FRAME_IS_PLACE, 0x5555 };
static const uint64_t long_list[] = { 7, 7, 8, 7, UINT64_MAX, 1, 2, 3 };

static void define(uint32_t id, enum aw__definition_kind kind, uint32_t count, const char *text,
		   size_t length)
{
	struct aw__item *item = &items[item_count++];

	item->kind = AW__ITEM_DEFINITION;
	item->definition =
		(struct aw__definition){ id, kind, count, (uint32_t)length, numbers, text };
}

static void happen(enum aw__event_kind kind, uint64_t time_ns, uint64_t subject, uint64_t a,
		   uint64_t b, bool listed)
{
	struct aw__item *item = &items[item_count++];
	struct aw__event *event = &item->event;

	item->kind = AW__ITEM_EVENT;
	event->kind = kind;
	event->thread = (uint32_t)subject;
	event->time_ns = time_ns;
	event->subject = subject;
	event->args[0] = a;
	event->args[1] = b;
	event->args[2] = 5;
	event->args[3] = UINT64_MAX;
	event->args[4] = 5;
	event->list = long_list;
	event->list_length = listed ? 8 : 0;
	event->text = evil;
	event->text_length = EVIL_LENGTH;
}

/* Events of each kind for several subjects, at times that jump; first with valid values, then with hostile ones. */
static void fill(void)
{
	static const uint64_t times[] = { 5000, 9000, 100, UINT64_MAX, 0, 7000 };
	static const uint64_t subjects[] = { 1, 2, 0, UINT64_MAX };
	size_t at = 0;

	memset(items, 0, sizeof(items));
	item_count = 0;
	items[item_count].kind = AW__ITEM_HELLO;
	items[item_count].hello.monotonic_ns = 6000;
	items[item_count].hello.realtime_ns = 5;
	memset(items[item_count].hello.program, 0xff, sizeof(items[0].hello.program));
	memset(items[item_count++].hello.runtime, '"', sizeof(items[0].hello.runtime));
	define(1, AW__STRING, 0, evil, EVIL_LENGTH);
	define(3, AW__PLACE, 4, NULL, 0); /* its function is a stack */
	define(4, AW__TYPE, 1, evil, EVIL_LENGTH);
	define(5, AW__STACK, 5, NULL, 0); /* linked to itself */
	define(6, AW__STACK, 1, NULL, 0); /* too short */
	define(7, AW__MODULE, 3, evil, EVIL_LENGTH);
	define(8, AW__BUILD_ID, 1, "zz", 2);
	for (size_t s = 0; s < 4; s++)
		for (int kind = 1; kind < AW__EVENT_KINDS; kind++, at++)
			happen(kind, times[at % 6], subjects[s],
			       at % 3 == 0 ? 4 : subjects[(s + 1) % 4],
			       at % 2 == 0 ? 3 : UINT64_MAX, at % 4 != 0);
	/* two tasks that created each other */
	happen(AW__TASK_CREATED, 10, 21, 22, 3, false);
	happen(AW__TASK_CREATED, 20, 22, 21, 3, false);
	happen(AW__TASK_STEP, 5, 21, 0, 0, false);
	happen(AW__TASK_WAIT, 3, 21, 250, 21, false);
	happen(AW__TASK_WOKEN, 2, 21, 22, 0, false);
	happen(AW__TASK_STEP, 1, 21, 0, 0, false);
	happen(AW__TASK_DONE, 0, 21, 77, 7, false);
	items[item_count++].kind = AW__ITEM_GOODBYE;
}

/* Owner: the caller, free(). */
static char *export_some(const struct aw__exporter *exporter, size_t count, size_t *ret_length)
{
	struct aw__problem problem;
	struct aw__export *export;
	char *text = NULL;
	FILE *file = open_memstream(&text, ret_length);

	export = aw__export_open(exporter, file);
	for (size_t i = 0; i < count; i++)
		assert_true(aw__export_item(export, &items[i]));
	assert_true(aw__export_close(export, &problem));
	fclose(file);
	assert_int_equal(aw__alloc_live(), 0);
	return text;
}

/* ---- the readers ---- */

static bool is_text(const char *text, size_t length)
{
	for (size_t at = 0; at < length;) {
		uint32_t code;
		size_t taken = aw__text_decode(text + at, length - at, &code);

		if (taken == 0)
			return false;
		at += taken;
	}
	return true;
}

static bool is_json(const char *text, size_t length)
{
	json_t *root = json_loadb(text, length, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
	bool is = json_is_object(root);

	json_decref(root);
	return is;
}

static bool is_json_lines(const char *text, size_t length)
{
	const char *end = text + length;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));

		if (newline == NULL || !is_json(text, (size_t)(newline - text)))
			return false;
		text = newline + 1;
	}
	return true;
}

static bool is_speedscope(const char *text, size_t length)
{
	json_t *root = json_loadb(text, length, JSON_ALLOW_NUL, NULL), *profile, *sample, *at;
	size_t frames = json_array_size(json_object_get(json_object_get(root, "shared"), "frames"));
	bool good = json_is_object(root);
	size_t i, j, k;

	json_array_foreach(json_object_get(root, "profiles"), i, profile) {
		json_t *samples = json_object_get(profile, "samples");
		double last = 0;

		good = good && json_array_size(samples) ==
				       json_array_size(json_object_get(profile, "weights"));
		json_array_foreach(samples, j, sample)
			json_array_foreach(sample, k, at)
				good = good && json_is_integer(at) &&
				       (size_t)json_integer_value(at) < frames;
		json_array_foreach(json_object_get(profile, "events"), j, at) {
			double now = json_number_value(json_object_get(at, "at"));

			good = good && json_is_integer(json_object_get(at, "at")) && now >= last;
			last = now;
		}
	}
	json_decref(root);
	return good;
}

/* "a;b;[c] 12" */
static bool is_folded(const char *text, size_t length)
{
	const char *end = text + length;

	for (const char *line = text; line < end;) {
		const char *newline = memchr(line, '\n', (size_t)(end - line)), *space;

		if (newline == NULL)
			return false;
		space = memrchr(line, ' ', (size_t)(newline - line));
		if (space == NULL || space[-1] != ']' ||
		    strspn(space + 1, "0123456789") != (size_t)(newline - space - 1))
			return false;
		line = newline + 1;
	}
	return is_text(text, length);
}

/* Whether statements end in ; or { or }, and strings are closed and contain no line break. */
static bool is_dot(const char *text, size_t length)
{
	bool quoted = false, ended = false;
	int depth = 0;

	for (size_t i = 0; i < length; i++) {
		if (quoted && text[i] == '\\')
			i++;
		else if (quoted && (unsigned char)text[i] < 0x20)
			return false;
		else if (text[i] == '"')
			quoted = !quoted;
		else if (!quoted && (text[i] == '{' || text[i] == '}'))
			depth += text[i] == '{' ? 1 : -1;
		ended = ended || (depth == 0 && !quoted && text[i] == '}');
	}
	return depth == 0 && ended && !quoted && is_text(text, length);
}

static bool is_database(const char *text, size_t length)
{
	unsigned char *copy = sqlite3_malloc64(length);
	sqlite3_stmt *statement = NULL;
	sqlite3 *database = NULL;
	bool good;

	memcpy(copy, text, length);
	good = length > 512 && sqlite3_open(":memory:", &database) == SQLITE_OK &&
	       sqlite3_deserialize(
		       database, "main", copy, (sqlite3_int64)length, (sqlite3_int64)length,
		       SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY) == SQLITE_OK;
	good = good &&
	       sqlite3_prepare_v2(database, "PRAGMA integrity_check", -1, &statement, NULL) ==
		       SQLITE_OK &&
	       sqlite3_step(statement) == SQLITE_ROW &&
	       strcmp((const char *)sqlite3_column_text(statement, 0), "ok") == 0;
	sqlite3_finalize(statement);
	statement = NULL;
	good = good &&
	       sqlite3_prepare_v2(database, "SELECT count(*), sum(depth) FROM task_tree", -1,
				  &statement, NULL) == SQLITE_OK &&
	       sqlite3_step(statement) == SQLITE_ROW;
	sqlite3_finalize(statement);
	sqlite3_close(database);
	return good;
}

struct wire {
	const unsigned char *at, *end;
	bool good;
};

static uint64_t varint(struct wire *wire)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		if (wire->at == wire->end)
			break;
		value |= (uint64_t)(*wire->at & 0x7f) << shift;
		if ((*wire->at++ & 0x80) == 0)
			return value;
	}
	wire->good = false;
	return 0;
}

/* The next field of a message: returns its field number, 0 at the end; sets its integer or its part. */
static uint64_t field(struct wire *wire, uint64_t *ret_number, struct wire *ret_part)
{
	uint64_t key, length = 0;

	if (!wire->good || wire->at == wire->end)
		return 0;
	key = varint(wire);
	*ret_number = 0;
	*ret_part = (struct wire){ wire->at, wire->at, true };
	if ((key & 7) == 0)
		*ret_number = varint(wire);
	else if ((key & 7) == 2)
		length = varint(wire);
	else if ((key & 7) == 1)
		length = 8;
	else
		wire->good = false;
	if (length > (uint64_t)(wire->end - wire->at))
		wire->good = false;
	if (!wire->good)
		return 0;
	*ret_part = (struct wire){ wire->at, wire->at + length, true };
	wire->at += length;
	return key >> 3;
}

/* Checks that a track is defined before its events, and that no slice ends that did not begin. */
struct tracks {
	uint64_t uuids[4096];
	int depths[4096];
	size_t count;
};

static int *depth_of(struct tracks *tracks, uint64_t uuid)
{
	for (size_t i = 0; i < tracks->count; i++)
		if (tracks->uuids[i] == uuid)
			return &tracks->depths[i];
	return NULL;
}

static bool track_event_is_good(struct tracks *tracks, struct wire wire)
{
	uint64_t number, type = 0, uuid = 0, id;
	struct wire part;
	int *depth;

	while ((id = field(&wire, &number, &part)) != 0) {
		type = id == 9 ? number : type;
		uuid = id == 11 ? number : uuid;
	}
	depth = depth_of(tracks, uuid);
	if (!wire.good || depth == NULL || type < 1 || type > 3)
		return false;
	*depth += type == 1 ? 1 : type == 2 ? -1 : 0;
	return *depth >= 0;
}

static bool packet_is_good(struct tracks *tracks, struct wire wire)
{
	struct wire part, inner;
	uint64_t number, id, inner_id;

	while ((id = field(&wire, &number, &part)) != 0) {
		if (id == 11 && !track_event_is_good(tracks, part))
			return false;
		while (id == 60 && (inner_id = field(&part, &number, &inner)) != 0)
			if (inner_id == 1 && depth_of(tracks, number) == NULL &&
			    tracks->count < 4096)
				tracks->uuids[tracks->count++] = number;
	}
	return wire.good;
}

static bool is_perfetto(const char *text, size_t length)
{
	struct wire wire = { (const unsigned char *)text, (const unsigned char *)text + length,
			     true };
	static struct tracks tracks;
	struct wire part;
	uint64_t number, id;

	memset(&tracks, 0, sizeof(tracks));
	while ((id = field(&wire, &number, &part)) != 0)
		if (id != 1 || !packet_is_good(&tracks, part))
			return false;
	return wire.good;
}

static size_t gunzip(const char *text, size_t length, unsigned char *out, size_t room)
{
	z_stream stream = { .next_in = (unsigned char *)(uintptr_t)text,
			    .avail_in = (uInt)length,
			    .next_out = out,
			    .avail_out = (uInt)room };
	size_t got = 0;

	if (inflateInit2(&stream, MAX_WBITS + 16) != Z_OK)
		return 0;
	if (inflate(&stream, Z_FINISH) == Z_STREAM_END)
		got = stream.total_out;
	inflateEnd(&stream);
	return got;
}

/* Whether locations are defined before the samples that use them, and texts are UTF-8. */
static bool is_pprof(const char *text, size_t length)
{
	static unsigned char raw[1 << 20];
	size_t got = gunzip(text, length, raw, sizeof(raw));
	struct wire wire = { raw, raw + got, got > 0 }, part, inner;
	uint64_t number, id, strings = 0, locations = 0;

	while ((id = field(&wire, &number, &part)) != 0) {
		strings += id == 6;
		locations += id == 4;
		if (id == 6 && !is_text((const char *)part.at, (size_t)(part.end - part.at)))
			return false;
		while (id == 2 && (number = 0, field(&part, &number, &inner)) == 1)
			while (inner.at < inner.end && inner.good)
				if (varint(&inner) > locations)
					return false;
	}
	return wire.good && strings > 0;
}

static const struct {
	const char *name;
	bool (*is_good)(const char *text, size_t length);
} readers[] = {
	{ "chrome", is_json },		 { "perfetto", is_perfetto }, { "otlp", is_json_lines },
	{ "speedscope", is_speedscope }, { "folded", is_folded },     { "pprof", is_pprof },
	{ "sqlite", is_database },	 { "dot", is_dot },	      { "json", is_json_lines },
};

#define READERS (sizeof(readers) / sizeof(readers[0]))

/* ---- the tests ---- */

static void hostile__is_well_formed_in_every_format(void **state)
{
	size_t length;

	fill();
	assert_null(aw__exporter_at(READERS));
	for (size_t i = 0; i < READERS; i++) {
		const struct aw__exporter *exporter =
			aw__exporter_find(readers[i].name, strlen(readers[i].name));
		char *text = export_some(exporter, item_count, &length);

		assert_true(length > 0);
		if (!readers[i].is_good(text, length))
			fail_msg("%s is not well-formed", readers[i].name);
		free(text);
	}
}

static void hostile__may_break_off_anywhere(void **state)
{
	size_t length;

	fill();
	for (size_t i = 0; i < READERS; i++)
		for (size_t count = 0; count <= item_count; count += count < 12 ? 1 : 7) {
			const struct aw__exporter *exporter =
				aw__exporter_find(readers[i].name, strlen(readers[i].name));
			char *text = export_some(exporter, count, &length);

			if (!readers[i].is_good(text, length))
				fail_msg("%s of %zu items is not well-formed", readers[i].name,
					 count);
			free(text);
		}
}

/* The control: the readers reject a file that is cut or has a changed byte. */
static void hostile__readers_notice_broken_files(void **state)
{
	size_t length, noticed;

	fill();
	for (size_t i = 0; i < READERS; i++) {
		const struct aw__exporter *exporter =
			aw__exporter_find(readers[i].name, strlen(readers[i].name));
		char *text = export_some(exporter, item_count, &length);

		noticed = 0;
		for (size_t k = 1; k <= 8; k++)
			noticed += !readers[i].is_good(text, length * k / 9);
		if (noticed < 6)
			fail_msg("%s: of 8 that are cut, %zu were noticed", readers[i].name,
				 noticed);
		free(text);
	}
}

static bool nothing_arrives(void *arg, enum aw__export_signal signal, const void *body,
			    size_t length, struct aw__problem *problem)
{
	++*(int *)arg;
	return aw__problem_set(problem, "nobody is there");
}

static void hostile__a_sender_that_fails_is_reported(void **state)
{
	struct aw__problem problem;
	struct aw__export *export;
	int calls = 0;

	fill();
	export = aw__export_open(aw__exporter_find("otlp", 4), NULL);
	aw__export_set_sender(export, nothing_arrives, &calls, false);
	for (size_t i = 0; i < item_count; i++)
		aw__export_item(export, &items[i]);
	assert_false(aw__export_close(export, &problem));
	assert_string_equal(problem.text, "nobody is there");
	assert_int_equal(calls, 1);
	assert_int_equal(aw__alloc_live(), 0);
}

static void hostile__answers_of_a_collector(void **state)
{
	static const char
		some[] = "\x0a\x06\x08\x03\x12\x02no",
		json[] = "{\"partialSuccess\":{\"rejectedSpans\":\"3\",\"errorMessage\":\"no\"}}";
	struct aw__buffer words = AW__BUFFER_EMPTY;
	uint64_t rejected;

	assert_false(aw__export_partial_success("", 0, false, &rejected, &words));
	assert_false(aw__export_partial_success("\xff\xff\xff", 3, false, &rejected, &words));
	assert_false(aw__export_partial_success("[[", 2, true, &rejected, &words));
	for (int is_json_too = 0; is_json_too < 2; is_json_too++) {
		aw__buffer_clear(&words);
		assert_true(aw__export_partial_success(
			is_json_too ? json : some, is_json_too ? strlen(json) : sizeof(some) - 1,
			is_json_too, &rejected, &words));
		assert_int_equal(rejected, 3);
		assert_string_equal(aw__buffer_string(&words), "no");
	}
	aw__buffer_finish(&words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile__is_well_formed_in_every_format),
		cmocka_unit_test(hostile__may_break_off_anywhere),
		cmocka_unit_test(hostile__readers_notice_broken_files),
		cmocka_unit_test(hostile__a_sender_that_fails_is_reported),
		cmocka_unit_test(hostile__answers_of_a_collector),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
