/* SPDX-License-Identifier: MIT */
/*
 * A byte buffer that grows at its end.
 *
 * A failed allocation sets `failed`; later appends are ignored, so a caller checks once, at the end. `data` is
 * NUL-terminated whenever it is not NULL; `length` does not include the NUL.
 *
 * In a buffer with a bound (`most`), an append that would exceed it sets `full`; it and later ones are ignored.
 */
#ifndef AW__BUFFER_H
#define AW__BUFFER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct aw__buffer {
	char *data; /* NULL until the first append */
	size_t length;
	size_t capacity;
	bool failed;
	size_t most; /* 0: no bound */
	bool full;
};

#define AW__BUFFER_EMPTY                                                                           \
	{                                                                                          \
		0                                                                                  \
	}

/** Free the memory; the buffer is empty and usable again. */
void aw__buffer_finish(struct aw__buffer *buffer);
/** Forget the content, keep the memory. */
void aw__buffer_clear(struct aw__buffer *buffer);
/** Shorten the content to `length` bytes, if it is longer, and clear `full`. */
void aw__buffer_cut(struct aw__buffer *buffer, size_t length);
void aw__buffer_append(struct aw__buffer *buffer, const void *bytes, size_t length);
void aw__buffer_text(struct aw__buffer *buffer, const char *text);
void aw__buffer_char(struct aw__buffer *buffer, char c);
__attribute__((format(printf, 2, 3))) void aw__buffer_format(struct aw__buffer *buffer,
							     const char *format, ...);
__attribute__((format(printf, 2, 0))) void
aw__buffer_vformat(struct aw__buffer *buffer, const char *format, va_list arguments);
/** Make room for `length` more bytes and return where they go; NULL if there is no memory or the bound is reached. */
char *aw__buffer_reserve(struct aw__buffer *buffer, size_t length);
/** Drop the first `length` bytes. */
void aw__buffer_consume(struct aw__buffer *buffer, size_t length);
/** The content as a C string: never NULL. */
const char *aw__buffer_string(const struct aw__buffer *buffer);

#endif
