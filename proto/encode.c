/* SPDX-License-Identifier: MIT */
/*
 * Encodes items as frames of the wire format, for the agent's stream thread and for commands that write traces. Events
 * and definitions are gathered in columns of deltas, and written as one message when a column is full or an item of
 * another kind follows.
 */
#include "proto/encode.h"

#include <string.h>

#include "awry.pb-c.h"
#include "base/alloc.h"
#include "proto/encode_frame.h"
#include "proto/frame.h"

/* A message is written when one of its columns might not hold the next item. */
#define EVENT_COUNT	 512u
#define DEFINITION_COUNT 256u
#define LONGEST_LIST	 4096u
#define LONGEST_TEXT	 8192u
#define LIST_WORDS	 (16384u + LONGEST_LIST)
#define TEXT_BYTES	 (131072u + LONGEST_TEXT)

struct event_columns {
	uint8_t kind[EVENT_COUNT];
	uint32_t shape[4 * AW__EVENT_KINDS];
	int64_t time_delta[EVENT_COUNT];
	int64_t subject_delta[EVENT_COUNT];
	int64_t argument_delta[EVENT_COUNT * AW__EVENT_ARGS];
	uint32_t thread_run[2 * EVENT_COUNT];
	uint32_t list_length[EVENT_COUNT];
	uint64_t list[LIST_WORDS];
	uint32_t text_length[EVENT_COUNT];
	uint8_t text[TEXT_BYTES];
	/* values to which the next deltas refer */
	uint64_t last_time;
	struct {
		bool seen;
		uint64_t subject;
		uint64_t args[AW__EVENT_ARGS];
	} last[AW__EVENT_KINDS];
};

struct definition_columns {
	int64_t id_delta[DEFINITION_COUNT];
	uint8_t kind[DEFINITION_COUNT];
	uint32_t number_count[DEFINITION_COUNT];
	int64_t number_delta[LIST_WORDS];
	uint32_t text_length[DEFINITION_COUNT];
	uint8_t text[TEXT_BYTES];
	uint64_t last_id;
	uint64_t last_number;
};

struct aw__encoder {
	struct aw__buffer *out;
	Awry__Events events;
	Awry__Definitions definitions;
	struct event_columns e;
	struct definition_columns d;
};

static void start_events(struct aw__encoder *encoder)
{
	struct event_columns *e = &encoder->e;
	Awry__Events *message = &encoder->events;

	awry__events__init(message);
	message->kind.data = e->kind;
	message->shape = e->shape;
	message->time_delta = e->time_delta;
	message->subject_delta = e->subject_delta;
	message->argument_delta = e->argument_delta;
	message->thread_run = e->thread_run;
	message->list_length = e->list_length;
	message->list = e->list;
	message->text_length = e->text_length;
	message->text.data = e->text;
	memset(e->last, 0, sizeof(e->last));
}

static void start_definitions(struct aw__encoder *encoder)
{
	struct definition_columns *d = &encoder->d;
	Awry__Definitions *message = &encoder->definitions;

	awry__definitions__init(message);
	message->id_delta = d->id_delta;
	message->kind.data = d->kind;
	message->number_count = d->number_count;
	message->number_delta = d->number_delta;
	message->text_length = d->text_length;
	message->text.data = d->text;
	d->last_id = 0;
	d->last_number = 0;
}

struct aw__encoder *aw__encoder_create(struct aw__buffer *out)
{
	struct aw__encoder *encoder = aw__alloc(sizeof(*encoder));

	if (encoder == NULL)
		return NULL;
	encoder->out = out;
	start_events(encoder);
	start_definitions(encoder);
	return encoder;
}

void aw__encoder_destroy(struct aw__encoder *encoder)
{
	aw__alloc_free(encoder);
}

void aw__encoder_begin(struct aw__encoder *encoder)
{
	aw__buffer_append(encoder->out, aw__frame_preamble, AW__FRAME_PREAMBLE_BYTES);
}

void aw__encode_frame(struct aw__buffer *out, const Awry__Message *message)
{
	const size_t length = awry__message__get_packed_size(message);
	unsigned char *at =
		(unsigned char *)aw__buffer_reserve(out, AW__FRAME_HEADER_BYTES + length);

	if (at == NULL)
		return;
	awry__message__pack(message, at + AW__FRAME_HEADER_BYTES);
	aw__frame_header(at, at + AW__FRAME_HEADER_BYTES, length);
	out->length += AW__FRAME_HEADER_BYTES + length;
}

