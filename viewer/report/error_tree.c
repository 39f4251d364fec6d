/* SPDX-License-Identifier: MIT */
/*
 * Prints one error and its parts as a tree, for text reports. An error that occurs more than once in the tree, or
 * contains itself, is printed once and then referred to; parts below AW__TREE_MAX_DEPTH are only counted.
 */
#include "viewer/report/report_internal.h"

#include <inttypes.h>
#include <string.h>

#include <awry/agent.h>

#include "base/alloc.h"
#include "base/text.h"

#define MAX_MEMBERS 1000

struct drawing {
	struct aw__writing *writing;
	struct aw__tree tree;
	struct aw__map seen; /* errors that this tree has printed */
};

struct parts {
	uint64_t cause, context;
	uint32_t shown_children; /* further children are counted */
	uint32_t count; /* of branches below it, including the one that counts further children */
};

static void find_parts(const struct aw__error *error, struct parts *ret_parts)
{
	uint32_t members = error->child_count;

	ret_parts->shown_children = members > MAX_MEMBERS ? MAX_MEMBERS : members;
	ret_parts->cause = error->cause;
	ret_parts->context = error->context != error->cause ? error->context : 0;
	ret_parts->count = ret_parts->shown_children + (members > MAX_MEMBERS) +
			   (ret_parts->cause != 0) + (ret_parts->context != 0);
}

struct todo {
	uint64_t *ids;
	size_t count, capacity;
};

static void push(struct todo *list, uint64_t id)
{
	if (id == 0)
		return;
	if (list->count == list->capacity) {
		list->capacity = list->capacity > 0 ? list->capacity * 2 : 64;
		list->ids = aw__alloc_must_resize(list->ids, list->capacity * sizeof(uint64_t));
	}
	list->ids[list->count++] = id;
}

size_t aw__error_tree_mark(const struct aw__model *model, struct aw__map *seen, uint64_t id)
{
	struct todo todo = { 0 };
	size_t count = 0;

	push(&todo, id);
	while (todo.count > 0) {
		const struct aw__error *error;

		id = todo.ids[--todo.count];
		if (aw__map_get(seen, id) != NULL)
			continue;
		aw__map_put(seen, id, seen);
		count++;
		error = aw__model_error(model, id);
		if (error == NULL)
			continue;
		push(&todo, error->cause);
		push(&todo, error->context);
		for (uint32_t i = 0; i < error->child_count; i++)
			push(&todo, error->children[i]);
	}
	aw__alloc_free(todo.ids);
	return count;
}

/* Append a text of several lines: the first to the current line, each other one on a line of its own. */
static void show_lines(struct aw__writing *writing, const struct aw__margin *margin,
		       const char *text)
{
	size_t length = strcspn(text, "\n");

	aw__text_escape(writing->out, text, length, writing->options.ascii);
	aw__buffer_char(writing->out, '\n');
	while (text[length] == '\n') {
		text += length + 1;
		length = strcspn(text, "\n");
		aw__margin_line(writing, margin);
		aw__buffer_text(writing->out, "    ");
		aw__text_escape(writing->out, text, length, writing->options.ascii);
		aw__buffer_char(writing->out, '\n');
	}
}

static void show_head(struct aw__writing *writing, const struct aw__margin *margin,
		      const struct aw__error *error)
{
	const char *name = aw__model_type_name(writing->model, error->type);

	aw__writing_style(writing, AW__STYLE_ERROR);
	if (name != NULL && name[0] != '\0')
		aw__writing_foreign(writing, name);
	else
		aw__buffer_text(writing->out, "Error of an unknown type");
	aw__writing_style(writing, AW__STYLE_PLAIN);
	if ((error->flags & AW_ERROR_IS_GROUP) != 0) {
		aw__buffer_text(writing->out, " (");
		aw__writing_plural(writing, error->child_count, "sub-exception");
		aw__buffer_char(writing->out, ')');
	}
	if (error->message != NULL) {
		aw__buffer_text(writing->out, ": ");
		show_lines(writing, margin, error->message);
	} else {
		aw__buffer_char(writing->out, '\n');
	}
}

