/* SPDX-License-Identifier: MIT */
/*
 * Parses the filter language of the viewer and of --filter (state:waiting age>5s name~/db/), with its table of
 * fields.
 */
#include "viewer/model/filter_internal.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static const char *state_choice(size_t n)
{
	return n < AW__TASK_STATES ? aw__task_state_name(n) : n == AW__TASK_STATES ? "live" : NULL;
}

static const char *wait_choice(size_t n)
{
	return strcmp(aw__wait_name(n), "?") != 0 ? aw__wait_name(n) : NULL;
}

static const char *outcome_choice(size_t n)
{
	return strcmp(aw__outcome_name(n), "?") != 0 ? aw__outcome_name(n) : NULL;
}

static const char *kind_choice(size_t n)
{
	return n + 1 < AW__FINDING_KINDS ? aw__finding_specs[n + 1].id : NULL;
}

static const char *has_choice(size_t n)
{
	static const char *const names[] = {
		[AW__FILTER_HAS_ERROR] = "error",     [AW__FILTER_HAS_FINDING] = "finding",
		[AW__FILTER_HAS_CANCEL] = "cancel",   [AW__FILTER_HAS_CHILDREN] = "children",
		[AW__FILTER_HAS_CREATOR] = "creator", [AW__FILTER_HAS_NAME] = "name",
	};

	return n < sizeof(names) / sizeof(names[0]) ? names[n] : NULL;
}

/* clang-format off */
/* In the order of enum aw__filter_what, from BY_STATE on. */
const struct aw__filter_field aw__filter_fields[] = {
	{ "state", AW__FILTER_CHOICE, "what it does", state_choice },
	{ "name", AW__FILTER_TEXT, "its name" },
	{ "coro", AW__FILTER_TEXT, "the function of its coroutine" },
	{ "file", AW__FILTER_TEXT, "the file in which that is defined" },
	{ "wait", AW__FILTER_CHOICE, "what it waits for", wait_choice },
	{ "target", AW__FILTER_NUMBER, "the id of what it waits for" },
	{ "outcome", AW__FILTER_CHOICE, "how it finished", outcome_choice },
	{ "error", AW__FILTER_TEXT, "type and message of the error that it ended with" },
	{ "kind", AW__FILTER_CHOICE, "the kind of a finding about it", kind_choice },
	{ "has", AW__FILTER_CHOICE, "whether there is any", has_choice },
	{ "id", AW__FILTER_NUMBER, "its id" },
	{ "creator", AW__FILTER_NUMBER, "the id of the task that created it" },
	{ "loop", AW__FILTER_NUMBER, "the id of its loop" },
	{ "scope", AW__FILTER_NUMBER, "the id of its group" },
	{ "age", AW__FILTER_DURATION, "since it was created; its whole life, if it has finished" },
	{ "since", AW__FILTER_DURATION, "how long it has been in its state" },
	{ "run", AW__FILTER_DURATION, "processor time of its steps" },
	{ "steps", AW__FILTER_NUMBER, "how often it ran" },
	{ "created", AW__FILTER_DURATION, "when it was created, from the recording's beginning" },
	{ "finished", AW__FILTER_DURATION, "when it finished, from the recording's beginning" },
	{ "errors", AW__FILTER_NUMBER, "how many errors were raised in it" },
	{ "findings", AW__FILTER_NUMBER, "how many findings are about it" },
	{ 0 },
};

static const struct { const char *text; enum aw__filter_operator op; } operators[] = {
	{ "!=", AW__FILTER_IS_NOT }, { "!~", AW__FILTER_NOT_LIKE }, { "<=", AW__FILTER_LESS_OR_SAME },
	{ ">=", AW__FILTER_MORE_OR_SAME }, { ":", AW__FILTER_HAS }, { "=", AW__FILTER_IS },
	{ "<", AW__FILTER_LESS }, { ">", AW__FILTER_MORE }, { "~", AW__FILTER_LIKE },
};
/* clang-format on */

struct parser {
	const char *text, *at;
	struct aw__filter *filter;
	struct aw__problem *problem;
};

