/* SPDX-License-Identifier: MIT */
/*
 * UTF-8 text, and how to show untrusted text on a terminal: characters that could move the cursor, hide text, reverse its
 * direction or imitate other text are written as escapes.
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
 * @param ascii  escape all characters that are not ASCII, too
 */
void aw__text_escape(struct aw__buffer *out, const char *text, size_t length, bool ascii);

/** Append `text` with U+FFFD for every byte that is not UTF-8: for output formats that do their own
 * escaping. */
void aw__text_valid(struct aw__buffer *out, const char *text, size_t length);

/** Append `json`, a document in UTF-8, with the characters that aw__text_escape() escapes written like \u202e: the same
 * document, safe to show on a terminal. */
void aw__text_json(struct aw__buffer *out, const char *json, size_t length);

/** True for characters that aw__text_escape() escapes: those that could move the cursor, or hide, reverse or imitate text. */
bool aw__text_is_treacherous(uint32_t code);

/**
 * Decode one character of `text`, whose length is at least 1.
 *
 * @param ret_code  the code point
 * Returns the character's length in bytes; 0 if the first byte does not begin a valid character.
 */
size_t aw__text_decode(const char *text, size_t length, uint32_t *ret_code);

/** Width of an escaped text, in terminal columns. */
size_t aw__text_width(const char *text, size_t length);
/** Width of one character, in terminal columns: 0, 1 or 2. */
int aw__text_columns(uint32_t code);

/** Append spaces until the text that begins at `from` in `out` is `width` columns wide. */
void aw__text_pad(struct aw__buffer *out, size_t from, size_t width);
/** The same with the spaces before the text: its end is at column `width` after `from`. */
void aw__text_align_right(struct aw__buffer *out, size_t from, size_t width);

/** `path` relative to `folder` (may be NULL) if it lies below it, else `path` itself. */
const char *aw__text_below(const char *path, const char *folder);

/** True if the locale's encoding is UTF-8. Call setlocale() first. */
bool aw__text_locale_is_utf8(void);

/** Append a duration: "830 ns", "12 us", "340 ms", "2.5 s", "3m20s", "2h05m", "3d04h". */
void aw__text_duration(struct aw__buffer *out, uint64_t ns);
#define AW__DURATION_BYTES 48u
/** Write the same text to `to`, of `bytes`: AW__DURATION_BYTES are enough. Allocates nothing. Returns `to`. */
const char *aw__text_duration_into(char *to, size_t bytes, uint64_t ns);
/** Append a number with thousands separated: "1,234,567". */
void aw__text_number(struct aw__buffer *out, uint64_t number);
/** Append a size: "812 B", "4.0 KiB", "1.2 GiB". */
void aw__text_size(struct aw__buffer *out, uint64_t bytes);

#endif