static void show_notes(struct aw__writing *writing, const struct aw__margin *margin,
		       const struct aw__error *error)
{
	for (uint32_t i = 0; i < error->note_count; i++) {
		aw__margin_line(writing, margin);
		aw__buffer_text(writing->out, "  note: ");
		show_lines(writing, margin,
			   error->notes[i].text != NULL ? error->notes[i].text : "");
	}
	for (uint32_t i = 0; i < error->attribute_count; i++) {
		const struct aw__error_note *attribute = &error->attributes[i];
		const char *key = aw__model_string(writing->model, attribute->key);

		aw__margin_line(writing, margin);
		aw__buffer_text(writing->out, "  .");
		aw__writing_foreign(writing, key != NULL ? key : "?");
		aw__buffer_text(writing->out, " = ");
		show_lines(writing, margin, attribute->text != NULL ? attribute->text : "");
	}
}

static void show_raise(struct aw__writing *writing, const struct aw__margin *margin,
		       const struct aw__error *error)
{
	struct aw__frame site;

	aw__margin_line(writing, margin);
	aw__buffer_text(writing->out, "  raised in ");
	if (error->task != 0)
		aw__labels_task(writing, error->task, 0);
	else
		aw__buffer_text(writing->out, "no task");
	if (error->stack == 0 && aw__model_place(writing->model, error->site, &site)) {
		aw__buffer_text(writing->out, ", by ");
		aw__stacks_frame(writing, &site);
	}
	aw__buffer_char(writing->out, '\n');
	if (error->stack != 0)
		aw__stacks_show(writing, margin, "stack, most recent call first", error->stack,
				error->site, error->task, true);
	if ((error->flags & AW_ERROR_CUT) == 0)
		return;
	aw__margin_line(writing, margin);
	aw__buffer_text(writing->out, "  some of its parts were not recorded\n");
}

static void show_error(struct drawing *drawing, const struct aw__margin *margin, uint64_t id);

static void show_part(struct drawing *drawing, const char *label, uint64_t id, bool last)
{
	const struct aw__error *error = aw__model_error(drawing->writing->model, id);
	struct aw__margin margin = { &drawing->tree, false, "" };
	struct parts parts = { 0 };

	if (error != NULL && aw__map_get(&drawing->seen, id) == NULL)
		find_parts(error, &parts);
	aw__tree_open(&drawing->tree, last);
	margin.children = parts.count > 0;
	aw__buffer_text(drawing->writing->out, label);
	show_error(drawing, &margin, id);
	aw__tree_close(&drawing->tree);
}

static void show_deeper(struct drawing *drawing, const struct aw__margin *margin,
			const struct aw__error *error)
{
	struct aw__writing *writing = drawing->writing;
	const struct aw__model *model = writing->model;
	size_t count = aw__error_tree_mark(model, &drawing->seen, error->cause) +
		       aw__error_tree_mark(model, &drawing->seen, error->context);

	for (uint32_t i = 0; i < error->child_count; i++)
		count += aw__error_tree_mark(model, &drawing->seen, error->children[i]);
	aw__margin_line(writing, margin);
	aw__buffer_format(writing->out, "  %s and ", aw__writing_dots(writing));
	aw__writing_plural(writing, count, "error");
	aw__buffer_text(writing->out, " below this one, too deep to be shown\n");
}

static void show_parts(struct drawing *drawing, const struct aw__margin *margin,
		       const struct aw__error *error)
{
	struct aw__writing *writing = drawing->writing;
	bool suppressed = (error->flags & AW_ERROR_SUPPRESS_CONTEXT) != 0;
	struct parts parts;

	find_parts(error, &parts);
	if (parts.count > 0 && aw__tree_is_full(&drawing->tree)) {
		show_deeper(drawing, margin, error);
		return;
	}
	for (uint32_t i = 0; i < parts.shown_children; i++)
		show_part(drawing, "", error->children[i], --parts.count == 0);
	if (error->child_count > parts.shown_children) {
		aw__tree_open(&drawing->tree, --parts.count == 0);
		aw__buffer_format(writing->out, "%s and ", aw__writing_dots(writing));
		aw__writing_plural(writing, error->child_count - parts.shown_children,
				   "more member");
		aw__buffer_char(writing->out, '\n');
		aw__tree_close(&drawing->tree);
	}
	if (parts.cause != 0)
		show_part(drawing, "caused by ", parts.cause, --parts.count == 0);
	if (parts.context != 0)
		show_part(drawing,
			  suppressed ? "raised (with \"from\") while handling "
				     : "raised while handling ",
			  parts.context, --parts.count == 0);
}