/* Report a syntax error at `at`. Always false. */
__attribute__((format(printf, 3, 4))) static bool wrong(struct parser *parser, const char *at,
							const char *format, ...)
{
	struct aw__buffer sentence = AW__BUFFER_EMPTY;
	va_list arguments;

	va_start(arguments, format);
	aw__buffer_vformat(&sentence, format, arguments);
	va_end(arguments);
	aw__problem_point(parser->problem, parser->text, at, 0, aw__buffer_string(&sentence));
	aw__buffer_finish(&sentence);
	return false;
}

static const struct aw__filter_field *find_field(const char *name, size_t length)
{
	for (const struct aw__filter_field *field = aw__filter_fields; field->name != NULL; field++)
		if (strlen(field->name) == length && strncmp(field->name, name, length) == 0)
			return field;
	return NULL;
}

static bool find_operator(const char *at, enum aw__filter_operator *ret_op, size_t *ret_length)
{
	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
		if (strncmp(at, operators[i].text, strlen(operators[i].text)) == 0) {
			*ret_op = operators[i].op;
			*ret_length = strlen(operators[i].text);
			return true;
		}
	return false;
}

/* A value: "quoted", with \" and \\, or up to a space or (of several) a comma. */
static bool read_value(struct parser *parser, bool several, struct aw__buffer *out)
{
	const char *from = parser->at;

	aw__buffer_clear(out);
	if (*parser->at == '"') {
		for (parser->at++; *parser->at != '"'; parser->at++) {
			if (*parser->at == '\\' && parser->at[1] != '\0')
				parser->at++;
			if (*parser->at == '\0')
				return wrong(parser, from, "a quote is not closed: \" is wanted");
			aw__buffer_char(out, *parser->at);
		}
		parser->at++;
		return true;
	}
	while (*parser->at != '\0' && !isspace((unsigned char)*parser->at) &&
	       (!several || *parser->at != ','))
		aw__buffer_char(out, *parser->at++);
	return out->length > 0 || wrong(parser, from, "a value is wanted here");
}

/* /…/ up to the closing slash, or a value as above. */
static bool read_regex(struct parser *parser, struct aw__buffer *out)
{
	const char *from = parser->at;

	if (*parser->at != '/')
		return read_value(parser, false, out);
	aw__buffer_clear(out);
	for (parser->at++; *parser->at != '/'; parser->at++) {
		if (*parser->at == '\0')
			return wrong(parser, from,
				     "a regular expression is not closed: / is wanted");
		if (*parser->at == '\\' && parser->at[1] == '/')
			parser->at++;
		else if (*parser->at == '\\' && parser->at[1] != '\0')
			aw__buffer_char(out, *parser->at++);
		aw__buffer_char(out, *parser->at);
	}
	parser->at++;
	return true;
}

static bool take_choice(struct parser *parser, const struct aw__filter_field *field,
			struct aw__filter_term *term, const char *value, const char *at)
{
	struct aw__buffer allowed = AW__BUFFER_EMPTY;
	const char *choice;

	for (size_t n = 0; (choice = field->choice(n)) != NULL; n++) {
		if (strcmp(choice, value) == 0) {
			term->choices |= UINT64_C(1) << n;
			aw__buffer_finish(&allowed);
			return true;
		}
		aw__buffer_format(&allowed, "%s%s", n > 0 ? ", " : "", choice);
	}
	wrong(parser, at, "unknown %s '%s'; allowed are %s", field->name, value,
	      aw__buffer_string(&allowed));
	aw__buffer_finish(&allowed);
	return false;
}

/* A decimal number at the beginning of a text: its length, 0 if there is none. */
static size_t decimal(const char *text, double *ret_number)
{
	size_t length = 0, digits = 0;

	for (; isdigit((unsigned char)text[length]) || text[length] == '.'; length++)
		digits += text[length] != '.';
	if (digits == 0 || length - digits > 1 || length > 32)
		return 0;
	*ret_number = strtod(text, NULL);
	return length;
}

static bool scale(double number, double unit, uint64_t *ret_number)
{
	double scaled = round(number * unit);

	if (!(scaled < 18446744073709549568.0))
		return false;
	*ret_number = (uint64_t)scaled;
	return true;
}

size_t aw__filter_duration(const char *text, uint64_t *ret_ns)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = {
		{ "ns", 1 },	 { "us", 1e3 },	  { "ms", 1e6 },    { "s", 1e9 },
		{ "min", 6e10 }, { "h", 3.6e12 }, { "d", 8.64e13 },
	};
	double number = 0;
	size_t length = decimal(text, &number), unit = 0;

	if (length == 0)
		return 0;
	while (isalpha((unsigned char)text[length + unit]))
		unit++;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strlen(units[i].name) == unit &&
		    strncmp(units[i].name, text + length, unit) == 0)
			return scale(number, units[i].ns, ret_ns) ? length + unit : 0;
	return 0;
}

