/* SPDX-License-Identifier: MIT */
/* Shared by the pairs about errors: see error_story.py. */
#ifndef ORACLE_ERROR_STORY_H
#define ORACLE_ERROR_STORY_H

#include "line.h"

#include <stdlib.h>
#include <string.h>

/* Print a traceback with a fixed text for all places. */
static inline void print_normal(char *text)
{
	for (char *line = text, *next; line != NULL && *line != '\0'; line = next) {
		char *frame = strstr(line, "  File \"");

		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		if (frame != NULL && frame < line + strlen(line))
			printf("%.*s  File \"f\", line 1, in f\n", (int)(frame - line), line);
		else
			puts(line);
	}
	free(text);
}

static inline void shown(const aw_error *err)
{
	print_normal(aw_error_format(err));
}

/* The same, and unref the error. */
static inline void shown_end(aw_error *err)
{
	shown(err);
	aw_error_unref(err);
}

static inline void print_repr(const aw_error *err)
{
	char *text = aw_error_repr(err);

	puts(text != NULL ? text : "None");
	free(text);
}

static inline const char *quote_of(const char *text)
{
	return strchr(text, '\'') != NULL ? "\"" : "'";
}

/* Print the notes as a list of str; in the pairs they have no quotes, or only apostrophes. */
static inline void print_notes(const aw_error *err)
{
	printf("[");
	for (size_t i = 0; i < aw_error_note_count(err); i++)
		printf("%s%s%s%s", i > 0 ? ", " : "", quote_of(aw_error_note_at(err, i)),
		       aw_error_note_at(err, i), quote_of(aw_error_note_at(err, i)));
	printf("]");
}

static inline void tree(const aw_error *err, int depth)
{
	printf("%*s", 2 * depth, "");
	if (err == NULL) {
		puts("None");
		return;
	}
	printf("%s: %s ", aw_error_name(err), aw_error_message(err));
	print_notes(err);
	printf("\n");
	for (size_t i = 0; i < aw_error_child_count(err); i++)
		tree(aw_error_child(err, i), depth + 1);
}

static inline void print_part(const char *before, const aw_error *err)
{
	if (err == NULL)
		printf("%sNone", before);
	else
		printf("%s%s(%s)", before, aw_error_name(err), aw_error_message(err));
}

static inline void parts(const aw_error *err)
{
	print_part("", err);
	print_part(" cause ", aw_error_cause(err));
	print_part(" context ", aw_error_context(err));
	printf(" %s\n", truth(aw_error_suppresses_context(err)));
}

/* A group of the errors that follow, none of which is NULL. */
#define GROUP(message, ...)                                                                        \
	aw_error_group(message, ((aw_error *[]){ __VA_ARGS__ }),                                   \
		       sizeof((aw_error *[]){ __VA_ARGS__ }) / sizeof(aw_error *))

#define RAISE(name, message) aw_raise(aw_##name, "%s", message)

#endif
