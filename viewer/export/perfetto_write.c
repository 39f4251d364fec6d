/* SPDX-License-Identifier: MIT */
/*
 * Writes Perfetto's packets for the other perfetto*.c files: track events with their arguments, tracks, and
 * interned names.
 */
#include "viewer/export/perfetto.h"

#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "viewer/export/protobuf.h"

#define SEQUENCE	 1u
#define STATE_CLEARED	 1u
#define NEEDS_STATE	 2u
#define CLOCK_MONOTONIC_ 3u
#define NEVER_MERGED	 2u

/* Ids of tasks, threads and loops all begin at 1: hash them to 64 bits, so that tracks are unlikely to collide. */
uint64_t aw__perfetto_uuid(enum aw__perfetto_track kind, uint64_t id)
{
	uint64_t mixed = id * 8 + (uint64_t)kind + UINT64_C(0x9e3779b97f4a7c15);

	mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
	mixed ^= mixed >> 31;
	return mixed != 0 ? mixed : 1;
}

void aw__perfetto_packet(struct aw__export *export, Perfetto__Packet *packet)
{
	struct aw__perfetto *state = export->state;
	Perfetto__Trace trace = PERFETTO__TRACE__INIT;

	packet->has_trusted_packet_sequence_id = packet->has_sequence_flags = true;
	packet->trusted_packet_sequence_id = SEQUENCE;
	packet->sequence_flags = state->begun ? NEEDS_STATE : STATE_CLEARED;
	state->begun = true;
	trace.n_packet = 1;
	trace.packet = &packet;
	aw__protobuf_pack(&export->out, &trace.base);
	aw__write_line(export, "");
}

static char *valid_copy(const char *text)
{
	struct aw__buffer valid = AW__BUFFER_EMPTY;
	char *copy;

	aw__text_valid(&valid, text, strlen(text));
	copy = aw__alloc_must_copy(aw__buffer_string(&valid), valid.length);
	aw__buffer_finish(&valid);
	return copy;
}

uint64_t aw__perfetto_name(struct aw__export *export, struct aw__intern *intern, const char *text)
{
	struct aw__perfetto *state = export->state;
	Perfetto__Packet packet = PERFETTO__PACKET__INIT;
	Perfetto__InternedData data = PERFETTO__INTERNED_DATA__INIT;
	Perfetto__Name name = PERFETTO__NAME__INIT, *names = &name;
	bool is_new;

	name.iid = aw__intern_put(intern, text, strlen(text), &is_new);
	if (!is_new)
		return name.iid;
	name.has_iid = true;
	name.name = valid_copy(text);
	if (intern == &state->categories) {
		data.n_event_categories = 1;
		data.event_categories = &names;
	} else if (intern == &state->names) {
		data.n_event_names = 1;
		data.event_names = &names;
	} else {
		data.n_debug_annotation_names = 1;
		data.debug_annotation_names = &names;
	}
	packet.interned_data = &data;
	aw__perfetto_packet(export, &packet);
	aw__alloc_free(name.name);
	return name.iid;
}

static char *keep(struct aw__perfetto_event *event, const char *text)
{
	return event->texts[event->text_count++] = valid_copy(text);
}

void aw__perfetto_event(struct aw__export *export, struct aw__perfetto_event *event,
			enum aw__perfetto_type type, uint64_t track, const char *category,
			const char *name, bool repeats)
{
	struct aw__perfetto *state = export->state;
	Perfetto__TrackEvent *message = &event->message;

	perfetto__track_event__init(message);
	event->text_count = 0;
	event->flow = event->ending_flow = 0;
	event->category = aw__perfetto_name(export, &state->categories, category);
	message->has_type = message->has_track_uuid = true;
	message->type = (uint32_t)type;
	message->track_uuid = track;
	message->n_category_iids = event->category != 0;
	message->category_iids = &event->category;
	message->debug_annotations = event->arg_pointers;
	if (name != NULL && repeats)
		message->name_iid = aw__perfetto_name(export, &state->names, name);
	message->has_name_iid = message->name_iid != 0;
	if (name != NULL && !message->has_name_iid)
		message->name = keep(event, name);
}

