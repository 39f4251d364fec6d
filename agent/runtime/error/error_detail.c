/* SPDX-License-Identifier: MIT */
/*
 * Notes and attributes of errors: immutable lists that copies of an error share, and their text as Python's repr()
 * writes it.
 */
#include "agent/runtime/error/error_detail.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

struct aw__error_detail *aw__error_detail_create(struct aw__error_detail *older,
						 enum aw__error_detail_kind kind, const char *key,
						 const void *bytes, size_t length)
{
	size_t key_length = strlen(key);
	struct aw__error_detail *detail = aw__alloc(sizeof(*detail) + key_length + 1 + length + 1);

	if (detail == NULL)
		return NULL;
	atomic_init(&detail->refs, 1);
	detail->kind = kind;
	detail->older = older;
	detail->note_count = (older != NULL ? older->note_count : 0) + (kind == AW__ERROR_NOTE);
	detail->number = 0;
	detail->length = length;
	memcpy(detail->key, key, key_length + 1);
	detail->bytes = detail->key + key_length + 1;
	if (length > 0)
		memcpy(detail->bytes, bytes, length);
	detail->bytes[length] = '\0';
	return detail;
}

struct aw__error_detail *aw__error_detail_ref(struct aw__error_detail *detail)
{
	if (detail != NULL)
		atomic_fetch_add_explicit(&detail->refs, 1, memory_order_relaxed);
	return detail;
}

void aw__error_detail_unref(struct aw__error_detail *detail)
{
	while (detail != NULL &&
	       atomic_fetch_sub_explicit(&detail->refs, 1, memory_order_acq_rel) == 1) {
		struct aw__error_detail *older = detail->older;

		aw__alloc_free(detail);
		detail = older;
	}
}

const struct aw__error_detail *aw__error_detail_find(const struct aw__error_detail *list,
						     const char *key,
						     enum aw__error_detail_kind kind)
{
	for (; list != NULL; list = list->older)
		if (list->kind != AW__ERROR_NOTE && strcmp(list->key, key) == 0)
			return list->kind == kind ? list : NULL;
	return NULL;
}

const struct aw__error_detail *aw__error_detail_note(const struct aw__error_detail *list,
						     size_t index)
{
	if (list == NULL || index >= list->note_count)
		return NULL;
	while (list->kind != AW__ERROR_NOTE || list->note_count != index + 1)
		list = list->older;
	return list;
}

/* False for what Python escapes: controls, formats, surrogates, private use, spaces but U+0020. */
static bool printable(uint32_t point)
{
	static const uint32_t hidden[][2] = {
		{ 0x80, 0xa0 },	    { 0xad, 0xad },	  { 0x600, 0x605 },
		{ 0x61c, 0x61c },   { 0x6dd, 0x6dd },	  { 0x70f, 0x70f },
		{ 0x1680, 0x1680 }, { 0x180e, 0x180e },	  { 0x2000, 0x200f },
		{ 0x2028, 0x202f }, { 0x205f, 0x206f },	  { 0x3000, 0x3000 },
		{ 0xd800, 0xf8ff }, { 0xfeff, 0xfeff },	  { 0xfff0, 0xfffb },
		{ 0xfffe, 0xffff }, { 0xe0000, 0xe0fff }, { 0xf0000, UINT32_MAX },
	};

	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (point >= hidden[i][0] && point <= hidden[i][1])
			return false;
	return true;
}

/* Append a character that is not ASCII, or a byte that is not UTF-8. Returns the bytes consumed. */
static size_t wide(const char *at, size_t left, struct aw__buffer *out)
{
	uint32_t point;
	size_t length = aw__text_decode(at, left, &point);

	if (length == 0) /* as Python's surrogateescape does */
		aw__buffer_format(out, "\\udc%02x", (unsigned char)*at);
	else if (printable(point))
		aw__buffer_append(out, at, length);
	else if (point < 0x100)
		aw__buffer_format(out, "\\x%02x", point);
	else if (point < 0x10000)
		aw__buffer_format(out, "\\u%04x", point);
	else
		aw__buffer_format(out, "\\U%08x", point);
	return length > 0 ? length : 1;
}

void aw__error_detail_quote(const char *string, size_t length, bool text, struct aw__buffer *out)
{
	const unsigned char *bytes = (const unsigned char *)string;
	bool apostrophe = length > 0 && memchr(bytes, '\'', length) != NULL;
	char quote = apostrophe && memchr(bytes, '"', length) == NULL ? '"' : '\'';

	aw__buffer_char(out, quote);
	for (size_t i = 0; i < length; i++) {
		unsigned char c = bytes[i];

		if (text && c >= 0x80) {
			i += wide(string + i, length - i, out) - 1;
		} else if (c == (unsigned char)quote || c == '\\') {
			aw__buffer_format(out, "\\%c", c);
		} else if (c == '\n' || c == '\r' || c == '\t') {
			aw__buffer_format(out, "\\%c", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
		} else if (c < 0x20 || c >= 0x7f) {
			aw__buffer_format(out, "\\x%02x", c);
		} else {
			aw__buffer_char(out, (char)c);
		}
	}
	aw__buffer_char(out, quote);
}

void aw__error_detail_repr(const struct aw__error_detail *detail, struct aw__buffer *out)
{
	if (detail->kind == AW__ERROR_INT) {
		aw__buffer_format(out, "%" PRId64, detail->number);
		return;
	}
	if (detail->kind == AW__ERROR_BYTES)
		aw__buffer_char(out, 'b');
	aw__error_detail_quote(detail->bytes, detail->length, detail->kind != AW__ERROR_BYTES, out);
}
