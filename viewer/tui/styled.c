/* SPDX-License-Identifier: MIT */
#include "viewer/tui/styled.h"

#include <string.h>

#include "base/alloc.h"

void aw__styled_finish(struct aw__styled *styled)
{
	aw__buffer_finish(&styled->text);
	aw__buffer_finish(&styled->inks);
	aw__alloc_free(styled->starts);
	memset(styled, 0, sizeof(*styled));
}

static void begin_line(struct aw__styled *styled)
{
	if (styled->count == styled->capacity) {
		styled->capacity = styled->capacity > 0 ? styled->capacity * 2 : 64;
		styled->starts = aw__alloc_must_resize(styled->starts,
						       styled->capacity * sizeof(*styled->starts));
	}
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

/* `text` begins behind "\x1b[". Returns how long the sequence is. */
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
			if (at + 1 < length && text[at + 1] == '[')
				at += 1 + read_sequence(text + at + 2, length - at - 2, &ink);
		} else {
			aw__buffer_char(&styled->text, text[at]);
			aw__buffer_char(&styled->inks, (char)ink);
		}
	}
	if (length == 0 || text[length - 1] != '\n')
		begin_line(styled);
	styled->count--; /* the last start is an end */
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
