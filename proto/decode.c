/* SPDX-License-Identifier: MIT */
/*
 * Decodes frames into items, for sockets and trace files. The input is untrusted.
 *
 * protobuf-c does not bound its allocations: a frame of empty sub-messages would take a hundred times its size.
 * So it unpacks into a bounded block of memory (bump.h), and fails when that is full; the schema has no recursion;
 * and the columns are checked against each other before any of them is used.
 */
#include "proto/decode.h"

#include <string.h>

#include "awry.pb-c.h"
#include "base/alloc.h"
#include "proto/bump.h"
#include "proto/frame.h"

/* More numbers than any definition has. */
#define DEFINITION_NUMBERS 4096u

/* How many arguments, lists and texts an event of a kind has, according to the frame. */
struct shape {
	uint32_t arg_count;
	bool has_list;
	bool has_text;
	uint64_t subject; /* of the last event of this kind */
	uint64_t args[AW__EVENT_ARGS];
};

/* Position of the next item in each column of the current message. */
struct place {
	size_t index;
	size_t argument;
	size_t list;
	size_t list_length;
	size_t text;
	size_t text_length;
	size_t thread_run;
	uint32_t thread_left;
	uint64_t time_ns;
	uint64_t id;
	uint64_t number;
};

struct aw__decoder {
	struct aw__buffer in;
	size_t at;	   /* offset of the next frame in `in` */
	uint64_t consumed; /* bytes that were removed from `in` */
	bool begun;	   /* the preamble was seen */
	bool greeted;	   /* the HELLO was seen */
	bool broken;
	struct aw__bump bump;
	Awry__Message *message; /* the current message, in `bump`; NULL: none */
	struct place place;
	struct shape shapes[256];
	uint64_t numbers[DEFINITION_NUMBERS]; /* of the last definition given */
};

struct aw__decoder *aw__decoder_create(void)
{
	return aw__alloc_zeroed(1, sizeof(struct aw__decoder));
}

void aw__decoder_destroy(struct aw__decoder *decoder)
{
	if (decoder == NULL)
		return;
	aw__bump_finish(&decoder->bump);
	aw__buffer_finish(&decoder->in);
	aw__alloc_free(decoder);
}

bool aw__decoder_feed(struct aw__decoder *decoder, const void *bytes, size_t length)
{
	if (decoder->at > 0) {
		decoder->consumed += decoder->at;
		aw__buffer_consume(&decoder->in, decoder->at);
		decoder->at = 0;
	}
	aw__buffer_append(&decoder->in, bytes, length);
	return !decoder->in.failed;
}

/* ---- checking ---- */

static bool read_shapes(struct aw__decoder *decoder, const Awry__Events *m)
{
	memset(decoder->shapes, 0, sizeof(decoder->shapes));
	if (m->n_shape % 4 != 0)
		return false;
	for (size_t i = 0; i < m->n_shape; i += 4) {
		struct shape *shape;

		if (m->shape[i] == 0 || m->shape[i] > 255 || m->shape[i + 1] > 255)
			return false;
		shape = &decoder->shapes[m->shape[i]];
		shape->arg_count = m->shape[i + 1];
		shape->has_list = m->shape[i + 2] != 0;
		shape->has_text = m->shape[i + 3] != 0;
	}
	return true;
}

static bool sums_to(const uint32_t *lengths, size_t count, size_t total)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += lengths[i];
	return sum == total;
}

static bool events_fit(struct aw__decoder *decoder, const Awry__Events *m)
{
	size_t arguments = 0, lists = 0, texts = 0;
	uint64_t threads = 0;

	if (!read_shapes(decoder, m) || m->n_thread_run % 2 != 0)
		return false;
	for (size_t i = 0; i < m->kind.len; i++) {
		const struct shape *shape = &decoder->shapes[m->kind.data[i]];

		arguments += shape->arg_count;
		lists += shape->has_list;
		texts += shape->has_text;
	}
	for (size_t i = 0; i < m->n_thread_run; i += 2)
		threads += m->thread_run[i + 1];
	return m->n_time_delta == m->kind.len && m->n_subject_delta == m->kind.len &&
	       m->n_argument_delta == arguments && threads == m->kind.len &&
	       m->n_list_length == lists && m->n_text_length == texts &&
	       sums_to(m->list_length, lists, m->n_list) &&
	       sums_to(m->text_length, texts, m->text.len);
}

