/* SPDX-License-Identifier: MIT */
/* Parses an allow-list, as awry-allow(5) describes it. */
#include "viewer/report/allow.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"

/* A piece of the text: not NUL-terminated. */
struct piece {
	const char *at;
	size_t length;
};

struct parsing {
	struct aw__allow_list *list;
	const char *today;
	unsigned line;
	struct aw__problem *problem;
};

static const struct {
	const char *name;
	size_t offset;
} patterns[] = {
	{ "coroutine", offsetof(struct aw__allowance, coroutine) },
	{ "function", offsetof(struct aw__allowance, function) },
	{ "file", offsetof(struct aw__allowance, file) },
	{ "error", offsetof(struct aw__allowance, error) },
	{ "message", offsetof(struct aw__allowance, message) },
	{ "reason", offsetof(struct aw__allowance, reason) },
};

static bool is(struct piece piece, const char *word)
{
	return piece.length == strlen(word) && memcmp(piece.at, word, piece.length) == 0;
}

static struct piece trim(const char *at, size_t length)
{
	while (length > 0 && isspace((unsigned char)*at)) {
		at++;
		length--;
	}
	while (length > 0 && isspace((unsigned char)at[length - 1]))
		length--;
	return (struct piece){ at, length };
}

static bool wrong(const struct parsing *parsing, struct piece what, const char *why)
{
	return aw__problem_set(parsing->problem, "%.200s:%u: %s, not '%.*s'", parsing->list->name,
			       parsing->line, why, what.length < 80 ? (int)what.length : 80,
			       what.at);
}

/* A date as "2027-03-31", whose day exists in that month. */
static bool is_date(struct piece piece)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int month, day;

	if (piece.length != 10 || piece.at[4] != '-' || piece.at[7] != '-')
		return false;
	for (size_t i = 0; i < 10; i++)
		if (i != 4 && i != 7 && !isdigit((unsigned char)piece.at[i]))
			return false;
	month = (piece.at[5] - '0') * 10 + piece.at[6] - '0';
	day = (piece.at[8] - '0') * 10 + piece.at[9] - '0';
	return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

static bool set_kind(const struct parsing *parsing, struct aw__allowance *entry, struct piece value)
{
	struct aw__buffer why = AW__BUFFER_EMPTY;

	entry->kind = aw__finding_by_id(value.at, value.length);
	if (entry->kind != 0)
		return true;
	aw__buffer_text(&why, "a kind is one of");
	for (size_t kind = 1; kind < AW__FINDING_KINDS; kind++)
		aw__buffer_format(&why, "%s %s", kind > 1 ? "," : "", aw__finding_specs[kind].id);
	wrong(parsing, value, aw__buffer_string(&why));
	aw__buffer_finish(&why);
	return false;
}

static bool set_text(const struct parsing *parsing, struct aw__allowance *entry, struct piece key,
		     struct piece value)
{
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		char **text = (char **)(void *)((char *)entry + patterns[i].offset);

		if (!is(key, patterns[i].name))
			continue;
		if (*text != NULL)
			return wrong(parsing, key, "a key stands once in an entry");
		*text = aw__alloc_must_copy(value.at, value.length);
		return true;
	}
	return wrong(parsing, key,
		     "a key is kind, coroutine, function, file, error, message, reason or expires");
}

static bool set(const struct parsing *parsing, struct piece key, struct piece value)
{
	struct aw__allowance *entry = &parsing->list->entries[parsing->list->count - 1];

	if (value.length == 0)
		return wrong(parsing, key, "a key has a value");
	if (memchr(value.at, '\0', value.length) != NULL)
		return wrong(parsing, key, "a value has no NUL byte");
	if (is(key, "kind"))
		return entry->kind != 0 ? wrong(parsing, key, "a key stands once in an entry")
					: set_kind(parsing, entry, value);
	if (!is(key, "expires"))
		return set_text(parsing, entry, key, value);
	if (!is_date(value))
		return wrong(parsing, value, "a date is written as 2027-03-31");
	memcpy(entry->expires, value.at, 10);
	entry->expired = strcmp(entry->expires, parsing->today) < 0;
	return true;
}

static bool is_complete(const struct parsing *parsing)
{
	const struct aw__allow_list *list = parsing->list;
	const struct aw__allowance *entry = list->entries + list->count;

	if (list->count == 0)
		return true;
	entry--;
	if (entry->reason == NULL)
		return aw__problem_set(parsing->problem, "%.200s:%u: the entry has no reason",
				       list->name, entry->line);
	if (entry->kind == 0 && entry->coroutine == NULL && entry->function == NULL &&
	    entry->file == NULL && entry->error == NULL && entry->message == NULL)
		return aw__problem_set(
			parsing->problem,
			"%.200s:%u: the entry would allow everything; it has to name "
			"what it is about",
			list->name, entry->line);
	return true;
}

static bool begin_entry(struct parsing *parsing)
{
	struct aw__allow_list *list = parsing->list;

	if (!is_complete(parsing))
		return false;
	if (list->count == AW__ALLOW_MAX_ENTRIES)
		return aw__problem_set(parsing->problem,
				       "%.200s:%u: at most %u entries are allowed", list->name,
				       parsing->line, AW__ALLOW_MAX_ENTRIES);
	list->entries =
		aw__alloc_must_resize(list->entries, (list->count + 1) * sizeof(*list->entries));
	list->entries[list->count++] = (struct aw__allowance){ .line = parsing->line };
	return true;
}

static bool parse_line(struct parsing *parsing, struct piece line)
{
	const char *equals = memchr(line.at, '=', line.length);

	if (line.length == 0 || line.at[0] == '#')
		return true;
	if (is(line, "[allow]"))
		return begin_entry(parsing);
	if (line.at[0] == '[' || equals == NULL)
		return wrong(parsing, line, "a line is [allow], KEY = VALUE or a # comment");
	if (parsing->list->count == 0)
		return wrong(parsing, line, "an entry begins with [allow]");
	return set(parsing, trim(line.at, (size_t)(equals - line.at)),
		   trim(equals + 1, line.length - (size_t)(equals + 1 - line.at)));
}

struct aw__allow_list *aw__allow_list_parse(const char *name, const char *text, size_t length,
					    const char *today, struct aw__problem *problem)
{
	struct parsing parsing = { .today = today, .problem = problem };
	bool good = true;

	parsing.list = aw__alloc_must_zeroed(1, sizeof(*parsing.list));
	parsing.list->name = aw__alloc_must_copy(name, strlen(name));
	for (const char *at = text, *end = text + length; good && at < end;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t line = newline != NULL ? (size_t)(newline - at) : (size_t)(end - at);

		parsing.line++;
		good = parse_line(&parsing, trim(at, line));
		at += line + (newline != NULL);
	}
	if (good && is_complete(&parsing))
		return parsing.list;
	aw__allow_list_destroy(parsing.list);
	return NULL;
}

void aw__allow_list_destroy(struct aw__allow_list *list)
{
	if (list == NULL)
		return;
	for (size_t i = 0; i < list->count; i++)
		for (size_t j = 0; j < sizeof(patterns) / sizeof(patterns[0]); j++)
			aw__alloc_free(
				*(char **)(void *)((char *)&list->entries[i] + patterns[j].offset));
	aw__alloc_free(list->entries);
	aw__alloc_free(list->name);
	aw__alloc_free(list);
}
