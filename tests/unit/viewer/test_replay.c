/* SPDX-License-Identifier: MIT */
/* Tests of the index of a trace: at any time, the model equals one that read the trace from the start. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "random_items.h"
#include "proto/encode.h"
#include "viewer/replay/build.h"
#include "viewer/replay/replay.h"
#include "viewer/source/bytes.h"

#define ITEMS 3000u

struct trace {
	char path[64];
	int fd;
};

static void make_trace(struct trace *ret_trace, uint64_t seed, unsigned items, bool packed)
{
	struct random random = { .state = seed * 2654435761u + 1, .time_ns = 1000000 };
	struct aw__buffer out = AW__BUFFER_EMPTY;
	struct aw__encoder *encoder = aw__encoder_create(&out);
	struct aw__bytes_out *file;
	struct aw__problem problem;
	struct aw__item item = random_hello();

	snprintf(ret_trace->path, sizeof(ret_trace->path), "/tmp/awry-test-XXXXXX");
	ret_trace->fd = mkstemp(ret_trace->path);
	assert_true(ret_trace->fd >= 0);
	file = aw__bytes_out_create(ret_trace->fd, packed);
	aw__encoder_begin(encoder);
	aw__encoder_item(encoder, &item);
	for (unsigned i = 0; i < items; i++) {
		random_item(&random, &item);
		aw__encoder_item(encoder, &item);
		if (i % 500 == 499)
			aw__encoder_flush(encoder);
		if (i % 2000 == 1999) {
			assert_true(aw__bytes_put(file, out.data, out.length, &problem));
			assert_true(aw__bytes_flush(file, &problem));
			aw__buffer_clear(&out);
		}
	}
	aw__encoder_flush(encoder);
	assert_true(aw__bytes_put(file, aw__buffer_string(&out), out.length, &problem));
	assert_true(aw__bytes_flush(file, &problem));
	aw__bytes_out_destroy(file);
	aw__encoder_destroy(encoder);
	aw__buffer_finish(&out);
}

static void remove_trace(struct trace *trace)
{
	close(trace->fd);
	unlink(trace->path);
}

static void ignore(void *arg, const struct aw__item *item)
{
	(void)arg;
	(void)item;
}

/* Reads a trace from its beginning, and appends an index. */
static void index_trace(const struct trace *trace)
{
	struct aw__problem problem;
	struct aw__source *source = aw__source_open(trace->path, 0, &problem);
	struct aw__model *model = aw__model_create();
	struct aw__building *building = aw__building_create(source, model, 300);
	struct aw__buffer bytes;
	struct aw__index index;
	struct aw__item item;
	uint64_t end;

	while (aw__source_next(source, &item, &problem) == AW__SOURCE_GOT) {
		aw__building_see(building, &item);
		aw__model_ingest(model, &item);
	}
	end = aw__source_position(source);
	assert_int_equal(end, aw__source_whole(source));
	assert_true(aw__building_finish(building, end, &index, &bytes, &problem));
	assert_true(
		aw__source_append(source, trace->path, end, bytes.data, bytes.length, &problem));
	assert_int_equal(aw__source_whole(source), end + bytes.length);
	aw__index_finish(&index);
	aw__buffer_finish(&bytes);
	aw__building_destroy(building);
	aw__model_destroy(model);
	aw__source_close(source);
}

struct opened {
	struct aw__source *source;
	struct aw__model *model;
	struct aw__replay *replay;
	enum aw__replay_found found;
	struct aw__problem problem;
};

static void open_trace(const struct trace *trace, struct opened *ret)
{
	struct aw__problem problem;
	bool used;

	memset(ret, 0, sizeof(*ret));
	ret->source = aw__source_open(trace->path, 0, &problem);
	assert_non_null(ret->source);
	ret->model = aw__model_create();
	ret->found = aw__replay_open(ret->source, ret->model, ignore, NULL, &used, &ret->replay,
				     &ret->problem);
}

