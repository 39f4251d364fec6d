/* SPDX-License-Identifier: MIT */
/* Prints an error tree to stderr like Python's traceback, causes and contexts first. For print.c. */
#include <awry/agent.h>
#include <string.h>

#include "agent/stream/print.h"
#include "base/text.h"

#define MOST_DEPTH 30u
#define MOST_CHAIN 256u

static const struct aw__event *node_of(const struct aw__print *print, uint64_t error)
{
	if (error == 0)
		return NULL;
	for (size_t i = print->part_count; i > 0; i--)
		if (print->parts[i - 1]->kind == AW__ERROR && print->parts[i - 1]->subject == error)
			return print->parts[i - 1];
	return NULL;
}

static void put_type(struct aw__print *print, uint64_t type)
{
	struct aw__definition definition;

	if (aw__box_definition(print->box, type, &definition) && definition.kind == AW__TYPE)
		aw__text_escape(&print->out, definition.text, definition.text_length, false);
	else
		aw__buffer_text(&print->out, "(unknown type)");
}

/* Whether the message is in quotes already: that of Python's KeyError is the repr() of the key. */
static bool is_quoted(const char *text, size_t length)
{
	return length >= 2 && (text[0] == '\'' || text[0] == '"') && text[length - 1] == text[0];
}

static bool is_type(struct aw__print *print, uint64_t type, const char *name)
{
	struct aw__definition definition;

	return aw__box_definition(print->box, type, &definition) && definition.kind == AW__TYPE &&
	       definition.text_length == strlen(name) &&
	       memcmp(definition.text, name, definition.text_length) == 0;
}

void aw__print_error_repr(struct aw__print *print, uint64_t error)
{
	const struct aw__event *node = node_of(print, error);
	char quote[] = "'";

	if (node == NULL) {
		aw__buffer_text(&print->out, "(not kept)");
		return;
	}
	if (is_type(print, node->error.type, "KeyError") &&
	    is_quoted(node->text, node->text_length))
		quote[0] = '\0';
	else if (memchr(node->text, '\'', node->text_length) != NULL)
		quote[0] = '"';
	put_type(print, node->error.type);
	aw__buffer_char(&print->out, '(');
	if (node->text_length > 0) {
		aw__buffer_text(&print->out, quote);
		aw__text_escape(&print->out, node->text, node->text_length, false);
		aw__buffer_text(&print->out, quote);
	}
	aw__buffer_char(&print->out, ')');
}

/* Each line of `text`, indented. */
static void put_lines(struct aw__print *print, const char *text, size_t length)
{
	while (length > 0) {
		const char *end = memchr(text, '\n', length);
		const size_t line = end != NULL ? (size_t)(end - text) : length;

		aw__text_escape(&print->out, text, line, false);
		text += line;
		length -= line;
		if (length == 0)
			break;
		aw__buffer_char(&print->out, '\n');
		aw__print_indent(print);
		text++;
		length--;
	}
}

static void put_message(struct aw__print *print, const struct aw__event *node)
{
	const bool is_group = (node->error.flags & AW_ERROR_IS_GROUP) != 0;
	const uint32_t children =
		node->list_length > AW__ERROR_CHILDREN ? node->list_length - AW__ERROR_CHILDREN : 0;

	aw__print_indent(print);
	put_type(print, node->error.type);
	if (node->text_length > 0 || is_group)
		aw__buffer_text(&print->out, ": ");
	put_lines(print, node->text, node->text_length);
	if (is_group)
		aw__buffer_format(&print->out, "%s(%u sub-exception%s)",
				  node->text_length > 0 ? " " : "", children,
				  children == 1 ? "" : "s");
	aw__buffer_char(&print->out, '\n');
	for (size_t i = 0; i < print->part_count; i++) {
		const struct aw__event *note = print->parts[i];

		if (note->kind != AW__ERROR_NOTE || note->subject != node->subject)
			continue;
		aw__print_indent(print);
		put_lines(print, note->text, note->text_length);
		aw__buffer_char(&print->out, '\n');
	}
}

