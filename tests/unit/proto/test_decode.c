/* SPDX-License-Identifier: MIT */
/*
 * Tests of messages whose columns contradict each other while their checksums are right. Each case breaks one column
 * of a good message and expects the whole message to be refused: trusting a wrong length would read beyond its end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "awry.pb-c.h"
#include "base/alloc.h"
#include "proto/decode.h"
#include "proto/encode.h"
#include "proto/frame.h"

#define MOST_NUMBERS 4096u /* of a definition: the decoder's limit */

static void put_hello(struct aw__buffer *out)
{
	struct aw__encoder *encoder = aw__encoder_create(out);
	struct aw__item item = { .kind = AW__ITEM_HELLO,
				 .hello = { .major = AW__PROTOCOL_MAJOR, .pid = 1 } };

	aw__encoder_begin(encoder);
	aw__encoder_item(encoder, &item);
	aw__encoder_destroy(encoder);
}

static void put_message(struct aw__buffer *out, const Awry__Message *message)
{
	static uint8_t payload[AW__FRAME_MAX_BYTES];
	unsigned char header[AW__FRAME_HEADER_BYTES];
	const size_t length = awry__message__pack(message, payload);

	aw__frame_header(header, payload, length);
	aw__buffer_append(out, header, sizeof(header));
	aw__buffer_append(out, payload, length);
}

struct tally {
	unsigned events, definitions, hellos, damaged;
	struct aw__event event; /* the last one; its list and text are no longer valid */
	uint32_t most_numbers;
};

static struct tally decode(const Awry__Message *message)
{
	struct aw__decoder *decoder = aw__decoder_create();
	struct aw__buffer bytes = AW__BUFFER_EMPTY;
	struct tally tally = { 0 };
	struct aw__problem problem;
	enum aw__decode_status status;
	struct aw__item item;

	put_hello(&bytes);
	put_message(&bytes, message);
	assert_true(aw__decoder_feed(decoder, bytes.data, bytes.length));
	while ((status = aw__decoder_next(decoder, &item, &problem)) != AW__DECODE_MORE) {
		assert_int_not_equal(status, AW__DECODE_BROKEN);
		tally.damaged += status == AW__DECODE_DAMAGED;
		if (status != AW__DECODED)
			continue;
		tally.hellos += item.kind == AW__ITEM_HELLO;
		tally.events += item.kind == AW__ITEM_EVENT;
		tally.definitions += item.kind == AW__ITEM_DEFINITION;
		if (item.kind == AW__ITEM_EVENT)
			tally.event = item.event;
		else if (item.kind == AW__ITEM_DEFINITION &&
			 item.definition.number_count > tally.most_numbers)
			tally.most_numbers = item.definition.number_count;
	}
	aw__decoder_destroy(decoder);
	aw__buffer_finish(&bytes);
	return tally;
}

/* ---- events ---- */

/* Two errors of two threads: each has five arguments, a list of three words, and a text. */
struct columns {
	Awry__Events events;
	uint8_t kind[3];
	uint32_t shape[8];
	int64_t time[3], subject[3], arguments[11];
	uint32_t threads[4], list_lengths[3], text_lengths[3];
	uint64_t list[7];
	char text[12];
};

static void fill(struct columns *c)
{
	Awry__Events *m = &c->events;

	*c = (struct columns){
		.kind = { AW__ERROR, AW__ERROR, AW__ERROR },
		.shape = { AW__ERROR, 5, 1, 1, AW__TASK_NAMED, 0, 0, 1 },
		.time = { 0, 5, 5 },
		.subject = { 7, 1, 1 },
		.arguments = { 1, 2, 3, 4, 5, 10, 10, 10, 10, 10, 0 },
		.threads = { 0, 1, 1, 1 },
		.list_lengths = { 3, 3, 0 },
		.text_lengths = { 4, 6, 0 },
		.list = { 1, 2, 3, 4, 5, 6, 7 },
		.text = "lostreset.",
	};
	awry__events__init(m);
	m->kind = (ProtobufCBinaryData){ 2, c->kind };
	m->shape = c->shape, m->n_shape = 4;
	m->time_delta = c->time, m->n_time_delta = 2;
	m->subject_delta = c->subject, m->n_subject_delta = 2;
	m->argument_delta = c->arguments, m->n_argument_delta = 10;
	m->thread_run = c->threads, m->n_thread_run = 4;
	m->list_length = c->list_lengths, m->n_list_length = 2;
	m->list = c->list, m->n_list = 6;
	m->text_length = c->text_lengths, m->n_text_length = 2;
	m->text = (ProtobufCBinaryData){ 10, (uint8_t *)c->text };
}

static struct tally decode_events(struct columns *c)
{
	Awry__Message message = AWRY__MESSAGE__INIT;

