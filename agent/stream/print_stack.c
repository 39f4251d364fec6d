/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/stream/print.h"
#include "base/frame.h"
#include "base/text.h"
#include "symbols/symbols.h"

#define MOST_LINKS 64u
struct places {
	struct aw__frame list[AW__FRAME_MAX_INLINED];
	size_t count;
};

/* `entry`: the address is a function's first, not one that a call returns to. */
static void resolve(struct aw__print *print, uint64_t address, bool entry, struct places *ret)
{
	ret->count = 0;
	if (print->symbols != NULL)
		ret->count = aw__symbols_resolve(print->symbols, address, entry, ret->list,
						 AW__FRAME_MAX_INLINED);
}

/* As short as a person in this folder would write it. */
static void put_file(struct aw__print *print, const char *file, size_t length)
{
	char folder[4096];
	size_t prefix;

	if (getcwd(folder, sizeof(folder)) != NULL) {
		prefix = strlen(folder);
		if (prefix > 1 && length > prefix + 1 && memcmp(file, folder, prefix) == 0 &&
		    file[prefix] == '/') {
			file += prefix + 1;
			length -= prefix + 1;
		}
	}
	aw__text_escape(&print->out, file, length, false);
}

void aw__print_indent(struct aw__print *print)
{
	aw__buffer_append(&print->out, print->indent, print->indent_length);
}

void aw__print_frame_line(struct aw__print *print, const char *file, size_t file_length,
			  uint32_t line, const char *function)
{
	char path[4096];
	const char *source;
	size_t length;

	aw__print_indent(print);
	aw__buffer_text(&print->out, "  File \"");
	put_file(print, file, file_length);
	aw__buffer_format(&print->out, "\", line %u, in ", line);
	aw__text_escape(&print->out, function, strlen(function), false);
	aw__buffer_char(&print->out, '\n');
	if (print->sources == NULL || file_length >= sizeof(path))
		return;
	memcpy(path, file, file_length);
	path[file_length] = '\0';
	source = aw__source_files_line(print->sources, path, line, &length);
	if (source == NULL || length == 0)
		return;
	aw__print_indent(print);
	aw__buffer_text(&print->out, "    ");
	aw__text_escape(&print->out, source, length, false);
	aw__buffer_char(&print->out, '\n');
}

static void print_place(struct aw__print *print, const struct aw__frame *place)
{
	const char *function = place->function != NULL ? place->function : "?";

	if (place->file != NULL) {
		aw__print_frame_line(print, place->file, strlen(place->file), place->line,
				     function);
		return;
	}
	aw__print_indent(print);
	aw__buffer_text(&print->out, "  In ");
	aw__text_escape(&print->out, function, strlen(function), false);
	aw__buffer_char(&print->out, '\n');
}

static bool string_of(struct aw__print *print, uint64_t id, struct aw__definition *ret)
{
	return aw__box_definition(print->box, id, ret) && ret->kind == AW__STRING;
}

static bool place_of(struct aw__print *print, uint64_t id, struct aw__definition *ret)
{
	return aw__box_definition(print->box, id, ret) && ret->kind == AW__PLACE &&
	       ret->number_count >= AW__PLACE_NUMBERS;
}

static void print_told_place(struct aw__print *print, uint64_t id)
{
	struct aw__definition place, function, file;
	char name[256] = "?";

	if (!place_of(print, id, &place))
		return;
	if (string_of(print, place.numbers[AW__PLACE_FUNCTION], &function))
		snprintf(name, sizeof(name), "%.*s", (int)function.text_length, function.text);
	if (string_of(print, place.numbers[AW__PLACE_FILE], &file))
		aw__print_frame_line(print, file.text, file.text_length,
				     (uint32_t)place.numbers[AW__PLACE_LINE], name);
}

/* Outermost first, as Python does: so the frames go backwards. */
static void print_frames(struct aw__print *print, const struct aw__definition *stack)
{
	struct places places;

	for (uint32_t i = stack->number_count; i > AW__STACK_FRAMES; i--) {
		const uint64_t frame = stack->numbers[i - 1];

		if ((frame & AW__FRAME_IS_PLACE) != 0) {
			print_told_place(print, frame & UINT32_MAX);
			continue;
		}
		resolve(print, frame, false, &places);
		for (size_t p = places.count; p > 0; p--)
			if (!places.list[p - 1].own)
				print_place(print, &places.list[p - 1]);
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

static bool put_site(struct aw__print *print, const struct aw__frame *place)
{
	if (place->file == NULL)
		return false;
	put_file(print, place->file, strlen(place->file));
	aw__buffer_format(&print->out, ":%u", place->line);
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
	struct aw__definition place, function;

	if (place_of(print, id, &place) &&
	    string_of(print, place.numbers[AW__PLACE_FUNCTION], &function))
		aw__text_escape(&print->out, function.text, function.text_length, false);
	else
		aw__buffer_char(&print->out, '?');
}

bool aw__print_place_site(struct aw__print *print, uint64_t id)
{
	struct aw__definition place, file;
	struct places places;

	if (!place_of(print, id, &place))
		return false;
	if (string_of(print, place.numbers[AW__PLACE_FILE], &file)) {
		put_file(print, file.text, file.text_length);
		aw__buffer_format(&print->out, ":%u", (unsigned)place.numbers[AW__PLACE_LINE]);
		return true;
	}
	if (place.numbers[AW__PLACE_ADDRESS] == 0)
		return false;
	resolve(print, place.numbers[AW__PLACE_ADDRESS], true, &places);
	return places.count > 0 && put_site(print, &places.list[places.count - 1]);
}