/* Only the raise site. The stack is for viewers; Python would also show the frames that the error passed. */
static void put_site(struct aw__print *print, const struct aw__event *node, bool is_group,
		     bool is_outermost)
{
	if (is_outermost)
		aw__buffer_text(&print->out, "  + ");
	else
		aw__print_indent(print);
	aw__buffer_format(&print->out, "%sTraceback (most recent call last):\n",
			  is_group ? "Exception Group " : "");
	aw__print_place(print, node->error.site);
}

static void print_tree(struct aw__print *print, uint64_t error, unsigned depth);

/* A group's own bar is two columns left of its members' bars. */
static void set_bar(struct aw__print *print, size_t column)
{
	memset(print->indent, ' ', column);
	memcpy(print->indent + column, "| ", 2);
	print->indent_length = column + 2;
}

static void print_members(struct aw__print *print, const struct aw__event *node, unsigned depth)
{
	const uint32_t count = node->list_length - AW__ERROR_CHILDREN;
	const size_t column = print->indent_length - 2;

	if (depth >= MOST_DEPTH) {
		aw__print_indent(print);
		aw__buffer_format(&print->out, "(%u members, nested too deep to be shown here)\n",
				  count);
		return;
	}
	for (uint32_t i = 0; i < count; i++) {
		aw__buffer_format(&print->out, "%*s%s---------------- %u ----------------\n",
				  (int)column, "", i == 0 ? "+-+" : "  +", i + 1);
		set_bar(print, column + 2);
		print_tree(print, node->list[AW__ERROR_CHILDREN + i], depth + 1);
	}
	aw__buffer_format(&print->out, "%*s  +------------------------------------\n", (int)column,
			  "");
	set_bar(print, column);
}

static void print_node(struct aw__print *print, const struct aw__event *node, unsigned depth)
{
	const bool is_group = (node->error.flags & AW_ERROR_IS_GROUP) != 0;
	const bool is_outermost = print->indent_length == 0;

	if (is_group && is_outermost)
		set_bar(print, 2);
	put_site(print, node, is_group, is_group && is_outermost);
	put_message(print, node);
	if (is_group && node->list_length > AW__ERROR_CHILDREN)
		print_members(print, node, depth);
	if (is_outermost)
		print->indent_length = 0;
}

/* The error from which a node was raised, or while that was handled; 0: neither. */
static uint64_t before(const struct aw__event *node, const char **ret_words)
{
	if (node->list_length < AW__ERROR_CHILDREN)
		return 0;
	*ret_words = "The above exception was the direct cause of the following exception:";
	if (node->list[AW__ERROR_CAUSE] != 0)
		return node->list[AW__ERROR_CAUSE];
	*ret_words = "During handling of the above exception, another exception occurred:";
	return (node->error.flags & AW_ERROR_SUPPRESS_CONTEXT) != 0 ? 0
								    : node->list[AW__ERROR_CONTEXT];
}

static void print_tree(struct aw__print *print, uint64_t error, unsigned depth)
{
	const struct aw__event *chain[MOST_CHAIN];
	const char *words = NULL;
	unsigned count = 0;

	while (count < MOST_CHAIN && (chain[count] = node_of(print, error)) != NULL)
		error = before(chain[count++], &words);
	if (count == 0 || error != 0) {
		aw__print_indent(print);
		aw__buffer_text(&print->out, "(an earlier error was not kept)\n");
	}
	for (unsigned i = count; i > 0; i--) {
		print_node(print, chain[i - 1], depth);
		if (i == 1)
			break;
		before(chain[i - 2], &words);
		aw__buffer_char(&print->out, '\n');
		aw__print_indent(print);
		aw__buffer_format(&print->out, "%s\n\n", words);
	}
}

void aw__print_error(struct aw__print *print, uint64_t error)
{
	print->indent_length = 0;
	print_tree(print, error, 0);
}
