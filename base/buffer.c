/* SPDX-License-Identifier: MIT */
/*
 * Growing byte buffers, used wherever text or frames are built. A failed allocation is remembered in the buffer,
 * so that callers check once, at the end.
 */
#include "buffer.h"

#include <stdio.h>
#include <string.h>

#include "alloc.h"

void aw__buffer_finish(struct aw__buffer *buffer)
{
	aw__alloc_free(buffer->data);
	memset(buffer, 0, sizeof(*buffer));
}

void aw__buffer_clear(struct aw__buffer *buffer)
{
	buffer->length = 0;
	buffer->failed = buffer->full = false;
	if (buffer->data != NULL)
		buffer->data[0] = '\0';
}

void aw__buffer_cut(struct aw__buffer *buffer, size_t length)
{
	buffer->full = false;
	if (length >= buffer->length)
		return;
	buffer->length = length;
	buffer->data[length] = '\0';
}

char *aw__buffer_reserve(struct aw__buffer *buffer, size_t length)
{
	size_t capacity = buffer->capacity > 0 ? buffer->capacity : 64;
	char *data;

	if (buffer->failed || buffer->full)
		return NULL;
	if (buffer->most > 0 && length > buffer->most - buffer->length) {
		buffer->full = true;
		return NULL;
	}
	if (length < buffer->capacity - buffer->length)
		return buffer->data + buffer->length;
	while (capacity - buffer->length <= length)
		capacity *= 2;
	data = aw__alloc_resize(buffer->data, capacity);
	if (data == NULL) {
		buffer->failed = true;
		return NULL;
	}
	buffer->data = data;
	buffer->capacity = capacity;
	return data + buffer->length;
}

void aw__buffer_append(struct aw__buffer *buffer, const void *bytes, size_t length)
{
	char *at = aw__buffer_reserve(buffer, length);

	if (at == NULL)
		return;
	if (length > 0)
		memcpy(at, bytes, length);
	buffer->length += length;
	buffer->data[buffer->length] = '\0';
}

void aw__buffer_text(struct aw__buffer *buffer, const char *text)
{
	aw__buffer_append(buffer, text, strlen(text));
}

void aw__buffer_char(struct aw__buffer *buffer, char c)
{
	aw__buffer_append(buffer, &c, 1);
}

void aw__buffer_vformat(struct aw__buffer *buffer, const char *format, va_list arguments)
{
	va_list again;
	char *at;
	int length;

	va_copy(again, arguments);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	at = length < 0 ? NULL : aw__buffer_reserve(buffer, (size_t)length);
	if (at == NULL)
		return;
	vsnprintf(at, (size_t)length + 1, format, arguments);
	buffer->length += (size_t)length;
}

void aw__buffer_format(struct aw__buffer *buffer, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	aw__buffer_vformat(buffer, format, arguments);
	va_end(arguments);
}

void aw__buffer_consume(struct aw__buffer *buffer, size_t length)
{
	if (length >= buffer->length) {
		aw__buffer_clear(buffer);
		return;
	}
	buffer->length -= length;
	memmove(buffer->data, buffer->data + length, buffer->length + 1);
}

const char *aw__buffer_string(const struct aw__buffer *buffer)
{
	return buffer->data != NULL ? buffer->data : "";
}