/* The heading of the stack where the source of a cancellation was opened. */
static const char *opened(uint64_t why)
{
	return why == AW_CANCEL_TIMEOUT ? "the timeout was opened, most recent call first"
	       : why == AW_CANCEL_GROUP ? "the group was opened, most recent call first"
					: "where it comes from, most recent call first";
}

static void show_cancel(struct aw__writing *writing, const struct aw__margin *margin,
			const struct aw__error *error)
{
	const struct aw__task_cancel *cancel =
		aw__model_error_cancel(writing->model, error, writing->strict);

	if (cancel == NULL)
		return;
	aw__margin_line(writing, margin);
	aw__buffer_text(writing->out, "  asked to cancel by ");
	if (cancel->by != 0)
		aw__labels_task(writing, cancel->by, 0);
	else
		aw__buffer_text(writing->out, "its loop");
	if (cancel->why != AW_CANCEL_ASKED)
		aw__buffer_format(writing->out, ", because %s", aw__cancel_why_text(cancel->why));
	if (cancel->deadline_ns != 0 && cancel->time_ns > cancel->deadline_ns) {
		aw__buffer_text(writing->out, ", ");
		aw__text_duration(writing->out, cancel->time_ns - cancel->deadline_ns);
		aw__buffer_text(writing->out, " after it was due");
	}
	if (cancel->count > 1)
		aw__buffer_format(writing->out, ", the last of %" PRIu64 " times", cancel->count);
	aw__buffer_char(writing->out, '\n');
	/* for a timeout or a group show where it was opened: the stack that called cancel() is the loop's own */
	if (cancel->origin != 0)
		aw__stacks_show(writing, margin, opened(cancel->why), cancel->origin, 0,
				error->task, true);
	else if (cancel->stack != 0)
		aw__stacks_show(writing, margin, "asked, most recent call first", cancel->stack, 0,
				cancel->by, cancel->by != 0);
}

static void show_error(struct drawing *drawing, const struct aw__margin *margin, uint64_t id)
{
	const struct aw__error *error = aw__model_error(drawing->writing->model, id);
	struct aw__writing *writing = drawing->writing;
	bool again = aw__map_get(&drawing->seen, id) != NULL;

	if (error == NULL || !error->told) {
		aw__buffer_format(writing->out, "error #%" PRIu64 ", which was not recorded\n", id);
		return;
	}
	show_head(writing, margin, error);
	if (again) {
		aw__margin_line(writing, margin);
		aw__buffer_text(writing->out, "  (shown above)\n");
		return;
	}
	aw__map_put(&drawing->seen, id, drawing);
	show_notes(writing, margin, error);
	aw__resilience_show(writing, margin, error);
	show_raise(writing, margin, error);
	show_cancel(writing, margin, error);
	show_parts(drawing, margin, error);
}

void aw__error_tree_show(struct aw__writing *writing, const char *indent, uint64_t id)
{
	const struct aw__error *error = aw__model_error(writing->model, id);
	struct drawing drawing = { .writing = writing };
	struct aw__margin margin = { NULL, false, indent };
	struct parts parts = { 0 };

	if (error != NULL)
		find_parts(error, &parts);
	aw__tree_init(&drawing.tree, writing->out, indent, writing->options.ascii);
	if (parts.count > 0)
		margin = (struct aw__margin){ &drawing.tree, true, "" };
	aw__buffer_text(writing->out, indent);
	show_error(&drawing, &margin, id);
	aw__map_finish(&drawing.seen);
}
