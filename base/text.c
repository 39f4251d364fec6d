/* SPDX-License-Identifier: MIT */
/*
 * UTF-8 text for terminals, files and JSON: decoding, escaping of characters that could move the cursor or hide
 * text, display width, and the formats of durations, numbers and sizes.
 */
#include "text.h"

#include <inttypes.h>
#include <langinfo.h>
#include <stdio.h>
#include <string.h>

size_t aw__text_decode(const char *text, size_t length, uint32_t *ret_code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *bytes = (const unsigned char *)text;
	size_t size = bytes[0] < 0x80 ? 1 : bytes[0] < 0xc2 ? 0 : bytes[0] < 0xe0 ? 2 : 3;
	uint32_t code;

	if (bytes[0] >= 0xf0)
		size = bytes[0] < 0xf5 ? 4 : 0;
	if (size == 0 || size > length)
		return 0;
	code = size == 1 ? bytes[0] : bytes[0] & (0xffu >> (size + 1));
	for (size_t i = 1; i < size; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (bytes[i] & 0x3f);
	}
	if (code < least[size] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	*ret_code = code;
	return size;
}

struct range {
	uint32_t first, last;
};

static bool is_in(uint32_t code, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count && code >= ranges[i].first; i++)
		if (code <= ranges[i].last)
			return true;
	return false;
}

#define IS_IN(code, ranges) is_in(code, ranges, sizeof(ranges) / sizeof((ranges)[0]))

/* clang-format off */
static const struct range treacherous[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x00ad, 0x00ad }, { 0x061c, 0x061c },
	{ 0x180e, 0x180e }, { 0x200b, 0x200b }, { 0x200e, 0x200f }, { 0x2028, 0x202e },
	{ 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff0, 0xfffb }, { 0xe0000, 0xe0fff },
};

static const struct range zero_wide[] = {
	{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd }, { 0x0610, 0x061a },
	{ 0x064b, 0x065f }, { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x200c, 0x200d },
	{ 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xe0100, 0xe01ef },
};

static const struct range double_wide[] = {
	{ 0x1100, 0x115f }, { 0x231a, 0x231b }, { 0x23e9, 0x23ec }, { 0x2e80, 0x303e },
	{ 0x3041, 0x33ff }, { 0x3400, 0x4dbf }, { 0x4e00, 0x9fff }, { 0xa000, 0xa4cf },
	{ 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe30, 0xfe6f }, { 0xff00, 0xff60 },
	{ 0xffe0, 0xffe6 }, { 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff }, { 0x1f900, 0x1f9ff },
	{ 0x20000, 0x3fffd },
};
/* clang-format on */

bool aw__text_is_treacherous(uint32_t code)
{
	return IS_IN(code, treacherous);
}

static void escape_code(struct aw__buffer *out, uint32_t code)
{
	static const char letters[] = "abtnvfr";

	if (code >= 7 && code <= 13)
		aw__buffer_format(out, "\\%c", letters[code - 7]);
	else if (code < 0x80)
		aw__buffer_format(out, "\\x%02" PRIx32, code);
	else if (code < 0x10000)
		aw__buffer_format(out, "\\u%04" PRIx32, code);
	else
		aw__buffer_format(out, "\\U%08" PRIx32, code);
}

void aw__text_escape(struct aw__buffer *out, const char *text, size_t length, bool ascii)
{
	size_t plain = 0;

	for (size_t at = 0; at < length;) {
		uint32_t code = 0;
		size_t size = aw__text_decode(text + at, length - at, &code);

		if (size > 0 && !IS_IN(code, treacherous) && !(ascii && code >= 0x80)) {
			at += size;
			continue;
		}
		aw__buffer_append(out, text + plain, at - plain);
		if (size > 0)
			escape_code(out, code);
		else
			aw__buffer_format(out, "\\x%02x", (unsigned char)text[at]);
		at += size > 0 ? size : 1;
		plain = at;
	}
	if (length > plain) /* `text` may be NULL if there is none */
		aw__buffer_append(out, text + plain, length - plain);
}

void aw__text_json(struct aw__buffer *out, const char *json, size_t length)
{
	for (size_t at = 0, size; at < length; at += size) {
		uint32_t code;

		size = aw__text_decode(json + at, length - at, &code);
		if (size == 0 || code == '\n' || !IS_IN(code, treacherous)) {
			size = size > 0 ? size : 1;
			aw__buffer_append(out, json + at, size);
		} else if (code > 0xffff) {
			aw__buffer_format(out, "\\u%04x\\u%04x", 0xd7c0 + (code >> 10),
					  0xdc00 + (code & 0x3ff));
		} else {
			aw__buffer_format(out, "\\u%04x", code);
		}
	}
}