static void close_trace(struct opened *opened)
{
	aw__replay_close(opened->replay);
	aw__model_destroy(opened->model);
	aw__source_close(opened->source);
}

/* A model that has read the trace from the start: its first events, or those up to a time. */
static struct aw__model *straight(const struct trace *trace, uint64_t events, uint64_t until_ns)
{
	struct aw__problem problem;
	struct aw__source *source = aw__source_open(trace->path, 0, &problem);
	struct aw__model *model = aw__model_create();
	struct aw__item item;
	uint64_t count = 0;

	while (aw__source_next(source, &item, &problem) == AW__SOURCE_GOT) {
		if (item.kind == AW__ITEM_EVENT &&
		    (count++ >= events || item.event.time_ns > until_ns))
			break;
		aw__model_ingest(model, &item);
	}
	aw__source_close(source);
	return model;
}

static void replay__equals_a_model_that_read_from_the_start(void **state)
{
	static const unsigned places[] = { 0, 1, 700, 699, 2, 1500, 1501, 999999, 30 };
	struct aw__problem problem;

	for (int packed = 0; packed < 2; packed++) {
		struct opened opened;
		struct trace trace;
		uint64_t first_ns;

		make_trace(&trace, 5, ITEMS, packed);
		index_trace(&trace);
		open_trace(&trace, &opened);
		assert_int_equal(opened.found, AW__REPLAY_GOOD);
		first_ns = aw__replay_index(opened.replay)->first_ns;
		for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
			struct aw__model *model = straight(&trace, places[i], UINT64_MAX);

			assert_true(aw__replay_to_event(opened.replay, places[i], &problem));
			assert_int_equal(random_sum(model), random_sum(opened.model));
			aw__model_destroy(model);
			model = straight(&trace, UINT64_MAX, first_ns + places[i] * 300);
			assert_true(aw__replay_to_time(opened.replay, first_ns + places[i] * 300,
						       &problem));
			assert_int_equal(random_sum(model), random_sum(opened.model));
			aw__model_destroy(model);
		}
		close_trace(&opened);
		remove_trace(&trace);
	}
}

/* A trace whose goodbye comes some time after its last event. */
static void make_ended_trace(struct trace *trace, uint64_t last_ns)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;
	struct aw__encoder *encoder = aw__encoder_create(&out);
	struct aw__item item = random_hello();

	snprintf(trace->path, sizeof(trace->path), "/tmp/awry-test-XXXXXX");
	trace->fd = mkstemp(trace->path);
	assert_true(trace->fd >= 0);
	aw__encoder_begin(encoder);
	aw__encoder_item(encoder, &item);
	memset(&item, 0, sizeof(item));
	item.kind = AW__ITEM_EVENT;
	item.event.kind = AW__LOOP_OPENED;
	item.event.subject = 1;
	item.event.time_ns = last_ns;
	aw__encoder_item(encoder, &item);
	memset(&item, 0, sizeof(item));
	item.kind = AW__ITEM_GOODBYE;
	item.goodbye.monotonic_ns = last_ns + 1000;
	aw__encoder_item(encoder, &item);
	aw__encoder_flush(encoder);
	assert_int_equal(write(trace->fd, out.data, out.length), out.length);
	aw__encoder_destroy(encoder);
	aw__buffer_finish(&out);
}

/* At a time between the last event and the goodbye, the process has not ended, wherever the model was before. */
static void replay__shows_the_time_between_the_last_event_and_the_goodbye(void **state)
{
	const uint64_t last_ns = 5000000;
	struct aw__problem problem;
	struct opened opened;
	struct trace trace;

	make_ended_trace(&trace, last_ns);
	index_trace(&trace);
	open_trace(&trace, &opened);
	assert_int_equal(opened.found, AW__REPLAY_GOOD);
	for (int i = 0; i < 2; i++) {
		assert_true(aw__replay_to_time(opened.replay, last_ns + 500, &problem));
		assert_false(aw__model_ended(opened.model));
		assert_false(aw__replay_is_at_end(opened.replay));
		assert_true(aw__replay_to_time(opened.replay, last_ns + 1000, &problem));
		assert_true(aw__model_ended(opened.model));
	}
	assert_true(aw__replay_to_time(opened.replay, last_ns, &problem));
	while (aw__replay_step(opened.replay, NULL, &problem))
		;
	assert_true(aw__model_ended(opened.model));
	assert_true(aw__replay_to_time(opened.replay, last_ns + 500, &problem));
	assert_false(aw__model_ended(opened.model));
	close_trace(&opened);
	remove_trace(&trace);
}

