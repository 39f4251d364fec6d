/* SPDX-License-Identifier: MIT */
/*
 * Helpers of the text reports: colours, escaped foreign text, wrapped paragraphs, counts and plurals. It also
 * remembers which stacks a section has shown, so that each is printed once.
 */
#include "viewer/report/report_internal.h"

#include <string.h>

#include "base/text.h"

#define WIDTH 96

void aw__writing_init(struct aw__writing *writing, const struct aw__model *model,
		      const struct aw__report_options *options, struct aw__buffer *out)
{
	memset(writing, 0, sizeof(*writing));
	writing->model = model;
	writing->options = *options;
	writing->out = out;
}

void aw__writing_finish(struct aw__writing *writing)
{
	aw__map_finish(&writing->printed);
}

void aw__writing_section(struct aw__writing *writing)
{
	aw__map_finish(&writing->printed);
}

void aw__writing_style(struct aw__writing *writing, enum aw__style style)
{
	static const char *const codes[] = {
		[AW__STYLE_PLAIN] = "\x1b[0m",	  [AW__STYLE_TITLE] = "\x1b[1;35m",
		[AW__STYLE_ERROR] = "\x1b[1;31m", [AW__STYLE_STRONG] = "\x1b[1m",
		[AW__STYLE_FAINT] = "\x1b[2m",	  [AW__STYLE_GOOD] = "\x1b[32m",
	};

	if (writing->options.colour)
		aw__buffer_text(writing->out, codes[style]);
}

const char *aw__writing_dots(const struct aw__writing *writing)
{
	return writing->options.ascii ? "..." : "…";
}

void aw__writing_foreign(struct aw__writing *writing, const char *text)
{
	if (text != NULL)
		aw__text_escape(writing->out, text, strlen(text), writing->options.ascii);
}

void aw__writing_file(struct aw__writing *writing, const char *path)
{
	aw__writing_foreign(writing, aw__text_below(path, writing->options.folder));
}

void aw__writing_paragraph(struct aw__writing *writing, const char *indent, const char *text)
{
	size_t column = 0;

	for (const char *at = text; *at != '\0';) {
		size_t length = strcspn(at, " ");

		if (column > 0 && column + 1 + length > WIDTH) {
			aw__buffer_char(writing->out, '\n');
			column = 0;
		}
		if (column == 0) {
			aw__buffer_text(writing->out, indent);
			column = strlen(indent);
		} else {
			aw__buffer_char(writing->out, ' ');
			column++;
		}
		aw__buffer_append(writing->out, at, length);
		column += length;
		at += length + strspn(at + length, " ");
	}
	aw__buffer_char(writing->out, '\n');
}

void aw__writing_times(struct aw__writing *writing, uint64_t count)
{
	if (count < 2)
		return;
	aw__buffer_text(writing->out, writing->options.ascii ? " x" : " ×");
	aw__text_number(writing->out, count);
}

void aw__writing_plural(struct aw__writing *writing, uint64_t count, const char *thing)
{
	aw__text_number(writing->out, count);
	aw__buffer_format(writing->out, " %s%s", thing, count == 1 ? "" : "s");
}