void aw__text_valid(struct aw__buffer *out, const char *text, size_t length)
{
	for (size_t at = 0; at < length;) {
		uint32_t code;
		size_t size = aw__text_decode(text + at, length - at, &code);

		if (size > 0)
			aw__buffer_append(out, text + at, size);
		else
			aw__buffer_text(out, "\xef\xbf\xbd");
		at += size > 0 ? size : 1;
	}
}

int aw__text_columns(uint32_t code)
{
	if (code < 0x300)
		return 1;
	if (IS_IN(code, zero_wide))
		return 0;
	return IS_IN(code, double_wide) ? 2 : 1;
}

size_t aw__text_width(const char *text, size_t length)
{
	size_t width = 0;

	for (size_t at = 0; at < length;) {
		uint32_t code = '?';
		size_t size = aw__text_decode(text + at, length - at, &code);

		width += (size_t)aw__text_columns(code);
		at += size > 0 ? size : 1;
	}
	return width;
}

void aw__text_pad(struct aw__buffer *out, size_t from, size_t width)
{
	size_t have;

	if (out->failed || out->length < from)
		return;
	have = aw__text_width(aw__buffer_string(out) + from, out->length - from);
	for (; have < width; have++)
		aw__buffer_char(out, ' ');
}

void aw__text_align_right(struct aw__buffer *out, size_t from, size_t width)
{
	const size_t end = out->length;
	size_t added;

	aw__text_pad(out, from, width);
	added = out->length - end;
	if (added == 0)
		return;
	memmove(out->data + from + added, out->data + from, end - from);
	memset(out->data + from, ' ', added);
}

bool aw__text_locale_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* "1m06s": the smaller unit has two digits, so that columns of durations line up. */
static void two_units(char *to, size_t bytes, uint64_t value, uint64_t unit, const char *names)
{
	snprintf(to, bytes, "%" PRIu64 "%c%02" PRIu64 "%c", value / unit, names[0], value % unit,
		 names[1]);
}

const char *aw__text_duration_into(char *to, size_t bytes, uint64_t ns)
{
	uint64_t seconds = ns / 1000000000u;

	if (ns < 1000)
		snprintf(to, bytes, "%" PRIu64 " ns", ns);
	else if (ns < 1000000)
		snprintf(to, bytes, "%" PRIu64 " us", ns / 1000);
	else if (ns < 1000000000u)
		snprintf(to, bytes, "%" PRIu64 " ms", ns / 1000000);
	else if (seconds < 60)
		snprintf(to, bytes, "%" PRIu64 ".%" PRIu64 " s", seconds, ns / 100000000u % 10);
	else if (seconds < 3600)
		two_units(to, bytes, seconds, 60, "ms");
	else if (seconds < 86400)
		two_units(to, bytes, seconds / 60, 60, "hm");
	else
		two_units(to, bytes, seconds / 3600, 24, "dh");
	return to;
}

void aw__text_duration(struct aw__buffer *out, uint64_t ns)
{
	char text[AW__DURATION_BYTES];

	aw__buffer_text(out, aw__text_duration_into(text, sizeof(text), ns));
}

void aw__text_number(struct aw__buffer *out, uint64_t number)
{
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%" PRIu64, number);

	for (int i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			aw__buffer_char(out, ',');
		aw__buffer_char(out, digits[i]);
	}
}

void aw__text_size(struct aw__buffer *out, uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	size_t unit = 0;
	double value = (double)bytes / 1024;

	if (bytes < 1024) {
		aw__buffer_format(out, "%" PRIu64 " B", bytes);
		return;
	}
	for (; value >= 1024 && unit + 1 < sizeof(units) / sizeof(units[0]); unit++)
		value /= 1024;
	aw__buffer_format(out, "%.1f %s", value, units[unit]);
}

const char *aw__text_below(const char *path, const char *folder)
{
	const size_t length = folder != NULL ? strlen(folder) : 0;

	if (length < 2 || strncmp(path, folder, length) != 0 || path[length] != '/' ||
	    path[length + 1] == '\0')
		return path;
	return path + length + 1;
}