static bool count_event(void *arg, uint64_t number, const struct aw__event *event)
{
	uint64_t *count = arg;

	(void)event;
	assert_true(number >= *count);
	++*count;
	return true;
}

static void replay__steps_and_gives_events(void **state)
{
	struct aw__problem problem;
	struct aw__event event;
	struct opened opened;
	struct trace trace;
	uint64_t steps = 0, given = 0;

	make_trace(&trace, 6, ITEMS, false);
	index_trace(&trace);
	open_trace(&trace, &opened);
	assert_true(aw__replay_to_event(opened.replay, 0, &problem));
	while (aw__replay_step(opened.replay, &event, &problem))
		assert_int_equal(aw__replay_events(opened.replay), ++steps);
	assert_int_equal(steps, aw__replay_index(opened.replay)->events);
	assert_true(
		aw__replay_between(opened.replay, 0, UINT64_MAX, count_event, &given, &problem));
	assert_int_equal(given, steps);
	assert_true(aw__replay_to_end(opened.replay, &problem));
	close_trace(&opened);
	remove_trace(&trace);
}

static void index__counts_every_event_once(void **state)
{
	struct opened opened;
	struct trace trace;
	uint64_t sum = 0, findings = 0;

	make_trace(&trace, 7, ITEMS, false);
	index_trace(&trace);
	open_trace(&trace, &opened);
	assert_int_equal(opened.found, AW__REPLAY_GOOD);
	for (size_t i = 0; i < AW__INDEX_BUCKETS; i++)
		for (size_t kind = 0; kind < AW__EVENT_KINDS; kind++) {
			const struct aw__index *index = aw__replay_index(opened.replay);

			sum += index->buckets[i].events[kind];
			findings += kind == AW__FINDING ? index->buckets[i].events[kind] : 0;
		}
	assert_int_equal(sum, aw__replay_index(opened.replay)->events);
	assert_int_equal(findings, aw__replay_index(opened.replay)->mark_count);
	assert_true(findings > 0);
	close_trace(&opened);
	remove_trace(&trace);
}

/* ---- wrong indexes ---- */

static bool is_usable(const struct trace *trace)
{
	struct aw__problem problem;
	struct opened opened;
	bool usable;

	open_trace(trace, &opened);
	usable = opened.found == AW__REPLAY_GOOD &&
		 aw__replay_to_event(opened.replay, 3, &problem) &&
		 aw__replay_to_end(opened.replay, &problem);
	close_trace(&opened);
	return usable;
}

static void index__with_a_flipped_byte_is_refused(void **state)
{
	struct opened opened;
	struct trace trace;
	uint64_t begin, end;

	make_trace(&trace, 8, 12, false);
	index_trace(&trace);
	assert_true(is_usable(&trace));
	open_trace(&trace, &opened);
	begin = aw__replay_index(opened.replay)->data_bytes;
	end = aw__source_whole(opened.source);
	close_trace(&opened);
	for (uint64_t at = begin; at<end; at += at + 600> end ? 1 : 3) {
		unsigned char byte, flipped;

		assert_int_equal(pread(trace.fd, &byte, 1, (off_t)at), 1);
		flipped = byte ^ (unsigned char)(1u << at % 8);
		assert_int_equal(pwrite(trace.fd, &flipped, 1, (off_t)at), 1);
		assert_false(is_usable(&trace));
		assert_int_equal(pwrite(trace.fd, &byte, 1, (off_t)at), 1);
	}
	assert_true(is_usable(&trace));
	for (end--; end > begin; end -= end > begin + 7 ? 7 : 1) {
		assert_int_equal(ftruncate(trace.fd, (off_t)end), 0);
		assert_false(is_usable(&trace));
	}
	remove_trace(&trace);
}

