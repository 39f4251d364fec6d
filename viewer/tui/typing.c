/* SPDX-License-Identifier: MIT */
/* Line editing for the search pattern and the filter: appends a typed character as UTF-8, or deletes the last one. */
#include "viewer/tui/typing.h"

#include "viewer/tui/keys.h"

static void append_code(struct aw__buffer *out, uint32_t code)
{
	if (code < 0x80) {
		aw__buffer_char(out, (char)code);
		return;
	}
	if (code < 0x800) {
		aw__buffer_char(out, (char)(0xc0 | code >> 6));
	} else if (code < 0x10000) {
		aw__buffer_char(out, (char)(0xe0 | code >> 12));
		aw__buffer_char(out, (char)(0x80 | (code >> 6 & 0x3f)));
	} else {
		aw__buffer_char(out, (char)(0xf0 | code >> 18));
		aw__buffer_char(out, (char)(0x80 | (code >> 12 & 0x3f)));
		aw__buffer_char(out, (char)(0x80 | (code >> 6 & 0x3f)));
	}
	aw__buffer_char(out, (char)(0x80 | (code & 0x3f)));
}

static void drop_last(struct aw__buffer *text)
{
	size_t length = text->length;

	while (length > 0 && (text->data[--length] & 0xc0) == 0x80)
		;
	aw__buffer_cut(text, length);
}

void aw__typing_key(struct aw__buffer *text, uint32_t key)
{
	if (key == AW__KEY_BACKSPACE || key == 8)
		drop_last(text);
	else if (key >= ' ' && key < AW__KEY_UP && text->length < AW__TYPING_MOST)
		append_code(text, key);
}
