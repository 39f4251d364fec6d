/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: untrusted text for a terminal. No characters are left that move the cursor, hide text or reverse
 * it.
 */
#include <string.h>

#include "base/text.h"
#include "fuzz.h"

/* Whether a terminal would do more than show the character. The joiners U+200C and U+200D are allowed in words. */
static bool is_active(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x200b || code == 0x200e ||
	       code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069) || code == 0xfeff ||
	       (code >= 0xe0000 && code <= 0xe007f);
}

static void check(const struct aw__buffer *out, bool ascii)
{
	const char *text = (const char *)out->data;
	size_t size;

	for (size_t at = 0; at < out->length; at += size) {
		uint32_t code;

		size = aw__text_decode(text + at, out->length - at, &code);
		MUST(size > 0);
		MUST(!is_active(code));
		MUST(!ascii || code < 0x80);
	}
	MUST(aw__text_width(text, out->length) <= 2 * out->length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct aw__buffer out = { 0 };

	for (int ascii = 0; ascii < 2; ascii++) {
		aw__text_escape(&out, (const char *)data, size, ascii);
		MUST(!out.failed && out.length >= size);
		check(&out, ascii);
		aw__buffer_finish(&out);
	}
	aw__text_valid(&out, (const char *)data, size);
	for (size_t at = 0, step; at < out.length; at += step) {
		uint32_t code;

		step = aw__text_decode((const char *)out.data + at, out.length - at, &code);
		MUST(step > 0);
	}
	aw__buffer_finish(&out);
	return 0;
}
