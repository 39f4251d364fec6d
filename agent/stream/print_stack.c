/* SPDX-License-Identifier: MIT */
/*
 * Prints stacks and places for print.c and print_error.c like Python's tracebacks, with source lines, and the
 * stacks of creating tasks before them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agent/stream/print.h"
#include "base/stack_frame.h"
#include "base/text.h"

#define MOST_LINKS 64u
struct places {
	struct aw__frame list[AW__FRAME_MAX_INLINED];
	size_t count;
};

/* `entry`: the address is a function's first, not one that a call returns to. */
static void resolve(struct aw__print *print, uint64_t address, bool entry, struct places *ret)
{
	ret->count = aw__symbolizer_resolve(print->symbols, address, entry, ret->list,
					    AW__FRAME_MAX_INLINED);
}

static void put_file(struct aw__print *print, const char *file)
{
	file = aw__text_below(file, print->folder);
	aw__text_escape(&print->out, file, strlen(file), false);
}

void aw__print_indent(struct aw__print *print)
{
	aw__buffer_append(&print->out, print->indent, print->indent_length);
}

/* `  File "…", line N, in …`, and the source line. */
static void print_frame(struct aw__print *print, const struct aw__frame *frame)
{
	const char *function = frame->function != NULL ? frame->function : "?";
	const char *source;
	size_t length;

	aw__print_indent(print);
	if (frame->file != NULL) {
		aw__buffer_text(&print->out, "  File \"");
		put_file(print, frame->file);
		aw__buffer_format(&print->out, "\", line %u, in ", frame->line);
	} else {
		aw__buffer_text(&print->out, "  In ");
	}
	if (frame->function == NULL && frame->module != NULL) {
		put_file(print, frame->module);
		aw__buffer_format(&print->out, "+0x%" PRIx64, frame->offset);
	} else {
		aw__text_escape(&print->out, function, strlen(function), false);
	}
	aw__buffer_char(&print->out, '\n');
	if (frame->file == NULL)
		return;
	source = aw__symbolizer_source(print->symbols, frame->file, frame->line, &length);
	if (source == NULL || length == 0)
		return;
	aw__print_indent(print);
	aw__buffer_text(&print->out, "    ");
	aw__text_escape(&print->out, source, length, false);
	aw__buffer_char(&print->out, '\n');
}

/* A place that the program named, as a frame, with its strings. */
struct named_place {
	struct aw__frame frame;
	uint64_t address; /* of the function, if it has no name or file */
	char function[256];
	char file[4096];
};

static const char *copy_string(struct aw__print *print, uint64_t id, char *ret, size_t size)
{
	struct aw__definition string;

	if (!aw__box_definition(print->box, id, &string) || string.kind != AW__STRING)
		return NULL;
	snprintf(ret, size, "%.*s", (int)string.text_length, string.text);
	return ret;
}

static bool read_named_place(struct aw__print *print, uint64_t id, struct named_place *ret)
{
	struct aw__definition place;

	memset(&ret->frame, 0, sizeof(ret->frame));
	if (!aw__box_definition(print->box, id, &place) || place.kind != AW__PLACE ||
	    place.number_count < AW__PLACE_NUMBERS)
		return false;
	ret->frame.function = copy_string(print, place.numbers[AW__PLACE_FUNCTION], ret->function,
					  sizeof(ret->function));
	ret->frame.file =
		copy_string(print, place.numbers[AW__PLACE_FILE], ret->file, sizeof(ret->file));
	ret->frame.line = (uint32_t)place.numbers[AW__PLACE_LINE];
	ret->address = place.numbers[AW__PLACE_ADDRESS];
	return true;
}

void aw__print_place(struct aw__print *print, uint64_t id)
{
	struct named_place named;

	if (read_named_place(print, id, &named))
		print_frame(print, &named.frame);
}

