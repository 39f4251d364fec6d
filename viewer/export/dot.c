/* SPDX-License-Identifier: MIT */
/*
 * `awry export dot`: a Graphviz graph of the tasks at the recording's end. Solid lines lead from creators to their
 * tasks, dashed ones from tasks to what they wait for.
 *
 * Live tasks, tasks with an error or a finding, and their ancestors are drawn; other finished tasks only if there is
 * room. At most MOST_NODES are drawn; the graph's label counts the others.
 */
#include "viewer/export/export_internal.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "base/text.h"

#define MOST_NODES 2000u

static void begin(struct aw__export *export)
{
}

static void item(struct aw__export *export, const struct aw__item *it)
{
}

/* Escape text for Graphviz, where backslashes and ampersands are special. */
static void quoted(struct aw__export *export, const char *text)
{
	struct aw__buffer *out = &export->out, *valid = &export->scratch;

	aw__buffer_clear(valid);
	aw__text_escape(valid, text, strlen(text), false);
	for (size_t i = 0; i < valid->length; i++) {
		unsigned char c = (unsigned char)valid->data[i];

		if (c == '"' || c == '\\')
			aw__buffer_format(out, "\\%c", c);
		else if (c == '&')
			aw__buffer_text(out, "&amp;");
		else
			aw__buffer_char(out, (char)c);
	}
}

static bool is_wanted(const struct aw__task *task)
{
	return task->live || task->error_count > 0 || task->finding_count > 0;
}

static const char *state_of(const struct aw__task *task)
{
	if (task->state == AW__TASK_FINISHED)
		return aw__outcome_name(task->outcome);
	return aw__task_state_name(task->state);
}

static void label(struct aw__export *export, const struct aw__task *task)
{
	const uint64_t now_ns = aw__model_now_ns(export->names);
	struct aw__frame coroutine;
	char space[32];

	quoted(export, aw__task_name(&task->facts, task->id, space));
	if (aw__model_place(export->names, task->facts.coroutine, &coroutine) &&
	    coroutine.function != NULL) {
		aw__buffer_text(&export->out, "\\n");
		quoted(export, coroutine.function);
	}
	if (!task->known)
		return;
	aw__buffer_format(&export->out, "\\n%s", state_of(task));
	if (task->state == AW__TASK_WAITING)
		aw__buffer_format(&export->out, ": %s", aw__wait_name(task->wait_kind));
	if (task->live && now_ns > task->changed_ns && task->changed_ns > 0) {
		aw__buffer_text(&export->out, ", ");
		aw__text_duration(&export->out, now_ns - task->changed_ns);
	}
}

static const char *look_of(const struct aw__task *task)
{
	if (!task->known)
		return "style=dotted";
	if (task->finding_count > 0)
		return "style=filled, fillcolor=\"#f4b6b6\"";
	if (task->error_count > 0)
		return "style=filled, fillcolor=\"#f9e0b0\"";
	return task->live ? "style=filled, fillcolor=\"#d8e8d8\"" : "style=filled, fillcolor=white";
}

static void node(struct aw__export *export, const struct aw__task *task,
		 const struct aw__map *drawn)
{
	aw__buffer_format(&export->out, "\tt%" PRIu64 " [%s, label=\"", task->id, look_of(task));
	label(export, task);
	aw__write_line(export, "\"];\n");
	if (task->parent != NULL && aw__map_get(drawn, task->parent->id) != NULL) {
		aw__buffer_format(&export->out, "\tt%" PRIu64 " -> t%" PRIu64, task->parent->id,
				  task->id);
		aw__write_line(export, ";\n");
	}
}

static void wait_of(struct aw__export *export, const struct aw__task *task,
		    const struct aw__map *drawn)
{
	struct aw__buffer *out = &export->out;

	if (!task->live || task->state != AW__TASK_WAITING || task->wait_target == 0)
		return;
	if (aw__map_get(drawn, task->wait_target) != NULL &&
	    aw__model_task(export->names, task->wait_target) != NULL) {
		aw__buffer_format(out, "\tt%" PRIu64 " -> t%" PRIu64, task->id, task->wait_target);
	} else {
		aw__buffer_format(
			out, "\to%" PRIu64 " [shape=ellipse, label=\"%s %" PRIu64 "\"];\n",
			task->wait_target, aw__wait_name(task->wait_kind), task->wait_target);
		aw__buffer_format(out, "\tt%" PRIu64 " -> o%" PRIu64, task->id, task->wait_target);
	}
	aw__buffer_text(out, " [style=dashed, color=\"#a03030\", constraint=false, label=\"");
	aw__write_line(export, "waits\"];\n");
}

/* Mark a task and its ancestors; false once there is no room. */
static bool mark(struct aw__map *drawn, const struct aw__task *task)
{
	for (; task != NULL && aw__map_get(drawn, task->id) == NULL; task = task->parent) {
		if (drawn->count >= MOST_NODES)
			return false;
		aw__map_put(drawn, task->id, (void *)(uintptr_t)task);
	}
	return true;
}

static void choose(struct aw__export *export, struct aw__map *drawn, bool wanted)
{
	const struct aw__task *task = aw__model_task_roots(export->names);
	int depth = 0;

	for (; task != NULL; task = aw__model_task_next(task, &depth))
		if (is_wanted(task) == wanted && !mark(drawn, task))
			return;
}

static void graph(struct aw__export *export, const struct aw__map *drawn)
{
	const struct aw__task *task = aw__model_task_roots(export->names);
	uint64_t left_out = 0;
	int depth = 0;

	for (; task != NULL; task = aw__model_task_next(task, &depth))
		if (aw__map_get(drawn, task->id) != NULL)
			node(export, task, drawn);
		else
			left_out++;
	task = aw__model_task_roots(export->names);
	for (depth = 0; task != NULL; task = aw__model_task_next(task, &depth))
		if (aw__map_get(drawn, task->id) != NULL)
			wait_of(export, task, drawn);
	if (left_out > 0)
		aw__buffer_format(&export->out,
				  "\tlabel=\"%" PRIu64 " further tasks are left out\";\n",
				  left_out);
}

static void end(struct aw__export *export)
{
	const struct aw__hello *hello = aw__model_hello(export->names);
	struct aw__map drawn = { 0 };

	aw__buffer_text(&export->out, "digraph \"");
	quoted(export, hello != NULL ? hello->program : "awry");
	aw__buffer_text(&export->out, "\" {\n\trankdir=LR;\n"
				      "\tnode [shape=box, fontname=\"sans-serif\"];\n");
	choose(export, &drawn, true);
	choose(export, &drawn, false);
	graph(export, &drawn);
	aw__write_line(export, "}\n");
	aw__map_finish(&drawn);
}

const struct aw__exporter aw__dot_exporter = {
	.name = "dot",
	.description = "the tree of tasks and what they wait for: for Graphviz",
	.extension = "dot",
	.everything = true,
	.begin = begin,
	.item = item,
	.end = end,
};