static size_t plain_number(const char *text, uint64_t *ret_number)
{
	static const struct {
		const char *name;
		double factor;
	} units[] = {
		{ "", 1 },	  { "k", 1e3 },	       { "M", 1e6 },	       { "G", 1e9 },
		{ "Ki", 1024.0 }, { "Mi", 1048576.0 }, { "Gi", 1073741824.0 },
	};
	double number = 0;
	size_t length = decimal(text, &number);
	char *end;

	if (length == 0)
		return 0;
	if (text[length] == '\0' && memchr(text, '.', length) == NULL) {
		errno = 0;
		*ret_number = strtoull(text, &end, 10);
		return errno == 0 ? length : 0;
	}
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(units[i].name, text + length) == 0)
			return scale(number, units[i].factor, ret_number) ? strlen(text) : 0;
	return 0;
}

static bool take_number(struct parser *parser, const struct aw__filter_field *field,
			struct aw__filter_term *term, const char *value, const char *at)
{
	bool duration = field->type == AW__FILTER_DURATION;
	size_t length = duration ? aw__filter_duration(value, &term->number)
				 : plain_number(value, &term->number);

	if (length > 0 && value[length] == '\0')
		return true;
	if (duration)
		return wrong(parser, at,
			     "invalid duration '%s'; expected a number with ns, us, ms, s, min, h "
			     "or d, such as 250ms",
			     value);
	return wrong(parser, at, "invalid number '%s'; expected one such as 12, 1.5k, 3M or 4Ki",
		     value);
}

static void take_text(struct aw__filter_term *term, const struct aw__buffer *value)
{
	term->texts = aw__alloc_must_resize(term->texts, (term->text_count + 1) * sizeof(char *));
	term->texts[term->text_count++] =
		aw__alloc_must_copy(aw__buffer_string(value), value->length);
}

static bool take_value(struct parser *parser, const struct aw__filter_field *field,
		       struct aw__filter_term *term, const struct aw__buffer *value, const char *at)
{
	if (field->type == AW__FILTER_TEXT) {
		take_text(term, value);
		return true;
	}
	if (field->type == AW__FILTER_CHOICE)
		return take_choice(parser, field, term, aw__buffer_string(value), at);
	return take_number(parser, field, term, aw__buffer_string(value), at);
}

static bool read_values(struct parser *parser, const struct aw__filter_field *field,
			struct aw__filter_term *term, struct aw__buffer *value)
{
	bool several = field->type == AW__FILTER_TEXT || field->type == AW__FILTER_CHOICE;

	for (;;) {
		const char *at = parser->at;

		if (!read_value(parser, several, value) ||
		    !take_value(parser, field, term, value, at))
			return false;
		if (!several || *parser->at != ',')
			return true;
		parser->at++;
	}
}

static bool read_pattern(struct parser *parser, struct aw__filter_term *term,
			 struct aw__buffer *value)
{
	const char *at = parser->at;
	struct aw__problem trouble;

	if (!read_regex(parser, value))
		return false;
	term->regex = aw__regex_create(aw__buffer_string(value), value->length, &trouble);
	return term->regex != NULL || wrong(parser, at, "%s", trouble.text);
}

static bool is_allowed(const struct aw__filter_field *field, enum aw__filter_operator op)
{
	switch (op) {
	case AW__FILTER_HAS:
	case AW__FILTER_IS:
	case AW__FILTER_IS_NOT:
		return true;
	case AW__FILTER_LIKE:
	case AW__FILTER_NOT_LIKE:
		return field->type == AW__FILTER_TEXT;
	default:
		return field->type == AW__FILTER_NUMBER || field->type == AW__FILTER_DURATION;
	}
}

static bool read_rest(struct parser *parser, const struct aw__filter_field *field,
		      struct aw__filter_term *term, size_t operator_length,
		      struct aw__buffer *value)
{
	if (!is_allowed(field, term->op))
		return wrong(parser, parser->at, "'%s' takes %s", field->name,
			     field->type == AW__FILTER_TEXT	? ": = != ~ !~"
			     : field->type == AW__FILTER_CHOICE ? ": = !="
								: ": = != < <= > >=");
	parser->at += operator_length;
	if (term->op == AW__FILTER_LIKE || term->op == AW__FILTER_NOT_LIKE)
		return read_pattern(parser, term, value);
	return read_values(parser, field, term, value);
}