static void flush_events(struct aw__encoder *encoder)
{
	Awry__Message message = AWRY__MESSAGE__INIT;

	if (encoder->events.kind.len == 0)
		return;
	message.body_case = AWRY__MESSAGE__BODY_EVENTS;
	message.events = &encoder->events;
	aw__encode_frame(encoder->out, &message);
	start_events(encoder);
}

static void flush_definitions(struct aw__encoder *encoder)
{
	Awry__Message message = AWRY__MESSAGE__INIT;

	if (encoder->definitions.kind.len == 0)
		return;
	message.body_case = AWRY__MESSAGE__BODY_DEFINITIONS;
	message.definitions = &encoder->definitions;
	aw__encode_frame(encoder->out, &message);
	start_definitions(encoder);
}

void aw__encoder_flush(struct aw__encoder *encoder)
{
	flush_definitions(encoder);
	flush_events(encoder);
}

static uint32_t at_most(uint32_t length, uint32_t most)
{
	return length < most ? length : most;
}

static void put_definition(struct aw__encoder *encoder, const struct aw__definition *definition)
{
	const uint32_t numbers = at_most(definition->number_count, LONGEST_LIST);
	const uint32_t text = at_most(definition->text_length, LONGEST_TEXT);
	Awry__Definitions *m = &encoder->definitions;
	struct definition_columns *d = &encoder->d;
	size_t i;

	if (m->kind.len == DEFINITION_COUNT || m->n_number_delta + numbers > LIST_WORDS ||
	    m->text.len + text > TEXT_BYTES)
		flush_definitions(encoder);
	i = m->kind.len++;
	m->n_id_delta = m->n_number_count = m->n_text_length = m->kind.len;
	d->kind[i] = (uint8_t)definition->kind;
	d->id_delta[i] = (int64_t)(definition->id - d->last_id);
	d->last_id = definition->id;
	d->number_count[i] = numbers;
	for (uint32_t n = 0; n < numbers; n++) {
		d->number_delta[m->n_number_delta++] =
			(int64_t)(definition->numbers[n] - d->last_number);
		d->last_number = definition->numbers[n];
	}
	d->text_length[i] = text;
	if (text > 0)
		memcpy(d->text + m->text.len, definition->text, text);
	m->text.len += text;
}

static void put_shape(struct aw__encoder *encoder, enum aw__event_kind kind)
{
	const struct aw__event_spec *spec = &aw__event_specs[kind];
	Awry__Events *m = &encoder->events;

	if (encoder->e.last[kind].seen)
		return;
	encoder->e.last[kind].seen = true;
	m->shape[m->n_shape++] = kind;
	m->shape[m->n_shape++] = aw__event_arg_count(kind);
	m->shape[m->n_shape++] = spec->list != NULL;
	m->shape[m->n_shape++] = spec->text != NULL;
}

static void put_thread(Awry__Events *m, uint32_t thread)
{
	if (m->n_thread_run == 0 || m->thread_run[m->n_thread_run - 2] != thread) {
		m->thread_run[m->n_thread_run++] = thread;
		m->thread_run[m->n_thread_run++] = 0;
	}
	m->thread_run[m->n_thread_run - 1]++;
}

static void put_ragged(struct aw__encoder *encoder, const struct aw__event *event)
{
	const struct aw__event_spec *spec = &aw__event_specs[event->kind];
	Awry__Events *m = &encoder->events;

	if (spec->list != NULL) {
		const uint32_t length = at_most(event->list_length, LONGEST_LIST);

		m->list_length[m->n_list_length++] = length;
		if (length > 0)
			memcpy(m->list + m->n_list, event->list, length * sizeof(uint64_t));
		m->n_list += length;
	}
	if (spec->text != NULL) {
		const uint32_t length = at_most(event->text_length, LONGEST_TEXT);

		m->text_length[m->n_text_length++] = length;
		if (length > 0)
			memcpy(m->text.data + m->text.len, event->text, length);
		m->text.len += length;
	}
}

