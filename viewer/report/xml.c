/* SPDX-License-Identifier: MIT */
/*
 * Escapes text for XML and HTML, for the JUnit and HTML reports; bytes that are not UTF-8, and characters that XML
 * 1.0 forbids, become U+FFFD.
 */
#include "viewer/report/formats.h"

#include <string.h>

#include "base/text.h"

/* XML 1.0, production [2]. */
static bool is_allowed(uint32_t code)
{
	return code == '\t' || code == '\n' || code == '\r' || (code >= 0x20 && code < 0xd800) ||
	       (code >= 0xe000 && code < 0xfffe) || code >= 0x10000;
}

static const char *entity(uint32_t code, bool attribute)
{
	switch (code) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	case '\t':
		return attribute ? "&#9;" : NULL;
	case '\n':
		return attribute ? "&#10;" : NULL;
	case '\r':
		return "&#13;";
	default:
		return NULL;
	}
}

static void put(struct aw__buffer *out, const char *text, size_t length, bool attribute)
{
	for (const char *end = length > 0 ? text + length : text; text < end;) {
		uint32_t code;
		size_t bytes = aw__text_decode(text, (size_t)(end - text), &code);

		if (bytes == 0 || !is_allowed(code))
			aw__buffer_text(out, "\xef\xbf\xbd");
		else if (entity(code, attribute) != NULL)
			aw__buffer_text(out, entity(code, attribute));
		else if (code >= 0x7f && aw__text_is_treacherous(code))
			aw__text_escape(out, text, bytes, false);
		else
			aw__buffer_append(out, text, bytes);
		text += bytes > 0 ? bytes : 1;
	}
}

void aw__xml_text(struct aw__buffer *out, const char *text, size_t length)
{
	put(out, text, length, false);
}

void aw__xml_attribute(struct aw__buffer *out, const char *text, size_t length)
{
	put(out, text, length, true);
}