static bool unknown_field(struct parser *parser, const char *from, size_t length)
{
	struct aw__buffer allowed = AW__BUFFER_EMPTY;

	for (const struct aw__filter_field *field = aw__filter_fields; field->name != NULL; field++)
		aw__buffer_format(&allowed, "%s%s", allowed.length > 0 ? ", " : "", field->name);
	wrong(parser, from, "unknown field '%.*s'; allowed are %s",
	      (int)(length < 40 ? length : 40), from, aw__buffer_string(&allowed));
	aw__buffer_finish(&allowed);
	return false;
}

static void skip_spaces(struct parser *parser)
{
	while (isspace((unsigned char)*parser->at))
		parser->at++;
}

static bool is_not(const char *at)
{
	return strncmp(at, "not", 3) == 0 && isspace((unsigned char)at[3]);
}

static void read_negations(struct parser *parser, struct aw__filter_term *term)
{
	while (*parser->at == '-' || is_not(parser->at)) {
		parser->at += *parser->at == '-' ? 1 : 3;
		term->negated = !term->negated;
		skip_spaces(parser);
	}
}

static bool read_term(struct parser *parser, struct aw__buffer *value)
{
	struct aw__filter_term *term = &parser->filter->terms[parser->filter->count++];
	const struct aw__filter_field *field;
	const char *from;
	size_t length = 0, operator_length;

	read_negations(parser, term);
	from = parser->at;
	if (*from == '\0')
		return wrong(parser, from, "a term is wanted here: FIELD:VALUE, or a word");
	while (isalpha((unsigned char)from[length]))
		length++;
	if (length == 0 || !find_operator(from + length, &term->op, &operator_length)) {
		term->what = AW__FILTER_BY_WORD;
		term->op = AW__FILTER_HAS;
		if (!read_value(parser, false, value))
			return false;
		take_text(term, value);
		return true;
	}
	field = find_field(from, length);
	if (field == NULL)
		return unknown_field(parser, from, length);
	term->what = AW__FILTER_BY_STATE + (unsigned)(field - aw__filter_fields);
	parser->at += length;
	return read_rest(parser, field, term, operator_length, value);
}

static bool read_all(struct parser *parser, struct aw__buffer *value)
{
	if (strlen(parser->text) > AW__FILTER_MOST_BYTES)
		return aw__problem_set(parser->problem, "a filter may have at most %u bytes",
				       AW__FILTER_MOST_BYTES);
	for (skip_spaces(parser); *parser->at != '\0'; skip_spaces(parser)) {
		if (parser->filter->count == AW__FILTER_MOST_TERMS)
			return wrong(parser, parser->at, "a filter may have at most %u terms",
				     AW__FILTER_MOST_TERMS);
		if (!read_term(parser, value))
			return false;
	}
	return parser->filter->count > 0 ||
	       aw__problem_set(parser->problem, "a filter is empty: FIELD:VALUE is wanted");
}

struct aw__filter *aw__filter_create(const char *text, struct aw__problem *problem)
{
	struct aw__filter *filter = aw__alloc_must_zeroed(1, sizeof(*filter));
	struct parser parser = { text, text, filter, problem };
	struct aw__buffer value = AW__BUFFER_EMPTY;
	bool good = read_all(&parser, &value);

	aw__buffer_finish(&value);
	if (good)
		return filter;
	aw__filter_destroy(filter);
	return NULL;
}

void aw__filter_destroy(struct aw__filter *filter)
{
	if (filter == NULL)
		return;
	for (size_t i = 0; i < filter->count; i++) {
		struct aw__filter_term *term = &filter->terms[i];

		for (size_t j = 0; j < term->text_count; j++)
			aw__alloc_free(term->texts[j]);
		aw__alloc_free(term->texts);
		aw__regex_destroy(term->regex);
	}
	aw__map_finish(&filter->kinds);
	aw__alloc_free(filter);
}

uint64_t aw__filter_gave_up(const struct aw__filter *filter)
{
	return filter->gave_up;
}
