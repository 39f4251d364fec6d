/* SPDX-License-Identifier: MIT */
/* `awry export perfetto`: writes the tracks of threads and loops, and when each loop was open and blocked. */
#include "viewer/export/perfetto.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

#define MOST_THREADS 4096u

static void tell_thread(struct aw__export *export, uint64_t uuid, uint32_t index)
{
	struct aw__perfetto *state = export->state;
	uint64_t tid = aw__model_thread_tid(export->names, index);
	const char *name = aw__model_thread_name(export->names, index);
	Perfetto__Packet packet = PERFETTO__PACKET__INIT;
	Perfetto__TrackDescriptor track = PERFETTO__TRACK_DESCRIPTOR__INIT;
	Perfetto__ThreadDescriptor thread = PERFETTO__THREAD_DESCRIPTOR__INIT;
	struct aw__buffer valid = AW__BUFFER_EMPTY;

	aw__text_valid(&valid, name != NULL ? name : "", name != NULL ? strlen(name) : 0);
	thread.has_pid = thread.has_tid = true;
	thread.pid = (int32_t)state->pid;
	thread.tid =
		tid > 0 && tid < INT32_MAX ? (int32_t)tid : INT32_MAX - (int32_t)(index & 0xffff);
	thread.thread_name = valid.length > 0 ? valid.data : NULL;
	track.has_uuid = track.has_parent_uuid = true;
	track.uuid = uuid;
	track.parent_uuid = aw__perfetto_uuid(AW__PERFETTO_PROCESS, 1);
	track.thread = &thread;
	packet.track_descriptor = &track;
	aw__perfetto_packet(export, &packet);
	aw__buffer_finish(&valid);
}

uint64_t aw__perfetto_thread_track(struct aw__export *export, uint32_t index)
{
	struct aw__perfetto *state = export->state;
	uint32_t thread = index < MOST_THREADS ? index : MOST_THREADS;
	uint64_t uuid = aw__perfetto_uuid(AW__PERFETTO_THREAD, thread);

	if (aw__map_get(&state->threads, thread) != NULL)
		return uuid;
	aw__map_put(&state->threads, thread, state);
	tell_thread(export, uuid, thread);
	return uuid;
}

uint64_t aw__perfetto_loop_track(struct aw__export *export, uint64_t loop, uint32_t thread)
{
	struct aw__perfetto *state = export->state;

	if (aw__map_get(&state->loops, loop) != NULL)
		return aw__perfetto_uuid(AW__PERFETTO_LOOP, loop);
	return aw__perfetto_thread_track(export, thread);
}

void aw__perfetto_loop_opened(struct aw__export *export, const struct aw__event *event)
{
	struct aw__perfetto *state = export->state;
	uint64_t uuid = aw__perfetto_uuid(AW__PERFETTO_LOOP, event->subject);
	struct aw__buffer name = AW__BUFFER_EMPTY;
	struct aw__perfetto_event slice;
	char *label;

	if (event->subject == 0 || state->loops.count >= MOST_THREADS ||
	    aw__map_get(&state->loops, event->subject) != NULL)
		return;
	aw__map_put(&state->loops, event->subject, state);
	label = aw__export_copy(event->text, event->text_length);
	aw__buffer_format(&name, "loop %s", label);
	if (label[0] == '\0')
		aw__buffer_format(&name, "#%" PRIu64, event->subject);
	aw__perfetto_track(export, uuid, aw__perfetto_thread_track(export, event->thread),
			   aw__buffer_string(&name));
	aw__perfetto_event(export, &slice, AW__PERFETTO_BEGIN, uuid, "loop",
			   aw__buffer_string(&name), true);
	aw__perfetto_arg_number(export, &slice, "loop", event->subject);
	aw__perfetto_event_write(export, &slice, event->time_ns);
	aw__buffer_finish(&name);
	aw__alloc_free(label);
}

void aw__perfetto_loop_event(struct aw__export *export, const struct aw__event *event)
{
	uint64_t uuid = aw__perfetto_loop_track(export, event->subject, event->thread);
	uint64_t lasted_ns = event->loop_unblocked.duration_ns;
	struct aw__perfetto *state = export->state;
	struct aw__perfetto_event end;

	if (event->kind == AW__LOOP_UNBLOCKED) {
		if (lasted_ns > event->time_ns)
			lasted_ns = event->time_ns;
		aw__perfetto_slice(export, uuid, "loop", "blocked", event->time_ns - lasted_ns,
				   event->time_ns, 0);
	} else if (aw__map_remove(&state->loops, event->subject) != NULL) {
		aw__perfetto_event(export, &end, AW__PERFETTO_END, uuid, "loop", NULL, true);
		aw__perfetto_event_write(export, &end, event->time_ns);
	}
}
