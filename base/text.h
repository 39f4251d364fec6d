/* SPDX-License-Identifier: MIT */
/*
 * Text from elsewhere is data: before it reaches a terminal, whatever could move the cursor, hide,
 * turn around or pretend is written out as an escape.
 */
#ifndef AW__TEXT_H
#define AW__TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

/**
 * Append `text`, escaped: control characters as \n, \t, \x1b; C1 controls, bidirectional overrides,
 * line separators, tags and the byte order mark as \u202e; bytes that are not UTF-8 as \xff.
 *
 * @param ascii  escape whatever is not ASCII, too
 */
void aw__text_escape(struct aw__buffer *out, const char *text, size_t length, bool ascii);

/** Append `text` with U+FFFD for every byte that is not UTF-8: for formats that escape by
 * themselves. */
void aw__text_valid(struct aw__buffer *out, const char *text, size_t length);

/** Append `json`, a document in UTF-8, with whatever aw__text_escape() would escape as \u202e: the same
 * document, and safe on a terminal. */
void aw__text_json(struct aw__buffer *out, const char *json, size_t length);

/** Whether a character could move the cursor, hide, turn text around or pretend: aw__text_escape() escapes it. */
bool aw__text_is_treacherous(uint32_t code);

/**
 * Decode one character of `text`, whose length is at least 1.
 *
 * @param ret_code  the character
 * Returns the bytes it takes; 0 if the first byte does not begin a valid one.
 */
size_t aw__text_decode(const char *text, size_t length, uint32_t *ret_code);

/** Terminal columns of a text that was escaped. */
size_t aw__text_width(const char *text, size_t length);
/** Columns of one character: 0, 1 or 2. */
int aw__text_columns(uint32_t code);

/** Append spaces until the text that begins at `from` in `out` is `width` columns wide. */
void aw__text_pad(struct aw__buffer *out, size_t from, size_t width);

/** The part of `path` that a person in `folder` would write: what is below it, or all of it. */
const char *aw__text_below(const char *path, const char *folder);

/** True if the locale's characters are UTF-8 (after setlocale()). */
bool aw__text_locale_is_utf8(void);

/** Append a duration: "830 ns", "12 us", "340 ms", "2.5 s", "3m20s", "2h05m", "3d04h". */
void aw__text_duration(struct aw__buffer *out, uint64_t ns);
/** A number with thousands separated: "1,234,567". */
void aw__text_number(struct aw__buffer *out, uint64_t number);
/** A size: "812 B", "4.0 KiB", "1.2 GiB". */
void aw__text_size(struct aw__buffer *out, uint64_t bytes);

#endif