	message.body_case = AWRY__MESSAGE__BODY_EVENTS;
	message.events = &c->events;
	return decode(&message);
}

static void events__with_consistent_columns_are_decoded(void **state)
{
	struct columns c;
	struct tally tally;

	fill(&c);
	tally = decode_events(&c);
	assert_int_equal(tally.damaged, 0);
	assert_int_equal(tally.events, 2);
	assert_int_equal(tally.event.thread, 1);
	assert_int_equal(tally.event.time_ns, 5);
	assert_int_equal(tally.event.subject, 8);
	assert_int_equal(tally.event.args[0], 11);
	assert_int_equal(tally.event.args[4], 15);
	assert_int_equal(tally.event.text_length, 6);
}

static void refused(struct columns *c)
{
	const struct tally tally = decode_events(c);

	assert_int_equal(tally.events, 0);
	assert_int_equal(tally.damaged, 1);
	fill(c);
}

/* One too few, and one too many, of each column. */
static void events__with_a_wrong_column_length_are_refused(void **state)
{
	struct columns c;

	fill(&c);
	for (int more = -1; more <= 1; more += 2) {
		c.events.n_time_delta += (size_t)more, refused(&c);
		c.events.n_subject_delta += (size_t)more, refused(&c);
		c.events.n_argument_delta += (size_t)more, refused(&c);
		c.events.n_list_length += (size_t)more, refused(&c);
		c.events.n_text_length += (size_t)more, refused(&c);
		c.events.n_list += (size_t)more, refused(&c);
		c.events.text.len += (size_t)more, refused(&c);
		c.threads[3] += (unsigned)more, refused(&c);
		c.list_lengths[0] += (unsigned)more, refused(&c);
		c.text_lengths[1] += (unsigned)more, refused(&c);
		c.events.kind.len += (size_t)more, refused(&c);
	}
	c.events.n_thread_run = 3, refused(&c);
	c.events.n_thread_run = 1, refused(&c);
}

static void events__with_a_wrong_shape_are_refused(void **state)
{
	struct columns c;

	fill(&c);
	c.events.n_shape = 3, refused(&c);
	c.events.n_shape = 5, refused(&c);
	c.events.n_shape = 0, refused(&c);
	c.shape[0] = 0, refused(&c);
	c.shape[0] = 256, refused(&c);
	c.shape[1] = 256, refused(&c);
	c.shape[1] = 4, refused(&c);
	c.shape[2] = 0, refused(&c);
	c.shape[3] = 0, refused(&c);
	/* a shape for a kind that does not occur; 0 is not a kind */
	c.events.n_shape = 8, c.shape[4] = 0, refused(&c);
}

/* Lengths whose sum is right only modulo 2^32 are refused. */
static void events__sums_do_not_wrap(void **state)
{
	struct columns c;

	fill(&c);
	c.text_lengths[0] = UINT32_MAX - 3, c.text_lengths[1] = 14, refused(&c);
	c.list_lengths[0] = UINT32_MAX, c.list_lengths[1] = 7, refused(&c);
	c.threads[1] = UINT32_MAX, c.threads[3] = 3, refused(&c);
}

/* Events of a newer version are skipped with all their columns; the next event keeps its own values. */
static void events__of_an_unknown_kind_are_stepped_over(void **state)
{
	struct columns c;
	struct tally tally;

	fill(&c);
	c.kind[0] = AW__EVENT_KINDS;
	c.shape[4] = AW__EVENT_KINDS, c.shape[5] = 5, c.shape[6] = 1, c.shape[7] = 1;
	c.events.n_shape = 8;
	tally = decode_events(&c);
	assert_int_equal(tally.damaged, 0);
	assert_int_equal(tally.events, 1);
	assert_int_equal(tally.event.kind, AW__ERROR);
	assert_int_equal(tally.event.thread, 1);
	assert_int_equal(tally.event.subject, 1);
	assert_int_equal(tally.event.args[0], 10);
	assert_int_equal(tally.event.text_length, 6);
}

/* ---- definitions ---- */

struct defining {
	Awry__Definitions definitions;
	int64_t id[3], numbers[2 * MOST_NUMBERS + 8];
	uint8_t kind[3];
	uint32_t number_counts[3], text_lengths[3];
	char text[12];
};

static void fill_definitions(struct defining *d)
{
	Awry__Definitions *m = &d->definitions;

	memset(d, 0, sizeof(*d));
	d->id[0] = d->id[1] = 3;
	d->kind[0] = d->kind[1] = AW__STRING;
	d->number_counts[0] = 2, d->number_counts[1] = 1;
	d->text_lengths[0] = 4, d->text_lengths[1] = 6;
	memcpy(d->text, "lostreset.", 10);
	awry__definitions__init(m);
	m->kind = (ProtobufCBinaryData){ 2, d->kind };
	m->id_delta = d->id, m->n_id_delta = 2;
	m->number_count = d->number_counts, m->n_number_count = 2;
	m->number_delta = d->numbers, m->n_number_delta = 3;
	m->text_length = d->text_lengths, m->n_text_length = 2;
	m->text = (ProtobufCBinaryData){ 10, (uint8_t *)d->text };
}