static Perfetto__DebugAnnotation *add_arg(struct aw__export *export,
					  struct aw__perfetto_event *event, const char *key)
{
	struct aw__perfetto *state = export->state;
	size_t at = event->message.n_debug_annotations;
	Perfetto__DebugAnnotation *arg;

	if (at == AW__PERFETTO_MOST_ARGS)
		return NULL;
	arg = event->arg_pointers[at] = &event->args[at];
	perfetto__debug_annotation__init(arg);
	arg->has_name_iid = true;
	arg->name_iid = aw__perfetto_name(export, &state->arg_names, key);
	event->message.n_debug_annotations++;
	return arg;
}

void aw__perfetto_arg_number(struct aw__export *export, struct aw__perfetto_event *event,
			     const char *key, uint64_t number)
{
	Perfetto__DebugAnnotation *arg = add_arg(export, event, key);

	if (arg == NULL)
		return;
	arg->has_uint_value = true;
	arg->uint_value = number;
}

void aw__perfetto_arg_text(struct aw__export *export, struct aw__perfetto_event *event,
			   const char *key, const char *text, size_t length)
{
	char *copy;

	if (text == NULL || length == 0)
		return;
	copy = aw__export_copy(text, length);
	aw__perfetto_arg_string(export, event, key, copy);
	aw__alloc_free(copy);
}

void aw__perfetto_arg_string(struct aw__export *export, struct aw__perfetto_event *event,
			     const char *key, const char *text)
{
	Perfetto__DebugAnnotation *arg;

	if (text == NULL || text[0] == '\0')
		return;
	arg = add_arg(export, event, key);
	if (arg != NULL)
		arg->string_value = keep(event, text);
}

void aw__perfetto_arg_place(struct aw__export *export, struct aw__perfetto_event *event,
			    const char *key, uint64_t place)
{
	struct aw__buffer text = AW__BUFFER_EMPTY;
	struct aw__frame frame;

	if (place == 0 || !aw__model_place(export->names, place, &frame))
		return;
	aw__frame_text(&text, &frame);
	aw__perfetto_arg_string(export, event, key, aw__buffer_string(&text));
	aw__buffer_finish(&text);
}

void aw__perfetto_event_write(struct aw__export *export, struct aw__perfetto_event *event,
			      uint64_t time_ns)
{
	Perfetto__Packet packet = PERFETTO__PACKET__INIT;
	Perfetto__TrackEvent *message = &event->message;

	message->n_flow_ids = event->flow != 0;
	message->flow_ids = &event->flow;
	message->n_terminating_flow_ids = event->ending_flow != 0;
	message->terminating_flow_ids = &event->ending_flow;
	packet.has_timestamp = packet.has_timestamp_clock_id = true;
	packet.timestamp = time_ns < INT64_MAX ? time_ns : INT64_MAX;
	packet.timestamp_clock_id = CLOCK_MONOTONIC_;
	packet.track_event = message;
	aw__perfetto_packet(export, &packet);
	while (event->text_count > 0)
		aw__alloc_free(event->texts[--event->text_count]);
}

void aw__perfetto_slice(struct aw__export *export, uint64_t track, const char *category,
			const char *name, uint64_t from_ns, uint64_t to_ns, uint64_t ending_flow)
{
	struct aw__perfetto_event event;

	aw__perfetto_event(export, &event, AW__PERFETTO_BEGIN, track, category, name, true);
	event.ending_flow = ending_flow;
	aw__perfetto_event_write(export, &event, from_ns);
	aw__perfetto_event(export, &event, AW__PERFETTO_END, track, category, NULL, true);
	aw__perfetto_event_write(export, &event, to_ns);
}

void aw__perfetto_track(struct aw__export *export, uint64_t uuid, uint64_t parent, const char *name)
{
	Perfetto__Packet packet = PERFETTO__PACKET__INIT;
	Perfetto__TrackDescriptor track = PERFETTO__TRACK_DESCRIPTOR__INIT;
	char *copy = valid_copy(name);

	track.has_uuid = track.has_parent_uuid = track.has_sibling_merge_behavior = true;
	track.uuid = uuid;
	track.parent_uuid = parent;
	track.name = copy;
	track.sibling_merge_behavior = NEVER_MERGED;
	packet.track_descriptor = &track;
	aw__perfetto_packet(export, &packet);
	aw__alloc_free(copy);
}