static void put_event(struct aw__encoder *encoder, const struct aw__event *event)
{
	const unsigned arg_count = aw__event_arg_count(event->kind);
	Awry__Events *m = &encoder->events;
	struct event_columns *e = &encoder->e;
	size_t i;

	if (m->kind.len == EVENT_COUNT || m->n_list + LONGEST_LIST > LIST_WORDS ||
	    m->text.len + LONGEST_TEXT > TEXT_BYTES)
		flush_events(encoder);
	if (m->kind.len == 0)
		m->base_time_ns = e->last_time = event->time_ns;
	put_shape(encoder, event->kind);
	i = m->kind.len++;
	m->n_time_delta = m->n_subject_delta = m->kind.len;
	e->kind[i] = (uint8_t)event->kind;
	e->time_delta[i] = (int64_t)(event->time_ns - e->last_time);
	e->last_time = event->time_ns;
	e->subject_delta[i] = (int64_t)(event->subject - e->last[event->kind].subject);
	e->last[event->kind].subject = event->subject;
	for (unsigned a = 0; a < arg_count; a++) {
		e->argument_delta[m->n_argument_delta++] =
			(int64_t)(event->args[a] - e->last[event->kind].args[a]);
		e->last[event->kind].args[a] = event->args[a];
	}
	put_thread(m, event->thread);
	put_ragged(encoder, event);
}

static void put_hello(struct aw__encoder *encoder, struct aw__hello hello)
{
	Awry__Message message = AWRY__MESSAGE__INIT;
	Awry__Hello m = AWRY__HELLO__INIT;

	m.protocol_major = hello.major;
	m.protocol_minor = hello.minor;
	m.pid = hello.pid;
	m.process_start_ticks = hello.process_start_ticks;
	m.monotonic_ns = hello.monotonic_ns;
	m.realtime_ns = hello.realtime_ns;
	m.runtime.data = (uint8_t *)hello.runtime;
	m.runtime.len = strnlen(hello.runtime, sizeof(hello.runtime));
	m.program.data = (uint8_t *)hello.program;
	m.program.len = strnlen(hello.program, sizeof(hello.program));
	message.body_case = AWRY__MESSAGE__BODY_HELLO;
	message.hello = &m;
	aw__encode_frame(encoder->out, &message);
}

static void put_goodbye(struct aw__encoder *encoder, const struct aw__goodbye *goodbye)
{
	Awry__Message message = AWRY__MESSAGE__INIT;
	Awry__Goodbye m = AWRY__GOODBYE__INIT;

	m.monotonic_ns = goodbye->monotonic_ns;
	m.events_lost = goodbye->events_lost;
	message.body_case = AWRY__MESSAGE__BODY_GOODBYE;
	message.goodbye = &m;
	aw__encode_frame(encoder->out, &message);
}

void aw__encoder_item(struct aw__encoder *encoder, const struct aw__item *item)
{
	switch (item->kind) {
	case AW__ITEM_HELLO:
		aw__encoder_flush(encoder);
		put_hello(encoder, item->hello);
		break;
	case AW__ITEM_DEFINITION:
		/* Events gathered before it do not refer to it, so they may be written after it. */
		put_definition(encoder, &item->definition);
		break;
	case AW__ITEM_EVENT:
		if (item->event.kind <= 0 || item->event.kind >= AW__EVENT_KINDS)
			break;
		flush_definitions(encoder);
		put_event(encoder, &item->event);
		break;
	case AW__ITEM_GOODBYE:
		aw__encoder_flush(encoder);
		put_goodbye(encoder, &item->goodbye);
		break;
	}
}

void aw__encode_control(struct aw__buffer *out, const struct aw__control *control)
{
	Awry__Message message = AWRY__MESSAGE__INIT;
	Awry__Control m = AWRY__CONTROL__INIT;

	m.snapshot = control->snapshot;
	m.pause = control->pause;
	m.resume = control->resume;
	if (control->steps)
		m.detail = AWRY__CONTROL__DETAIL__STEPS;
	else if (control->tasks)
		m.detail = AWRY__CONTROL__DETAIL__TASKS;
	message.body_case = AWRY__MESSAGE__BODY_CONTROL;
	message.control = &m;
	aw__encode_frame(out, &message);
}