/* The outermost frame first, like Python: so from the last one to the first. */
static void print_frames(struct aw__print *print, const struct aw__definition *stack)
{
	struct places places;

	for (uint32_t i = stack->number_count; i > AW__STACK_FRAMES; i--) {
		const uint64_t frame = stack->numbers[i - 1];

		if ((frame & AW__FRAME_IS_PLACE) != 0) {
			aw__print_place(print, frame & UINT32_MAX);
			continue;
		}
		resolve(print, frame, false, &places);
		for (size_t p = places.count; p > 0; p--)
			if (!places.list[p - 1].own)
				print_frame(print, &places.list[p - 1]);
	}
}

void aw__print_stack(struct aw__print *print, uint64_t stack)
{
	struct aw__definition chain[MOST_LINKS];
	unsigned count = 0;

	while (count < MOST_LINKS && stack != 0 &&
	       aw__box_definition(print->box, stack, &chain[count]) &&
	       chain[count].kind == AW__STACK && chain[count].number_count >= AW__STACK_FRAMES) {
		stack = chain[count].numbers[AW__STACK_LINK];
		count++;
	}
	if (count > 0 && (chain[count - 1].numbers[AW__STACK_FLAGS] & AW__STACK_LINK_CUT) != 0) {
		aw__print_indent(print);
		aw__buffer_text(&print->out, "  (earlier ancestors are not kept)\n");
	}
	for (unsigned i = count; i > 0; i--) {
		const uint64_t flags = chain[i - 1].numbers[AW__STACK_FLAGS];

		if ((flags & AW__STACK_CUT) != 0) {
			aw__print_indent(print);
			aw__buffer_text(&print->out,
					"  (outer frames beyond AWRY_STACK_DEPTH are not kept)\n");
		}
		if ((flags & AW__STACK_UNWALKED) != 0) {
			aw__print_indent(print);
			aw__buffer_text(&print->out, "  (outer frames could not be walked)\n");
		}
		if ((flags & AW__STACK_BEFORE_RECORDING) != 0) {
			aw__print_indent(print);
			aw__buffer_text(&print->out, "  (created before recording began)\n");
		}
		print_frames(print, &chain[i - 1]);
		if ((flags & AW__STACK_REPEATS) != 0) {
			aw__print_indent(print);
			aw__buffer_text(&print->out,
					"  (and again: each such task created the next)\n");
		}
		if (i > 1) {
			aw__print_indent(print);
			aw__buffer_text(&print->out, "  -- the task that was created there --\n");
		}
	}
}

static bool put_site(struct aw__print *print, const struct aw__frame *frame)
{
	if (frame->file == NULL)
		return false;
	put_file(print, frame->file);
	aw__buffer_format(&print->out, ":%u", frame->line);
	return true;
}

bool aw__print_stack_top(struct aw__print *print, uint64_t stack)
{
	struct aw__definition definition;
	struct places places;

	if (!aw__box_definition(print->box, stack, &definition) || definition.kind != AW__STACK)
		return false;
	for (uint32_t i = AW__STACK_FRAMES; i < definition.number_count; i++) {
		const uint64_t frame = definition.numbers[i];

		if ((frame & AW__FRAME_IS_PLACE) != 0)
			return aw__print_place_site(print, frame & UINT32_MAX);
		resolve(print, frame, false, &places);
		for (size_t p = 0; p < places.count; p++)
			if (!places.list[p].own)
				return put_site(print, &places.list[p]);
	}
	return false;
}

void aw__print_place_name(struct aw__print *print, uint64_t id)
{
	struct places places;
	struct named_place named;
	const char *name = NULL;

	if (read_named_place(print, id, &named)) {
		name = named.frame.function;
		if (name == NULL && named.address != 0) {
			resolve(print, named.address, true, &places);
			name = places.count > 0 ? places.list[places.count - 1].function : NULL;
		}
	}
	name = name != NULL ? name : "?";
	aw__text_escape(&print->out, name, strlen(name), false);
}

bool aw__print_place_site(struct aw__print *print, uint64_t id)
{
	struct places places;
	struct named_place named;

	if (!read_named_place(print, id, &named))
		return false;
	if (named.frame.file != NULL)
		return put_site(print, &named.frame);
	if (named.address == 0)
		return false;
	resolve(print, named.address, true, &places);
	return places.count > 0 && put_site(print, &places.list[places.count - 1]);
}
