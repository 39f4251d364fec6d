/* SPDX-License-Identifier: MIT */
#include "agent/runtime/error_detail.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"

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

/* The length of the valid UTF-8 sequence of a printable, non-ASCII character at `at`; 0 if it is
 * none. */
static size_t wide(const unsigned char *at, size_t left)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
	uint32_t point = at[0] & (0x7fu >> length);

	if (at[0] < 0xc2 || at[0] > 0xf4 || length > left)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (at[i] & 0x3f);
	}
	if (point < least[length] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
		return 0;
	return point > 0xa0 && point != 0xad && !(point >= 0x2028 && point <= 0x202e) ? length : 0;
}

static void quoted(const unsigned char *bytes, size_t length, bool text, struct aw__buffer *out)
{
	bool apostrophe = length > 0 && memchr(bytes, '\'', length) != NULL;
	char quote = apostrophe && memchr(bytes, '"', length) == NULL ? '"' : '\'';

	aw__buffer_char(out, quote);
	for (size_t i = 0; i < length; i++) {
		unsigned char c = bytes[i];
		size_t run = text && c >= 0x80 ? wide(bytes + i, length - i) : 0;

		if (run > 0) {
			aw__buffer_append(out, bytes + i, run);
			i += run - 1;
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
	quoted((const unsigned char *)detail->bytes, detail->length,
	       detail->kind != AW__ERROR_BYTES, out);
}
