/* SPDX-License-Identifier: MIT */
/* Tests of encode.c and decode.c together: items go through both; streams are whole, cut, damaged or hostile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "items.h"
#include "proto/decode.h"
#include "proto/frame.h"

#define ITEMS 3000u

static void encode(struct aw__buffer *out, uint64_t seed, unsigned count)
{
	struct aw__encoder *encoder = aw__encoder_create(out);
	struct test_items items = { .seed = seed };
	struct aw__item item;

	assert_non_null(encoder);
	aw__encoder_begin(encoder);
	test_items_hello(&item);
	aw__encoder_item(encoder, &item);
	for (unsigned i = 0; i < count; i++) {
		test_items_next(&items, &item);
		aw__encoder_item(encoder, &item);
	}
	item.kind = AW__ITEM_GOODBYE;
	item.goodbye = (struct aw__goodbye){ 5, 6 };
	aw__encoder_item(encoder, &item);
	aw__encoder_destroy(encoder);
	assert_false(out->failed);
}

struct tally {
	unsigned items;
	unsigned damaged;
	bool broken;
	struct aw__problem problem;
};

/* Decode all items, and count them by status. */
static struct tally drain(const void *bytes, size_t length, size_t portion)
{
	struct aw__decoder *decoder = aw__decoder_create();
	struct tally tally = { 0 };
	struct aw__item item;

	assert_non_null(decoder);
	for (size_t at = 0; at < length && !tally.broken; at += portion) {
		enum aw__decode_status status;

		assert_true(aw__decoder_feed(decoder, (const char *)bytes + at,
					     length - at < portion ? length - at : portion));
		while ((status = aw__decoder_next(decoder, &item, &tally.problem)) !=
			       AW__DECODE_MORE &&
		       status != AW__DECODE_BROKEN) {
			tally.items += status == AW__DECODED;
			tally.damaged += status == AW__DECODE_DAMAGED;
		}
		tally.broken = status == AW__DECODE_BROKEN;
	}
	aw__decoder_destroy(decoder);
	return tally;
}

/* Events keep their order, definitions keep theirs, and an event comes after the definitions that it names. */
static void codec__decodes_what_it_encoded(void **state)
{
	struct aw__buffer bytes = AW__BUFFER_EMPTY;
	struct aw__decoder *decoder = aw__decoder_create();
	struct test_items expected[2] = { { .seed = 7 }, { .seed = 7 } };
	struct aw__problem problem;
	struct aw__item got, want;
	unsigned seen[2] = { 0, 0 };

	encode(&bytes, 7, ITEMS);
	assert_true(aw__decoder_feed(decoder, bytes.data, bytes.length));
	assert_int_equal(aw__decoder_next(decoder, &got, &problem), AW__DECODED);
	test_items_hello(&want);
	assert_true(test_items_same(&got, &want));
	while (aw__decoder_next(decoder, &got, &problem) == AW__DECODED &&
	       got.kind != AW__ITEM_GOODBYE) {
		const unsigned which = got.kind == AW__ITEM_EVENT;

		do
			test_items_next(&expected[which], &want);
		while (want.kind != got.kind);
		assert_true(test_items_same(&got, &want));
		seen[which]++;
	}
	assert_int_equal(got.kind, AW__ITEM_GOODBYE);
	assert_int_equal(got.goodbye.events_lost, 6);
	assert_int_equal(seen[0] + seen[1], ITEMS);
	assert_int_equal(aw__decoder_next(decoder, &got, &problem), AW__DECODE_MORE);
	assert_false(aw__decoder_cut(decoder, &problem));
	aw__decoder_destroy(decoder);
	aw__buffer_finish(&bytes);
}

/* More items of one kind in a row than fit into a message. */
static void codec__gives_back_many_of_a_kind(void **state)
{
	enum { MANY = 1300 };
	struct aw__buffer bytes = AW__BUFFER_EMPTY;
	struct aw__encoder *encoder = aw__encoder_create(&bytes);
	struct aw__decoder *decoder = aw__decoder_create();
	struct aw__problem problem;
	struct aw__item item;

	aw__encoder_begin(encoder);
	test_items_hello(&item);
	aw__encoder_item(encoder, &item);
	for (uint32_t i = 0; i < MANY; i++) {
		const uint64_t number = i;

		item = (struct aw__item){ .kind = AW__ITEM_DEFINITION };
		item.definition = (struct aw__definition){ i + 1, AW__TYPE, 1, 1, &number, "x" };
		aw__encoder_item(encoder, &item);
	}
	for (uint32_t i = 0; i < MANY; i++) {
		item = (struct aw__item){ .kind = AW__ITEM_EVENT };
		item.event =
			(struct aw__event){ .kind = AW__TASK_WOKEN, .time_ns = i, .thread = 1 };
		aw__encoder_item(encoder, &item);
	}
	aw__encoder_flush(encoder);
	/* a value that does not change takes one byte in each column: time, subject, argument, kind */
	assert_in_range(bytes.length, 1, MANY * 7 + MANY * 5);
	assert_true(aw__decoder_feed(decoder, bytes.data, bytes.length));
	assert_int_equal(aw__decoder_next(decoder, &item, &problem), AW__DECODED);
	for (uint32_t i = 0; i < MANY; i++) {
		assert_int_equal(aw__decoder_next(decoder, &item, &problem), AW__DECODED);
		assert_int_equal(item.definition.id, i + 1);
		assert_int_equal(item.definition.kind, AW__TYPE);
		assert_int_equal(item.definition.numbers[0], i);
	}
	for (uint32_t i = 0; i < MANY; i++) {
		assert_int_equal(aw__decoder_next(decoder, &item, &problem), AW__DECODED);
		assert_int_equal(item.event.kind, AW__TASK_WOKEN);
		assert_int_equal(item.event.time_ns, i);
		assert_int_equal(item.event.thread, 1);
	}
	assert_int_equal(aw__decoder_next(decoder, &item, &problem), AW__DECODE_MORE);
	aw__encoder_destroy(encoder);
	aw__decoder_destroy(decoder);
	aw__buffer_finish(&bytes);
}