static bool definitions_fit(const Awry__Definitions *m)
{
	const size_t count = m->kind.len;

	if (m->n_number_count != count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (m->number_count[i] > DEFINITION_NUMBERS)
			return false;
	return m->n_id_delta == count && m->n_text_length == count &&
	       sums_to(m->number_count, count, m->n_number_delta) &&
	       sums_to(m->text_length, count, m->text.len);
}

/* ---- giving items ---- */

static void copy_text(char *ret, size_t size, const ProtobufCBinaryData *bytes)
{
	const size_t length = bytes->len < size - 1 ? bytes->len : size - 1;

	memset(ret, 0, size);
	if (length > 0)
		memcpy(ret, bytes->data, length);
}

static void give_hello(const Awry__Hello *m, struct aw__item *ret_item)
{
	struct aw__hello *hello = &ret_item->hello;

	ret_item->kind = AW__ITEM_HELLO;
	hello->major = m->protocol_major;
	hello->minor = m->protocol_minor;
	hello->pid = m->pid;
	hello->process_start_ticks = m->process_start_ticks;
	hello->monotonic_ns = m->monotonic_ns;
	hello->realtime_ns = m->realtime_ns;
	copy_text(hello->runtime, sizeof(hello->runtime), &m->runtime);
	copy_text(hello->program, sizeof(hello->program), &m->program);
}

/* The next text. An empty column is NULL, and even adding 0 to NULL is undefined. */
static const char *text_at(const ProtobufCBinaryData *column, struct place *place, uint32_t length)
{
	const char *text = length > 0 ? (const char *)column->data + place->text : NULL;

	place->text += length;
	return text;
}

static bool give_definition(struct aw__decoder *decoder, struct aw__item *ret_item)
{
	const Awry__Definitions *m = decoder->message->definitions;
	struct aw__definition *definition = &ret_item->definition;
	struct place *place = &decoder->place;
	const size_t i = place->index;

	if (i == m->kind.len)
		return false;
	place->index++;
	place->id += (uint64_t)m->id_delta[i];
	ret_item->kind = AW__ITEM_DEFINITION;
	definition->id = (uint32_t)place->id;
	definition->kind = m->kind.data[i];
	definition->number_count = m->number_count[i];
	for (uint32_t n = 0; n < definition->number_count; n++) {
		place->number += (uint64_t)m->number_delta[place->argument++];
		decoder->numbers[n] = place->number;
	}
	definition->numbers = decoder->numbers;
	definition->text_length = m->text_length[i];
	definition->text = text_at(&m->text, place, definition->text_length);
	return true;
}

static uint32_t next_thread(struct place *place, const Awry__Events *m)
{
	while (place->thread_left == 0) {
		place->thread_left = m->thread_run[place->thread_run + 1];
		place->thread_run += 2;
	}
	place->thread_left--;
	return m->thread_run[place->thread_run - 2];
}

static void take_args(struct place *place, const Awry__Events *m, struct shape *shape,
		      uint64_t ret_args[AW__EVENT_ARGS])
{
	memset(ret_args, 0, AW__EVENT_ARGS * sizeof(ret_args[0]));
	for (uint32_t a = 0; a < shape->arg_count; a++) {
		const uint64_t delta = (uint64_t)m->argument_delta[place->argument++];

		if (a < AW__EVENT_ARGS)
			ret_args[a] = shape->args[a] += delta;
	}
}

static void take_ragged(struct place *place, const Awry__Events *m, const struct shape *shape,
			struct aw__event *event)
{
	event->list_length = shape->has_list ? m->list_length[place->list_length++] : 0;
	event->text_length = shape->has_text ? m->text_length[place->text_length++] : 0;
	event->text = text_at(&m->text, place, event->text_length);
	event->list = event->list_length > 0 ? m->list + place->list : NULL;
	place->list += event->list_length;
}

/* Events of kinds that only a newer minor version knows are skipped. */
static bool give_event(struct aw__decoder *decoder, struct aw__item *ret_item)
{
	const Awry__Events *m = decoder->message->events;
	struct aw__event *event = &ret_item->event;
	struct place *place = &decoder->place;

	ret_item->kind = AW__ITEM_EVENT;
	while (place->index < m->kind.len) {
		const size_t i = place->index++;
		struct shape *shape = &decoder->shapes[m->kind.data[i]];

		event->kind = m->kind.data[i];
		event->thread = next_thread(place, m);
		place->time_ns += (uint64_t)m->time_delta[i];
		event->time_ns = place->time_ns;
		event->subject = shape->subject += (uint64_t)m->subject_delta[i];
		take_args(place, m, shape, event->args);
		take_ragged(place, m, shape, event);
		if (event->kind > 0 && event->kind < AW__EVENT_KINDS)
			return true;
	}
	return false;
}

static bool give(struct aw__decoder *decoder, struct aw__item *ret_item)
{
	if (decoder->message == NULL)
		return false;
	switch (decoder->message->body_case) {
	case AWRY__MESSAGE__BODY_DEFINITIONS:
		return give_definition(decoder, ret_item);
	case AWRY__MESSAGE__BODY_EVENTS:
		return give_event(decoder, ret_item);
	default:
		return false;
	}
}

/* ---- frames ---- */

static uint64_t position(const struct aw__decoder *decoder)
{
	return decoder->consumed + decoder->at;
}

static enum aw__decode_status give_up(struct aw__decoder *decoder)
{
	decoder->broken = true;
	return AW__DECODE_BROKEN;
}

static enum aw__decode_status check_hello(struct aw__decoder *decoder, struct aw__item *ret_item,
					  struct aw__problem *problem)
{
	if (decoder->greeted) {
		aw__problem_set(problem, "a second greeting before byte %llu was ignored",
				(unsigned long long)position(decoder));
		return AW__DECODE_DAMAGED;
	}
	give_hello(decoder->message->hello, ret_item);
	if (ret_item->hello.major != AW__PROTOCOL_MAJOR) {
		aw__problem_set(problem,
				"recorded with protocol %u.%u, this awry reads %u.x: use the awry "
				"that recorded it",
				ret_item->hello.major, ret_item->hello.minor, AW__PROTOCOL_MAJOR);
		return give_up(decoder);
	}
	decoder->greeted = true;
	return AW__DECODED;
}

/* Begin an unpacked message: a single item is given at once (DECODED), others one by one later (MORE). */
static enum aw__decode_status open_message(struct aw__decoder *decoder, struct aw__item *ret_item,
					   struct aw__problem *problem)
{
	const Awry__Message *m = decoder->message;

	if (m->body_case == AWRY__MESSAGE__BODY_HELLO)
		return check_hello(decoder, ret_item, problem);
	if (!decoder->greeted) {
		aw__problem_set(problem, "not a recording that this awry can read: it does not "
					 "begin with a greeting");
		return give_up(decoder);
	}
	memset(&decoder->place, 0, sizeof(decoder->place));
	switch (m->body_case) {
	case AWRY__MESSAGE__BODY_GOODBYE:
		ret_item->kind = AW__ITEM_GOODBYE;
		ret_item->goodbye.monotonic_ns = m->goodbye->monotonic_ns;
		ret_item->goodbye.events_lost = m->goodbye->events_lost;
		return AW__DECODED;
	case AWRY__MESSAGE__BODY_DEFINITIONS:
		if (definitions_fit(m->definitions))
			return AW__DECODE_MORE;
		break;
	case AWRY__MESSAGE__BODY_EVENTS:
		decoder->place.time_ns = m->events->base_time_ns;
		if (events_fit(decoder, m->events))
			return AW__DECODE_MORE;
		break;
	default:
		return AW__DECODE_MORE; /* a message of a newer minor version */
	}
	decoder->message = NULL;
	aw__problem_set(problem, "the frame before byte %llu is inconsistent and was skipped",
			(unsigned long long)position(decoder));
	return AW__DECODE_DAMAGED;
}

static enum aw__decode_status unpack(struct aw__decoder *decoder, size_t length,
				     struct aw__item *ret_item, struct aw__problem *problem)
{
	const unsigned char *payload =
		(const unsigned char *)decoder->in.data + decoder->at + AW__FRAME_HEADER_BYTES;

	decoder->at += AW__FRAME_HEADER_BYTES + length;
	decoder->message = NULL;
	if (!aw__bump_reset(&decoder->bump, length)) {
		aw__problem_set(problem,
				"no memory for the frame before byte %llu, which was skipped",
				(unsigned long long)position(decoder));
		return AW__DECODE_DAMAGED;
	}
	decoder->message = awry__message__unpack(&decoder->bump.allocator, length, payload);
	if (decoder->message == NULL) {
		aw__problem_set(problem,
				"the frame before byte %llu is not a message and was skipped",
				(unsigned long long)position(decoder));
		return AW__DECODE_DAMAGED;
	}
	return open_message(decoder, ret_item, problem);
}

/* Here MORE means: continue with the message that was opened or, if `*ret_idle` is set, wait for more bytes. */
static enum aw__decode_status next_frame(struct aw__decoder *decoder, struct aw__item *ret_item,
					 struct aw__problem *problem, bool *ret_idle)
{
	const size_t available = decoder->in.length - decoder->at;
	const unsigned char *bytes = (const unsigned char *)decoder->in.data + decoder->at;
	size_t length;

	*ret_idle = false;
	switch (available > 0 ? aw__frame_parse(bytes, available, &length) : AW__FRAME_PARTIAL) {
	case AW__FRAME_READY:
		return unpack(decoder, length, ret_item, problem);
	case AW__FRAME_DAMAGED:
		aw__problem_set(problem,
				"the frame at byte %llu (%zu bytes) is damaged and was skipped",
				(unsigned long long)position(decoder), length);
		decoder->at += AW__FRAME_HEADER_BYTES + length;
		return AW__DECODE_DAMAGED;
	case AW__FRAME_BROKEN:
		aw__problem_set(
			problem,
			"the frame at byte %llu has an invalid length of %u bytes (at most %u): "
			"the rest cannot be read",
			(unsigned long long)position(decoder), aw__frame_length(bytes),
			AW__FRAME_MAX_BYTES);
		return give_up(decoder);
	case AW__FRAME_PARTIAL:
		break;
	}
	*ret_idle = true;
	return AW__DECODE_MORE;
}

static enum aw__decode_status begin(struct aw__decoder *decoder, struct aw__problem *problem)
{
	const size_t length = decoder->in.length < AW__FRAME_PREAMBLE_BYTES
				      ? decoder->in.length
				      : AW__FRAME_PREAMBLE_BYTES;

	if (length > 0 && memcmp(decoder->in.data, aw__frame_preamble, length) != 0) {
		aw__problem_set(problem, "not an awry recording");
		return give_up(decoder);
	}
	if (length == AW__FRAME_PREAMBLE_BYTES) {
		decoder->at = length;
		decoder->begun = true;
	}
	return AW__DECODE_MORE;
}

enum aw__decode_status aw__decoder_next(struct aw__decoder *decoder, struct aw__item *ret_item,
					struct aw__problem *problem)
{
	enum aw__decode_status status = AW__DECODE_MORE;
	bool idle = false;

	if (decoder->broken)
		return AW__DECODE_BROKEN;
	if (!decoder->begun)
		status = begin(decoder, problem);
	while (decoder->begun && status == AW__DECODE_MORE && !idle) {
		if (give(decoder, ret_item))
			return AW__DECODED;
		decoder->message = NULL;
		status = next_frame(decoder, ret_item, problem, &idle);
	}
	return status;
}

uint64_t aw__decoder_position(const struct aw__decoder *decoder)
{
	return position(decoder);
}

void aw__decoder_seek(struct aw__decoder *decoder, uint64_t offset)
{
	aw__buffer_clear(&decoder->in);
	decoder->at = 0;
	decoder->consumed = offset;
	decoder->message = NULL;
	decoder->broken = !decoder->greeted;
}

bool aw__decoder_cut(const struct aw__decoder *decoder, struct aw__problem *problem)
{
	if (decoder->broken || (decoder->greeted && decoder->at == decoder->in.length))
		return false;
	aw__problem_set(problem,
			"cut short: it ends at byte %llu, inside the part that begins at byte %llu",
			(unsigned long long)(decoder->consumed + decoder->in.length),
			(unsigned long long)position(decoder));
	return true;
}

int64_t aw__decode_control(const void *bytes, size_t length, struct aw__control *ret_control)
{
	_Alignas(16) unsigned char memory[4096];
	struct aw__bump bump;
	const Awry__Control *m;
	Awry__Message *message;
	size_t payload;

	memset(ret_control, 0, sizeof(*ret_control));
	switch (aw__frame_parse(bytes, length, &payload)) {
	case AW__FRAME_PARTIAL:
		return 0;
	case AW__FRAME_READY:
		break;
	default:
		return -1;
	}
	aw__bump_init(&bump, memory, sizeof(memory));
	message = awry__message__unpack(&bump.allocator, payload,
					(const unsigned char *)bytes + AW__FRAME_HEADER_BYTES);
	if (message == NULL || message->body_case != AWRY__MESSAGE__BODY_CONTROL)
		return -1;
	m = message->control;
	ret_control->snapshot = m->snapshot;
	ret_control->tasks = m->detail == AWRY__CONTROL__DETAIL__TASKS;
	ret_control->steps = m->detail == AWRY__CONTROL__DETAIL__STEPS;
	ret_control->pause = m->pause;
	ret_control->resume = m->resume;
	return (int64_t)(AW__FRAME_HEADER_BYTES + payload);
}
