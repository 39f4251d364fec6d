/* SPDX-License-Identifier: MIT */
/*
 * The notes and attributes of an error: a list that only grows, the newest first.
 *
 * Links never change, so copies of an error share the list, and adding to a copy costs one link. Of
 * two attributes with the same key, the newer one counts.
 */
#ifndef AW__ERROR_DETAIL_H
#define AW__ERROR_DETAIL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

enum aw__error_detail_kind {
	AW__ERROR_NOTE,
	AW__ERROR_INT,
	AW__ERROR_STR,
	AW__ERROR_BYTES,
};

struct aw__error_detail {
	_Atomic uint32_t refs;
	enum aw__error_detail_kind kind;
	struct aw__error_detail *older;
	size_t note_count; /* notes in this link and all older ones */
	int64_t number;	   /* AW__ERROR_INT */
	size_t length;
	char *bytes; /* the rest: `length` bytes and a NUL */
	char key[];  /* of a note: "" */
};

/** Make a link in front of `older`, whose reference it takes. NULL: no memory, nothing changed. */
struct aw__error_detail *aw__error_detail_create(struct aw__error_detail *older,
						 enum aw__error_detail_kind kind, const char *key,
						 const void *bytes, size_t length);
/** Takes NULL. */
struct aw__error_detail *aw__error_detail_ref(struct aw__error_detail *detail);
/** Takes NULL. */
void aw__error_detail_unref(struct aw__error_detail *detail);

/** The newest attribute of this key and kind, if no newer one of another kind hides it; or NULL. */
const struct aw__error_detail *aw__error_detail_find(const struct aw__error_detail *list,
						     const char *key,
						     enum aw__error_detail_kind kind);
/** The note with this index, the oldest being 0; or NULL. */
const struct aw__error_detail *aw__error_detail_note(const struct aw__error_detail *list,
						     size_t index);
/** Append Python's repr() of a str if `text`, else that of bytes, without the b. */
void aw__error_detail_quote(const char *bytes, size_t length, bool text, struct aw__buffer *out);
/** Append an attribute's value as Python's repr() shows it. */
void aw__error_detail_repr(const struct aw__error_detail *detail, struct aw__buffer *out);

#endif