static void codec__takes_bytes_as_they_come(void **state)
{
	struct aw__buffer bytes = AW__BUFFER_EMPTY;
	struct tally whole, single;

	encode(&bytes, 3, 40);
	whole = drain(bytes.data, bytes.length, bytes.length);
	single = drain(bytes.data, bytes.length, 1);
	assert_int_equal(whole.items, 42);
	assert_int_equal(single.items, 42);
	aw__buffer_finish(&bytes);
}

static void codec__detects_a_cut_at_every_byte(void **state)
{
	struct aw__buffer bytes = AW__BUFFER_EMPTY;
	unsigned last = 0;

	encode(&bytes, 5, 60);
	for (size_t length = 0; length < bytes.length; length++) {
		struct aw__decoder *decoder = aw__decoder_create();
		struct aw__problem problem = { "" };
		struct aw__item item;
		unsigned items = 0;
		size_t frames = AW__FRAME_PREAMBLE_BYTES;
		bool at_edge;

		assert_true(aw__decoder_feed(decoder, bytes.data, length));
		while (aw__decoder_next(decoder, &item, &problem) == AW__DECODED)
			items++;
		assert_in_range(items, last, 62);
		last = items;
		while (frames < length)
			frames += AW__FRAME_HEADER_BYTES +
				  aw__frame_length((unsigned char *)bytes.data + frames);
		at_edge = frames == length && length > AW__FRAME_PREAMBLE_BYTES;
		assert_int_equal(aw__decoder_cut(decoder, &problem), !at_edge);
		aw__decoder_destroy(decoder);
	}
	aw__buffer_finish(&bytes);
}

/* Flips one bit of each byte in turn. A frame with a wrong checksum is skipped; the others are decoded. */
static void codec__survives_every_flipped_bit(void **state)
{
	struct aw__buffer bytes = AW__BUFFER_EMPTY;
	unsigned stepped_over = 0, given_up = 0;

	encode(&bytes, 11, 30);
	for (size_t i = 0; i < bytes.length; i++) {
		struct tally tally;

		bytes.data[i] ^= (char)(1 << (i % 8));
		tally = drain(bytes.data, bytes.length, bytes.length);
		bytes.data[i] ^= (char)(1 << (i % 8));
		assert_true(tally.broken || tally.items < 32);
		stepped_over += tally.damaged > 0;
		given_up += tally.broken;
	}
	assert_true(stepped_over > bytes.length / 2);
	assert_true(given_up > AW__FRAME_PREAMBLE_BYTES);
	aw__buffer_finish(&bytes);
}

static void codec__refuses_a_frame_of_4_gib(void **state)
{
	struct aw__buffer bytes = AW__BUFFER_EMPTY;
	struct tally tally;

	encode(&bytes, 1, 3);
	memset(bytes.data + bytes.length - 12, 0xff, 4);
	bytes.length -= 12;
	aw__buffer_append(&bytes, "\xff\xff\xff\xff", 4);
	tally = drain(bytes.data, bytes.length, bytes.length);
	assert_true(tally.broken);
	aw__buffer_finish(&bytes);
}

static void codec__refuses_another_major_version(void **state)
{
	struct aw__buffer bytes = AW__BUFFER_EMPTY;
	struct aw__encoder *encoder = aw__encoder_create(&bytes);
	struct aw__item item;
	struct tally tally;

	test_items_hello(&item);
	item.hello.major = 2;
	item.hello.minor = 7;
	aw__encoder_begin(encoder);
	aw__encoder_item(encoder, &item);
	aw__encoder_destroy(encoder);
	tally = drain(bytes.data, bytes.length, bytes.length);
	assert_true(tally.broken);
	assert_non_null(strstr(tally.problem.text, "2.7"));
	assert_non_null(strstr(tally.problem.text, "1.x"));
	aw__buffer_finish(&bytes);
}

