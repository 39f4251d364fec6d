/* SPDX-License-Identifier: MIT */
/*
 * repr() of an error, as Python writes it: the type, and its arguments in parentheses. Does not recurse, since
 * groups may nest without a bound.
 */
#include <awry/error.h>

#include <string.h>

#include "agent/runtime/error/error_node.h"
#include "base/alloc.h"

struct level {
	const aw_error *group;
	size_t next; /* the next member to show */
};

struct repr {
	struct aw__buffer out;
	struct aw__buffer levels; /* struct level, the innermost last */
};

static void number_and_words(struct repr *repr, const aw_error *err,
			     const struct aw__error_detail *number)
{
	const struct aw__error_detail *words =
		aw__error_detail_find(err->details, "strerror", AW__ERROR_STR);

	aw__error_detail_repr(number, &repr->out);
	if (words == NULL)
		return;
	aw__buffer_text(&repr->out, ", ");
	aw__error_detail_repr(words, &repr->out);
}

static void arguments(struct repr *repr, const aw_error *err)
{
	const struct aw__error_detail *number =
		aw__error_detail_find(err->details, "errno", AW__ERROR_INT);

	if (number != NULL && aw_error_is(err, aw_OSError))
		number_and_words(repr, err, number);
	else if (aw_error_is(err, aw_KeyError)) /* its message is the repr of its key already */
		aw__buffer_text(&repr->out, err->message);
	else if (err->message_length > 0)
		aw__error_detail_quote(err->message, err->message_length, true, &repr->out);
}

static void begin(struct repr *repr, const aw_error *err)
{
	struct level level = { err, 0 };

	aw__buffer_text(&repr->out, err->type->name);
	aw__buffer_char(&repr->out, '(');
	if (!aw__error_node_is_group(err)) {
		arguments(repr, err);
		aw__buffer_char(&repr->out, ')');
		return;
	}
	aw__error_detail_quote(err->message, err->message_length, true, &repr->out);
	aw__buffer_text(&repr->out, ", [");
	aw__buffer_append(&repr->levels, &level, sizeof(level));
}

static void members(struct repr *repr)
{
	while (repr->levels.length > 0 && !repr->levels.failed && !repr->out.failed) {
		struct level *top =
			(struct level *)(void *)(repr->levels.data + repr->levels.length) - 1;

		if (top->next == top->group->child_count) {
			aw__buffer_text(&repr->out, "])");
			repr->levels.length -= sizeof(*top);
			continue;
		}
		aw__buffer_text(&repr->out, top->next > 0 ? ", " : "");
		begin(repr, top->group->children[top->next++]);
	}
}

char *aw_error_repr(const aw_error *err)
{
	struct repr repr = { .out = AW__BUFFER_EMPTY };
	char *made = NULL;

	if (err == NULL)
		return NULL;
	begin(&repr, err);
	members(&repr);
	if (!repr.out.failed && !repr.levels.failed) {
		made = aw__alloc_give(repr.out.data);
		repr.out.data = NULL;
	}
	aw__buffer_finish(&repr.levels);
	aw__buffer_finish(&repr.out);
	return made;
}
