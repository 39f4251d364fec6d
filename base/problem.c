/* SPDX-License-Identifier: MIT */
/* Writes error messages for the user; one about a part of an argument shows the argument, with carets below that part. */
#include "base/problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

#define SHOWN_BEFORE 50 /* bytes */
#define SHOWN	     70

bool aw__problem_set(struct aw__problem *problem, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(problem->text, sizeof(problem->text), format, arguments);
	va_end(arguments);
	return false;
}

/* Returns the width of the escaped text, in columns. */
static size_t put_escaped(struct aw__buffer *out, const char *text, size_t length)
{
	const size_t from = out->length;

	aw__text_escape(out, text, length, !aw__text_locale_is_utf8());
	return out->length > from ? aw__text_width(out->data + from, out->length - from) : 0;
}

static const char *first_shown(const char *text, const char *at)
{
	const char *from = at - text > SHOWN_BEFORE ? at - SHOWN_BEFORE : text;

	while (from < at && ((unsigned char)*from & 0xc0) == 0x80) /* inside a UTF-8 character */
		from++;
	return from;
}

bool aw__problem_point(struct aw__problem *problem, const char *text, const char *at, size_t length,
		       const char *sentence)
{
	struct aw__buffer what = AW__BUFFER_EMPTY, line = AW__BUFFER_EMPTY;
	const char *from = first_shown(text, at);
	const size_t most = (size_t)(from + SHOWN - at);
	size_t column, width;

	length = length < most ? length : most;
	put_escaped(&what, sentence, strlen(sentence));
	aw__buffer_text(&line, "\n  ");
	column = put_escaped(&line, from, (size_t)(at - from));
	width = put_escaped(&line, at, length);
	put_escaped(&line, at + length, strnlen(at + length, most - length));
	aw__buffer_format(&line, "\n  %*s", (int)column, "");
	do
		aw__buffer_char(&line, '^');
	while (width-- > 1);
	if (line.length >= sizeof(problem->text) / 2) /* escaped text is up to 4 times as long */
		aw__buffer_cut(&line, 0);
	aw__problem_set(problem, "%.*s%s", (int)(sizeof(problem->text) - 1 - line.length),
			aw__buffer_string(&what), aw__buffer_string(&line));
	aw__buffer_finish(&what);
	aw__buffer_finish(&line);
	return false;
}