static void codec__refuses_bytes_that_are_no_recording(void **state)
{
	static const char text[] = "#!/bin/sh\necho this is not a recording\n";
	const struct tally tally = drain(text, sizeof(text), sizeof(text));

	assert_true(tally.broken);
	assert_string_equal(tally.problem.text, "not an awry recording");
}

static void append_payload(struct aw__buffer *bytes, const void *payload, size_t length)
{
	unsigned char header[AW__FRAME_HEADER_BYTES];

	aw__frame_header(header, payload, length);
	aw__buffer_append(bytes, header, sizeof(header));
	aw__buffer_append(bytes, payload, length);
}

/* 512 Ki empty definitions messages, merged by protobuf into one; 1 MiB of unknown fields; and random bytes. */
static void codec__keeps_to_its_budget(void **state)
{
	static unsigned char payload[AW__FRAME_MAX_BYTES];
	struct aw__buffer bytes = AW__BUFFER_EMPTY;
	struct test_items random = { .seed = 99 };
	struct tally tally;

	encode(&bytes, 1, 3);
	for (size_t i = 0; i < sizeof(payload); i += 2) {
		payload[i] = 0x12; /* field 2, length-delimited */
		payload[i + 1] = 0;
	}
	append_payload(&bytes, payload, sizeof(payload));
	for (size_t i = 0; i < sizeof(payload); i += 2)
		payload[i] = 0x78; /* field 15, varint */
	append_payload(&bytes, payload, sizeof(payload));
	for (unsigned n = 0; n < 200; n++) {
		const size_t length = 1 + test_items_random(&random, 300);

		for (size_t i = 0; i < length; i++)
			payload[i] = (unsigned char)test_items_random(&random, 256);
		payload[0] = (unsigned char)(n % 3 == 0 ? 0x12 : 0x1a);
		append_payload(&bytes, payload, length);
	}
	tally = drain(bytes.data, bytes.length, 4096);
	assert_false(tally.broken);
	assert_in_range(tally.items, 5, 5 + 20);
	assert_true(tally.damaged > 150);
	aw__buffer_finish(&bytes);
}

static void codec__control_comes_through(void **state)
{
	const struct aw__control sent = { .snapshot = true, .steps = true };
	struct aw__buffer bytes = AW__BUFFER_EMPTY;
	struct aw__control got;

	aw__encode_control(&bytes, &sent);
	for (size_t length = 0; length < bytes.length; length++)
		assert_int_equal(aw__decode_control(bytes.data, length, &got), 0);
	assert_int_equal(aw__decode_control(bytes.data, bytes.length, &got), bytes.length);
	assert_true(got.snapshot && got.steps && !got.tasks && !got.pause && !got.resume);
	bytes.data[bytes.length - 1] ^= 1;
	assert_int_equal(aw__decode_control(bytes.data, bytes.length, &got), -1);
	aw__buffer_finish(&bytes);
}

static void codec__survives_failing_allocations(void **state)
{
	const int64_t live = aw__alloc_live();

	for (uint64_t n = 1; n < 6; n++) {
		struct aw__buffer bytes = AW__BUFFER_EMPTY;
		struct aw__encoder *encoder;
		struct aw__decoder *decoder;
		struct aw__item item;

		aw__alloc_fail_at(n);
		encoder = aw__encoder_create(&bytes);
		if (encoder != NULL) {
			aw__encoder_begin(encoder);
			test_items_hello(&item);
			aw__encoder_item(encoder, &item);
		}
		decoder = aw__decoder_create();
		if (decoder != NULL && !bytes.failed)
			(void)aw__decoder_feed(decoder, bytes.data, bytes.length);
		aw__alloc_fail_at(0);
		aw__encoder_destroy(encoder);
		aw__decoder_destroy(decoder);
		aw__buffer_finish(&bytes);
		assert_int_equal(aw__alloc_live(), live);
	}
}

static int no_memory_is_left(void **state)
{
	return aw__alloc_live() == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codec__decodes_what_it_encoded),
		cmocka_unit_test(codec__gives_back_many_of_a_kind),
		cmocka_unit_test(codec__takes_bytes_as_they_come),
		cmocka_unit_test(codec__detects_a_cut_at_every_byte),
		cmocka_unit_test(codec__survives_every_flipped_bit),
		cmocka_unit_test(codec__refuses_a_frame_of_4_gib),
		cmocka_unit_test(codec__refuses_another_major_version),
		cmocka_unit_test(codec__refuses_bytes_that_are_no_recording),
		cmocka_unit_test(codec__keeps_to_its_budget),
		cmocka_unit_test(codec__control_comes_through),
		cmocka_unit_test(codec__survives_failing_allocations),
	};

	return cmocka_run_group_tests_name("codec", tests, NULL, no_memory_is_left);
}