static struct tally decode_definitions(struct defining *d)
{
	Awry__Message message = AWRY__MESSAGE__INIT;

	message.body_case = AWRY__MESSAGE__BODY_DEFINITIONS;
	message.definitions = &d->definitions;
	return decode(&message);
}

static void refused_definitions(struct defining *d)
{
	const struct tally tally = decode_definitions(d);

	assert_int_equal(tally.definitions, 0);
	assert_int_equal(tally.damaged, 1);
	fill_definitions(d);
}

static void definitions__with_a_wrong_column_length_are_refused(void **state)
{
	static struct defining d;

	fill_definitions(&d);
	assert_int_equal(decode_definitions(&d).definitions, 2);
	for (int more = -1; more <= 1; more += 2) {
		d.definitions.n_id_delta += (size_t)more, refused_definitions(&d);
		d.definitions.n_number_count += (size_t)more, refused_definitions(&d);
		d.definitions.n_number_delta += (size_t)more, refused_definitions(&d);
		d.definitions.n_text_length += (size_t)more, refused_definitions(&d);
		d.definitions.text.len += (size_t)more, refused_definitions(&d);
		d.number_counts[1] += (unsigned)more, refused_definitions(&d);
		d.text_lengths[0] += (unsigned)more, refused_definitions(&d);
		d.definitions.kind.len += (size_t)more, refused_definitions(&d);
	}
}

static void definitions__have_a_limit_of_numbers(void **state)
{
	static struct defining d;
	struct tally tally;

	fill_definitions(&d);
	d.number_counts[0] = MOST_NUMBERS;
	d.definitions.n_number_delta = MOST_NUMBERS + 1;
	tally = decode_definitions(&d);
	assert_int_equal(tally.damaged, 0);
	assert_int_equal(tally.most_numbers, MOST_NUMBERS);
	d.number_counts[0]++;
	d.definitions.n_number_delta++;
	refused_definitions(&d);
}

static void greeting__a_second_one_is_ignored(void **state)
{
	Awry__Message message = AWRY__MESSAGE__INIT;
	Awry__Hello hello = AWRY__HELLO__INIT;
	struct tally tally;

	hello.protocol_major = AW__PROTOCOL_MAJOR;
	hello.pid = 2;
	message.body_case = AWRY__MESSAGE__BODY_HELLO;
	message.hello = &hello;
	tally = decode(&message);
	assert_int_equal(tally.hellos, 1);
	assert_int_equal(tally.damaged, 1);
}

/* ---- frames ---- */

static void frames__beyond_the_limit_are_broken(void **state)
{
	static unsigned char bytes[AW__FRAME_HEADER_BYTES + AW__FRAME_MAX_BYTES + 1];
	const unsigned char *payload = bytes + AW__FRAME_HEADER_BYTES;
	size_t length = 99;

	aw__frame_header(bytes, payload, AW__FRAME_MAX_BYTES);
	assert_int_equal(aw__frame_parse(bytes, sizeof(bytes) - 1, &length), AW__FRAME_READY);
	assert_int_equal(length, AW__FRAME_MAX_BYTES);
	assert_int_equal(aw__frame_parse(bytes, sizeof(bytes) - 2, &length), AW__FRAME_PARTIAL);
	aw__frame_header(bytes, payload, AW__FRAME_MAX_BYTES + 1);
	assert_int_equal(aw__frame_parse(bytes, sizeof(bytes), &length), AW__FRAME_BROKEN);
	aw__frame_header(bytes, payload, 0);
	assert_int_equal(aw__frame_parse(bytes, sizeof(bytes), &length), AW__FRAME_BROKEN);
}

static int no_memory_is_left(void **state)
{
	return aw__alloc_live() == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events__with_consistent_columns_are_decoded),
		cmocka_unit_test(events__with_a_wrong_column_length_are_refused),
		cmocka_unit_test(events__with_a_wrong_shape_are_refused),
		cmocka_unit_test(events__sums_do_not_wrap),
		cmocka_unit_test(events__of_an_unknown_kind_are_stepped_over),
		cmocka_unit_test(definitions__with_a_wrong_column_length_are_refused),
		cmocka_unit_test(definitions__have_a_limit_of_numbers),
		cmocka_unit_test(greeting__a_second_one_is_ignored),
		cmocka_unit_test(frames__beyond_the_limit_are_broken),
	};

	return cmocka_run_group_tests_name("decode", tests, NULL, no_memory_is_left);
}
