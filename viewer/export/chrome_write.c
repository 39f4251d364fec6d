/* SPDX-License-Identifier: MIT */
/*
 * Writes single trace events in Chrome's JSON, with frames and stacks as their arguments, for the other chrome*.c
 * files.
 */
#include "viewer/export/chrome.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"

#define MAX_FRAMES 128

static void relative(struct aw__chrome *chrome, const char *key, uint64_t time_ns)
{
	aw__write_us(chrome->export, key,
		     time_ns > chrome->base_ns ? time_ns - chrome->base_ns : 0);
}

static void begin_event(struct aw__chrome *chrome, const char *phase, struct aw__track track,
			const char *name)
{
	struct aw__export *export = chrome->export;

	aw__buffer_text(&export->out, chrome->any ? ",\n" : "\n");
	chrome->any = true;
	export->comma = false;
	aw__write_begin(export, NULL, '{');
	aw__write_string(export, "ph", phase);
	aw__write_number(export, "pid", track.pid);
	aw__write_number(export, "tid", track.tid);
	aw__write_string(export, "name", name);
}

void aw__chrome_begin(struct aw__chrome *chrome, const char *phase, const char *category,
		      struct aw__track track, uint64_t time_ns, const char *name)
{
	begin_event(chrome, phase, track, name);
	aw__write_string(chrome->export, "cat", category);
	relative(chrome, "ts", time_ns);
	if (strcmp(phase, "i") == 0)
		aw__write_string(chrome->export, "s", "t");
	aw__write_begin(chrome->export, "args", '{');
}

void aw__chrome_begin_slice(struct aw__chrome *chrome, const char *category, struct aw__track track,
			    uint64_t from_ns, uint64_t to_ns, const char *name)
{
	uint64_t start_ns = from_ns > chrome->base_ns ? from_ns : chrome->base_ns;

	begin_event(chrome, "X", track, name);
	aw__write_string(chrome->export, "cat", category);
	relative(chrome, "ts", start_ns);
	aw__write_us(chrome->export, "dur", to_ns > start_ns ? to_ns - start_ns : 0);
	aw__write_begin(chrome->export, "args", '{');
}

void aw__chrome_end(struct aw__chrome *chrome)
{
	aw__write_end(chrome->export, '}');
	aw__write_end(chrome->export, '}');
	aw__write_line(chrome->export, "");
}

void aw__chrome_name(struct aw__chrome *chrome, const char *what, struct aw__track track,
		     const char *name)
{
	begin_event(chrome, "M", track, what);
	aw__write_begin(chrome->export, "args", '{');
	aw__write_string(chrome->export, "name", name);
	aw__chrome_end(chrome);
}

static void write_frame(struct aw__export *export, const char *key, const struct aw__frame *frame)
{
	struct aw__buffer text = AW__BUFFER_EMPTY;

	aw__frame_text(&text, frame);
	aw__write_text(export, key, aw__buffer_string(&text), text.length);
	aw__buffer_finish(&text);
}

void aw__chrome_place(struct aw__chrome *chrome, const char *key, uint64_t place)
{
	struct aw__frame frame;

	if (place != 0 && aw__model_place(chrome->export->names, place, &frame))
		write_frame(chrome->export, key, &frame);
}

/* Returns the number of frames in the part, including those beyond `room`. */
static size_t write_part(struct aw__export *export, const struct aw__stack *part, size_t room)
{
	struct aw__frame frames[AW__FRAME_MAX_INLINED];
	size_t written = 0;

	for (uint32_t i = 0; i < part->count; i++) {
		size_t count = aw__model_frames(export->names, part->frames[i], frames,
						AW__FRAME_MAX_INLINED);

		for (size_t j = 0; j < count; j++, written++)
			if (written < room)
				write_frame(export, NULL, &frames[j]);
	}
	return written;
}

void aw__chrome_stack(struct aw__chrome *chrome, const char *key, uint64_t stack)
{
	struct aw__export *export = chrome->export;
	struct aw__stack_walk walk;
	struct aw__stack part;
	size_t written = 0;

	if (!aw__model_stack(export->names, stack, &part) || aw__export_leaves_out(export))
		return;
	aw__write_begin(export, key, '[');
	aw__model_walk(export->names, stack, &walk);
	while (written < MAX_FRAMES && aw__model_walk_next(&walk, &part)) {
		if (written > 0)
			aw__write_string(export, NULL, "-- the task was created --");
		written += write_part(export, &part, MAX_FRAMES - written);
	}
	if (written > MAX_FRAMES || walk.next != 0)
		aw__write_string(export, NULL, "-- further frames are left out --");
	aw__write_end(export, ']');
}

void aw__chrome_top(struct aw__chrome *chrome, const char *key, uint64_t stack)
{
	struct aw__frame frames[AW__FRAME_MAX_INLINED];
	struct aw__export *export = chrome->export;
	struct aw__stack part;

	if (stack == 0 || !aw__model_stack(export->names, stack, &part))
		return;
	for (uint32_t i = 0; i < part.count; i++) {
		size_t count = aw__model_frames(export->names, part.frames[i], frames,
						AW__FRAME_MAX_INLINED);

		for (size_t j = 0; j < count; j++)
			if (!frames[j].own) {
				write_frame(export, key, &frames[j]);
				return;
			}
	}
}
