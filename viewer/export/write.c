/* SPDX-License-Identifier: MIT */
/*
 * A streaming JSON writer for the chrome, speedscope, json and otlp exporters. Strings are valid UTF-8, characters
 * that a terminal would act on are escaped, and numbers beyond 63 bits are strings.
 */
#include "viewer/export/export_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/text.h"

#define FLUSH_BYTES 65536u

static void value(struct aw__export *export, const char *key)
{
	if (export->comma)
		aw__buffer_char(&export->out, ',');
	export->comma = true;
	if (key == NULL)
		return;
	aw__buffer_char(&export->out, '"');
	aw__buffer_text(&export->out, key);
	aw__buffer_append(&export->out, "\":", 2);
}

void aw__write_begin(struct aw__export *export, const char *key, char bracket)
{
	value(export, key);
	aw__buffer_char(&export->out, bracket);
	export->comma = false;
}

void aw__write_end(struct aw__export *export, char bracket)
{
	aw__buffer_char(&export->out, bracket);
	export->comma = true;
}

void aw__write_number(struct aw__export *export, const char *key, uint64_t number)
{
	const char *quotes = number > INT64_MAX ? "\"" : "";
	char digits[20], *at = digits + sizeof(digits);

	value(export, key);
	aw__buffer_text(&export->out, quotes);
	do
		*--at = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	aw__buffer_append(&export->out, at, (size_t)(digits + sizeof(digits) - at));
	aw__buffer_text(&export->out, quotes);
}

void aw__write_address(struct aw__export *export, const char *key, uint64_t address)
{
	value(export, key);
	aw__buffer_format(&export->out, "\"0x%" PRIx64 "\"", address);
}

void aw__write_us(struct aw__export *export, const char *key, uint64_t ns)
{
	value(export, key);
	aw__buffer_format(&export->out, "%" PRIu64 ".%03" PRIu64, ns / 1000, ns % 1000);
}

void aw__write_bool(struct aw__export *export, const char *key, bool is)
{
	value(export, key);
	aw__buffer_text(&export->out, is ? "true" : "false");
}

/* The length of a character that must be escaped; 0 if it need not be. */
static size_t hidden_at(const char *text, size_t length)
{
	uint32_t code;
	const size_t size = aw__text_decode(text, length, &code);

	return size > 0 && aw__text_is_treacherous(code) ? size : 0;
}

/* `text` is valid UTF-8. */
static void quote(struct aw__buffer *out, const char *text, size_t length)
{
	size_t plain = 0;

	aw__buffer_char(out, '"');
	for (size_t at = 0; at < length; at++) {
		unsigned char c = (unsigned char)text[at];

		if (c >= 0x80) {
			const size_t size = hidden_at(text + at, length - at);

			if (size == 0)
				continue;
			aw__buffer_append(out, text + plain, at - plain);
			aw__text_json(out, text + at, size);
			at += size - 1;
			plain = at + 1;
			continue;
		}
		if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
			continue;
		aw__buffer_append(out, text + plain, at - plain);
		plain = at + 1;
		if (c == '"' || c == '\\')
			aw__buffer_format(out, "\\%c", c);
		else if (c == '\n')
			aw__buffer_text(out, "\\n");
		else
			aw__buffer_format(out, "\\u%04x", c);
	}
	if (length > plain) /* `text` may be NULL */
		aw__buffer_append(out, text + plain, length - plain);
	aw__buffer_char(out, '"');
}

void aw__write_text(struct aw__export *export, const char *key, const char *text, size_t length)
{
	value(export, key);
	aw__buffer_clear(&export->scratch);
	aw__text_valid(&export->scratch, text, length);
	if (export->scratch.failed)
		export->out.failed = true;
	quote(&export->out, aw__buffer_string(&export->scratch), export->scratch.length);
}

void aw__write_string(struct aw__export *export, const char *key, const char *text)
{
	if (text != NULL)
		aw__write_text(export, key, text, strlen(text));
}

void aw__write_flush(struct aw__export *export)
{
	struct aw__buffer *out = &export->out;

	if (out->failed && export->error == 0)
		export->error = ENOMEM;
	if (export->error == 0 && out->length > 0) {
		errno = 0;
		if (fwrite(out->data, 1, out->length, export->file) != out->length)
			export->error = errno != 0 ? errno : EIO;
	}
	export->written += out->length;
	aw__buffer_clear(out);
}

void aw__write_line(struct aw__export *export, const char *text)
{
	aw__buffer_text(&export->out, text);
	export->comma = false;
	if (export->out.length >= FLUSH_BYTES || export->out.failed)
		aw__write_flush(export);
}