static void copy_bytes(const struct trace *from, uint64_t begin, uint64_t end,
		       const struct trace *to)
{
	char *bytes = malloc(end - begin);

	assert_int_equal(pread(from->fd, bytes, end - begin, (off_t)begin), end - begin);
	assert_int_equal(pwrite(to->fd, bytes, end - begin, lseek(to->fd, 0, SEEK_END)),
			 end - begin);
	free(bytes);
}

static void index__of_another_recording_is_refused(void **state)
{
	struct trace one, other;
	struct opened opened;
	uint64_t begin, end;

	make_trace(&one, 9, 400, false);
	make_trace(&other, 10, 400, false);
	index_trace(&one);
	open_trace(&one, &opened);
	begin = aw__replay_index(opened.replay)->data_bytes;
	end = aw__source_whole(opened.source);
	close_trace(&opened);
	copy_bytes(&one, begin, end, &other);
	open_trace(&other, &opened);
	assert_int_equal(opened.found, AW__REPLAY_WRONG);
	close_trace(&opened);
	/* nor does it fit the same recording when that has grown */
	copy_bytes(&one, begin, end, &one);
	open_trace(&one, &opened);
	assert_int_equal(opened.found, AW__REPLAY_WRONG);
	close_trace(&opened);
	remove_trace(&one);
	remove_trace(&other);
}

/* The recording differs in one frame: its first, or its last. */
static void index__knows_the_first_and_the_last_frame(void **state)
{
	for (int last = 0; last < 2; last++) {
		struct opened opened;
		struct trace trace;
		unsigned char byte;
		off_t at;

		make_trace(&trace, 11, 400, false);
		index_trace(&trace);
		open_trace(&trace, &opened);
		assert_int_equal(opened.found, AW__REPLAY_GOOD);
		at = (off_t)(last ? aw__replay_index(opened.replay)->last.offset
				  : aw__replay_index(opened.replay)->first.offset) +
		     5; /* in its sum */
		close_trace(&opened);
		assert_int_equal(pread(trace.fd, &byte, 1, at), 1);
		byte ^= 1;
		assert_int_equal(pwrite(trace.fd, &byte, 1, at), 1);
		open_trace(&trace, &opened);
		assert_int_equal(opened.found, AW__REPLAY_WRONG);
		assert_string_equal(opened.problem.text, "the index is that of another recording");
		close_trace(&opened);
		remove_trace(&trace);
	}
}

/* The index's summary of the whole trace, compared with a model that read it. */
static void index__knows_beginning_and_longest_blocks(void **state)
{
	static uint64_t longest_ns[AW__INDEX_BUCKETS];
	const struct aw__index *index;
	struct aw__problem problem;
	struct aw__source *source;
	struct opened opened;
	struct trace trace;
	struct aw__item item;
	uint64_t first_ns = 0, count = 0;

	make_trace(&trace, 12, ITEMS, false);
	index_trace(&trace);
	open_trace(&trace, &opened);
	index = aw__replay_index(opened.replay);
	assert_true(index->checkpoint_count > 4);
	source = aw__source_open(trace.path, 0, &problem);
	while (aw__source_next(source, &item, &problem) == AW__SOURCE_GOT) {
		uint64_t *longest;

		if (item.kind != AW__ITEM_EVENT)
			continue;
		if (count++ == 0)
			first_ns = item.event.time_ns;
		longest = &longest_ns[item.event.time_ns > first_ns
					      ? (item.event.time_ns - first_ns) / index->bucket_ns
					      : 0];
		if (aw__event_blocked_ns(&item.event) > *longest)
			*longest = aw__event_blocked_ns(&item.event);
	}
	aw__source_close(source);
	assert_int_equal(index->first_ns, first_ns);
	for (size_t i = 0; i < AW__INDEX_BUCKETS; i++)
		assert_int_equal(index->buckets[i].lag_ns, longest_ns[i]);
	close_trace(&opened);
	remove_trace(&trace);
}

