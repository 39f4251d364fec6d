/* SPDX-License-Identifier: MIT */
/*
 * Converts text with SGR sequences (as text reports write) and link sequences into lines for pages, which draw them,
 * search in them and follow their links.
 */
#include "viewer/tui/styled.h"

#include <string.h>

#include "base/alloc.h"

void aw__styled_finish(struct aw__styled *styled)
{
	aw__buffer_finish(&styled->text);
	aw__buffer_finish(&styled->inks);
	aw__alloc_free(styled->starts);
	aw__alloc_free(styled->links);
	memset(styled, 0, sizeof(*styled));
}

static void begin_line(struct aw__styled *styled)
{
	if (styled->count == styled->capacity) {
		styled->capacity = styled->capacity > 0 ? styled->capacity * 2 : 64;
		styled->starts = aw__alloc_must_resize(styled->starts,
						       styled->capacity * sizeof(*styled->starts));
		styled->links = aw__alloc_must_resize(styled->links,
						      styled->capacity * sizeof(*styled->links));
	}
	styled->links[styled->count] = (struct aw__styled_link){ 0 };
	styled->starts[styled->count++] = styled->text.length;
}

static uint8_t apply(uint8_t ink, unsigned parameter)
{
	switch (parameter) {
	case 0:
		return AW__INK_PLAIN;
	case 1:
		return ink | AW__INK_BOLD;
	case 2:
		return ink | AW__INK_DIM;
	case 7:
		return ink | AW__INK_REVERSE;
	case 39:
		return ink & (uint8_t)~AW__INK_COLOURS;
	default:
		if (parameter >= 31 && parameter <= 36)
			return (uint8_t)((ink & ~AW__INK_COLOURS) | (parameter - 30));
		return ink;
	}
}

/* `text` begins after "\x1b[". Returns the length of the sequence. */
static size_t read_sequence(const char *text, size_t length, uint8_t *ink)
{
	uint8_t changed = *ink;
	unsigned parameter = 0;
	size_t at = 0;

	for (; at < length && text[at] >= 0x20 && text[at] < 0x40; at++) {
		if (text[at] >= '0' && text[at] <= '9' && parameter < 1000) {
			parameter = parameter * 10 + (unsigned)(text[at] - '0');
		} else {
			changed = apply(changed, parameter);
			parameter = 0;
		}
	}
	if (at < length && text[at] == 'm')
		*ink = apply(changed, parameter);
	return at < length ? at + 1 : at;
}

static uint64_t read_number(const char *text, size_t length, size_t *at)
{
	uint64_t number = 0;

	for (; *at < length && text[*at] >= '0' && text[*at] <= '9'; ++*at)
		number = number * 10 + (uint64_t)(text[*at] - '0');
	return number;
}

/* `text` begins after "\x1b]". Returns the length of the sequence. */
static size_t read_link(const char *text, size_t length, struct aw__styled_link *link)
{
	size_t at = 1;

	if (length == 0)
		return 0;
	link->kind = text[0];
	link->process = (unsigned)read_number(text, length, &at);
	at += at < length && text[at] == ';';
	link->id = read_number(text, length, &at);
	return at < length && text[at] == '\a' ? at + 1 : at;
}

/* `text` begins after an escape character. Returns the length of the sequence. */
static size_t read_escape(struct aw__styled *styled, const char *text, size_t length, uint8_t *ink)
{
	if (length > 0 && text[0] == '[')
		return 1 + read_sequence(text + 1, length - 1, ink);
	if (length > 0 && text[0] == ']')
		return 1 + read_link(text + 1, length - 1, &styled->links[styled->count - 1]);
	return 0;
}

void aw__styled_set(struct aw__styled *styled, const char *text, size_t length)
{
	uint8_t ink = AW__INK_PLAIN;

	aw__buffer_clear(&styled->text);
	aw__buffer_clear(&styled->inks);
	styled->count = 0;
	begin_line(styled);
	for (size_t at = 0; at < length; at++) {
		if (text[at] == '\n') {
			begin_line(styled);
		} else if (text[at] == '\x1b') {
			at += read_escape(styled, text + at + 1, length - at - 1, &ink);
		} else {
			aw__buffer_char(&styled->text, text[at]);
			aw__buffer_char(&styled->inks, (char)ink);
		}
	}
	if (length == 0 || text[length - 1] != '\n')
		begin_line(styled);
	styled->count--; /* the last entry of `starts` is the end */
}

struct aw__grid_text aw__styled_line(const struct aw__styled *styled, size_t index)
{
	size_t start = styled->starts[index];

	return (struct aw__grid_text){
		.text = aw__buffer_string(&styled->text) + start,
		.length = styled->starts[index + 1] - start,
		.inks = (const uint8_t *)aw__buffer_string(&styled->inks) + start,
	};
}
