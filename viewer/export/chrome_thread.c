/* SPDX-License-Identifier: MIT */
/* `awry export chrome`: writes threads as groups of tracks, and their loops as the first track of each. */
#include "viewer/export/chrome.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"

/* Track numbers of threads without a kernel id: above all ids that Linux assigns. */
#define UNKNOWN_THREADS (UINT64_C(1) << 23)

static struct aw__chrome_thread *need(struct aw__chrome *chrome, uint32_t index)
{
	uint64_t key = index < AW__CHROME_MAX_LOOPS ? index : AW__CHROME_MAX_LOOPS;
	struct aw__chrome_thread *thread = aw__map_get(&chrome->threads, key);

	if (thread == NULL) {
		thread = aw__alloc_must_zeroed(1, sizeof(*thread));
		thread->pid = UNKNOWN_THREADS + key;
		aw__map_put(&chrome->threads, key, thread);
	}
	return thread;
}

static void tell_name(struct aw__chrome *chrome, struct aw__chrome_thread *thread)
{
	struct aw__track track = { thread->pid, thread->pid };
	struct aw__buffer name = AW__BUFFER_EMPTY;

	aw__buffer_format(&name, "%s (pid %" PRIu32 ")", chrome->program, chrome->process);
	if (thread->pid < UNKNOWN_THREADS)
		aw__buffer_format(&name, ", thread %" PRIu64, thread->pid);
	if (thread->name != NULL && thread->name[0] != '\0')
		aw__buffer_format(&name, " %s", thread->name);
	aw__chrome_name(chrome, "process_name", track, aw__buffer_string(&name));
	aw__buffer_finish(&name);
	if (!thread->named)
		aw__chrome_name(chrome, "thread_name", track, "loop");
	thread->named = true;
}

struct aw__track aw__chrome_thread_track(struct aw__chrome *chrome, uint32_t index)
{
	struct aw__chrome_thread *thread = need(chrome, index);

	if (!thread->named)
		tell_name(chrome, thread);
	return (struct aw__track){ thread->pid, thread->pid };
}

static void started(struct aw__chrome *chrome, const struct aw__event *event)
{
	struct aw__chrome_thread *thread = need(chrome, event->thread);
	uint64_t tid = event->thread_started.tid;

	if (!thread->named && tid > 0 && tid < UNKNOWN_THREADS)
		thread->pid = tid;
	aw__alloc_free(thread->name);
	thread->name = aw__export_copy(event->text, event->text_length);
	tell_name(chrome, thread);
}

static struct aw__chrome_loop *loop_of(struct aw__chrome *chrome, uint64_t id)
{
	struct aw__chrome_loop *loop = aw__map_get(&chrome->loops, id);

	if (loop != NULL || id == 0 || chrome->loops.count >= AW__CHROME_MAX_LOOPS)
		return loop;
	loop = aw__alloc_must_zeroed(1, sizeof(*loop));
	aw__map_put(&chrome->loops, id, loop);
	return loop;
}

static void opened(struct aw__chrome *chrome, const struct aw__event *event)
{
	struct aw__chrome_loop *loop = loop_of(chrome, event->subject);
	struct aw__buffer name = AW__BUFFER_EMPTY;
	struct aw__track track;
	char *label;

	if (loop == NULL || loop->open)
		return;
	loop->open = true;
	track = aw__chrome_thread_track(chrome, event->thread);
	loop->pid = track.pid;
	label = aw__export_copy(event->text, event->text_length);
	aw__buffer_format(&name, "loop %s", label);
	if (label[0] == '\0')
		aw__buffer_format(&name, "#%" PRIu64, event->subject);
	aw__chrome_begin(chrome, "B", "loop", track, event->time_ns, aw__buffer_string(&name));
	aw__write_number(chrome->export, "loop", event->subject);
	aw__chrome_end(chrome);
	aw__buffer_finish(&name);
	aw__alloc_free(label);
}

static void closed(struct aw__chrome *chrome, const struct aw__event *event)
{
	struct aw__chrome_loop *loop = aw__map_remove(&chrome->loops, event->subject);

	if (loop != NULL && loop->open) {
		struct aw__track track = { loop->pid, loop->pid };

		aw__chrome_begin(chrome, "E", "loop", track, event->time_ns, NULL);
		aw__chrome_end(chrome);
	}
	aw__alloc_free(loop);
}

static void unblocked(struct aw__chrome *chrome, const struct aw__event *event)
{
	const struct aw__chrome_loop *loop = aw__map_get(&chrome->loops, event->subject);
	uint64_t duration_ns = event->loop_unblocked.duration_ns;
	struct aw__track track = aw__chrome_thread_track(chrome, event->thread);

	if (loop != NULL)
		track = (struct aw__track){ loop->pid, loop->pid };
	if (duration_ns > event->time_ns)
		duration_ns = event->time_ns;
	aw__chrome_begin_slice(chrome, "loop", track, event->time_ns - duration_ns, event->time_ns,
			       "blocked");
	aw__write_number(chrome->export, "loop", event->subject);
	aw__write_number(chrome->export, "finding", event->loop_unblocked.finding);
	aw__chrome_end(chrome);
}

void aw__chrome_thread_event(struct aw__chrome *chrome, const struct aw__event *event)
{
	switch (event->kind) {
	case AW__THREAD_STARTED:
		started(chrome, event);
		break;
	case AW__LOOP_OPENED:
	case AW__LOOP_STATE:
		opened(chrome, event);
		break;
	case AW__LOOP_CLOSED:
		closed(chrome, event);
		break;
	default:
		unblocked(chrome, event);
		break;
	}
}

void aw__chrome_threads_finish(struct aw__chrome *chrome)
{
	for (size_t i = 0; i < chrome->loops.capacity; i++)
		aw__alloc_free(chrome->loops.slots[i].value);
	for (size_t i = 0; i < chrome->threads.capacity; i++) {
		struct aw__chrome_thread *thread = chrome->threads.slots[i].value;

		if (thread != NULL)
			aw__alloc_free(thread->name);
		aw__alloc_free(thread);
	}
	aw__map_finish(&chrome->loops);
	aw__map_finish(&chrome->threads);
}