struct between {
	uint64_t from_ns, to_ns, count;
};

static bool count_between(void *arg, uint64_t number, const struct aw__event *event)
{
	struct between *between = arg;

	(void)number;
	assert_in_range(event->time_ns, between->from_ns, between->to_ns);
	between->count++;
	return true;
}

static void replay__returns_the_events_between_two_times(void **state)
{
	struct aw__problem problem;
	struct aw__source *source;
	struct between between = { 0 };
	struct opened opened;
	struct trace trace;
	struct aw__item item;
	uint64_t expected = 0, length;

	make_trace(&trace, 13, ITEMS, false);
	index_trace(&trace);
	open_trace(&trace, &opened);
	between.from_ns = aw__replay_index(opened.replay)->first_ns;
	length = aw__replay_index(opened.replay)->last_ns - between.from_ns;
	between.to_ns = between.from_ns + length / 3 * 2;
	between.from_ns += length / 3;
	source = aw__source_open(trace.path, 0, &problem);
	while (aw__source_next(source, &item, &problem) == AW__SOURCE_GOT)
		expected += item.kind == AW__ITEM_EVENT && item.event.time_ns >= between.from_ns &&
			    item.event.time_ns <= between.to_ns;
	aw__source_close(source);
	assert_true(expected > 100);
	assert_true(aw__replay_between(opened.replay, between.from_ns, between.to_ns, count_between,
				       &between, &problem));
	assert_in_range(between.count, 1, expected);
	close_trace(&opened);
	remove_trace(&trace);
}

static void bytes__packed_are_those_that_were_put(void **state)
{
	struct trace plain, packed;
	struct aw__problem problem;
	struct aw__bytes *one, *other;
	char a[4096], b[4096];

	make_trace(&plain, 11, 20000, false);
	make_trace(&packed, 11, 20000, true);
	one = aw__bytes_open(plain.fd, &problem);
	other = aw__bytes_open(packed.fd, &problem);
	assert_int_equal(aw__bytes_count(one), aw__bytes_count(other));
	assert_true(aw__bytes_file_size(other) < aw__bytes_file_size(one));
	for (uint64_t at = 0; at + sizeof(a) < aw__bytes_count(one); at += 1777) {
		assert_true(aw__bytes_copy(one, at, a, sizeof(a)));
		assert_true(aw__bytes_copy(other, at, b, sizeof(b)));
		assert_memory_equal(a, b, sizeof(a));
	}
	assert_false(aw__bytes_copy(other, aw__bytes_count(one) - 1, b, 2));
	aw__bytes_close(one);
	aw__bytes_close(other);
	assert_int_equal(ftruncate(packed.fd, lseek(packed.fd, 0, SEEK_END) - 1), 0);
	other = aw__bytes_open(packed.fd, &problem);
	assert_true(aw__bytes_cut(other));
	assert_true(aw__bytes_copy(other, 0, b, sizeof(b)));
	aw__bytes_close(other);
	remove_trace(&plain);
	remove_trace(&packed);
}

static int nothing_is_left(void **state)
{
	return aw__alloc_live() == 0 ? 0 : -1;
}

#define TEST(f) cmocka_unit_test_teardown(f, nothing_is_left)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(replay__equals_a_model_that_read_from_the_start),
		TEST(replay__shows_the_time_between_the_last_event_and_the_goodbye),
		TEST(replay__steps_and_gives_events),
		TEST(replay__returns_the_events_between_two_times),
		TEST(index__counts_every_event_once),
		TEST(index__with_a_flipped_byte_is_refused),
		TEST(index__of_another_recording_is_refused),
		TEST(index__knows_the_first_and_the_last_frame),
		TEST(index__knows_beginning_and_longest_blocks),
		TEST(bytes__packed_are_those_that_were_put),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
