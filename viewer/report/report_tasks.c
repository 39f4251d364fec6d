/* SPDX-License-Identifier: MIT */
/* Prints the tree of tasks for `awry tree`: each task below its creator, its state, and for how long. */
#include "viewer/report/report_internal.h"

#include <inttypes.h>

#include <awry/agent.h>

#include "base/alloc.h"
#include "base/text.h"

/* Tasks beyond this many are only counted. */
#define MAX_SHOWN   20000
#define LONG_AGO_NS UINT64_C(1000000000)

/* A finished task is shown as long as it has a live descendant. */
static void mark_ancestors(struct aw__map *shown, const struct aw__task *task)
{
	for (; task != NULL && aw__map_get(shown, task->id) == NULL; task = task->parent)
		aw__map_put(shown, task->id, (void *)task);
}

static bool is_shown(const struct aw__map *shown, const struct aw__task *task)
{
	return aw__map_get(shown, task->id) != NULL;
}

static const struct aw__task *next_shown(const struct aw__map *shown, const struct aw__task *task)
{
	while (task != NULL && !is_shown(shown, task))
		task = task->next;
	return task;
}

static void show_target(struct aw__writing *writing, const struct aw__task *task)
{
	const uint64_t target = task->wait_kind != AW_WAIT_SLEEP ? task->wait_target : 0;

	if (task->wait_kind == AW_WAIT_TASK)
		aw__buffer_text(writing->out, target != 0 ? "task " : "task");
	else if (task->wait_kind == AW_WAIT_JOB)
		aw__buffer_text(writing->out, "job ");
	if (task->wait_kind != AW_WAIT_TASK || target != 0)
		aw__waits_target(writing, task->wait_kind, target);
}

static void show_state(struct aw__writing *writing, const struct aw__task *task, uint64_t now_ns)
{
	if (!task->known) {
		aw__buffer_text(writing->out,
				writing->options.filtered ? "does not match" : "not recorded");
		return;
	}
	if (!task->live) {
		aw__buffer_format(writing->out, "finished: %s",
				  task->vanished ? "unseen" : aw__outcome_name(task->outcome));
		return;
	}
	if (task->state == AW__TASK_WAITING) {
		aw__buffer_text(writing->out, "waiting: ");
		show_target(writing, task);
	} else {
		aw__buffer_text(writing->out, aw__task_state_text(task->state));
	}
	if (task->changed_ns != 0 && now_ns > task->changed_ns) {
		aw__buffer_text(writing->out,
				task->state == AW__TASK_UNTOLD ? ", alive for " : " for ");
		aw__text_duration(writing->out, now_ns - task->changed_ns);
	}
	if (task->cancel != NULL)
		aw__buffer_format(
			writing->out, ", asked to cancel%s%s", task->cancel->why != 0 ? ": " : "",
			task->cancel->why != 0 ? aw__cancel_why_name(task->cancel->why) : "");
}

static void show_task(struct aw__writing *writing, const struct aw__task *task, uint64_t now_ns)
{
	struct aw__frame frame;

	aw__labels_name(writing, task->id);
	if (aw__model_place(writing->model, task->facts.coroutine, &frame) &&
	    frame.function != NULL) {
		aw__buffer_text(writing->out, "  ");
		aw__writing_foreign(writing, frame.function);
	}
	aw__buffer_text(writing->out, "  ");
	show_state(writing, task, now_ns);
	if (aw__model_before_recording(writing->model, task->facts.stack))
		aw__buffer_text(writing->out, ", created before recording began");
	aw__buffer_char(writing->out, '\n');
}

/* Where the task waits, or where its thread was, on a line of its own. */
static void show_wait_stack(struct aw__writing *writing, const struct aw__tree *tree,
			    const struct aw__task *task, bool children)
{
	const size_t before = writing->out->length;

	if (!task->live || !aw__state_has_place(task->state, task->wait_kind) ||
	    task->wait_stack == 0)
		return;
	aw__tree_line(tree, children);
	aw__buffer_text(writing->out, "  in ");
	if (aw__stacks_line(writing, task->wait_stack))
		aw__buffer_char(writing->out, '\n');
	else
		aw__buffer_cut(writing->out, before);
}

struct forest {
	struct aw__writing writing;
	struct aw__tree tree;
	struct aw__map shown;
	struct aw__limit limit;
	uint64_t now_ns;
	size_t lines, deep;
	size_t too_deep; /* levels of the walk below the deepest one that is shown */
};

static void show_node(struct forest *forest, const struct aw__task *task)
{
	const bool children = next_shown(&forest->shown, task->first_child) != NULL;
	const bool below = task->parent != NULL || forest->tree.depth > 0;

	forest->lines++;
	if (forest->lines > MAX_SHOWN || !aw__limit_next(&forest->limit))
		return;
	if (below)
		aw__tree_open(&forest->tree, next_shown(&forest->shown, task->next) == NULL);
	show_task(&forest->writing, task, forest->now_ns);
	show_wait_stack(&forest->writing, &forest->tree, task, children);
	if (below)
		aw__tree_close(&forest->tree);
	aw__limit_done(&forest->limit);
}

static void enter(struct forest *forest, const struct aw__task *task)
{
	if (task->parent == NULL)
		return;
	if (forest->too_deep > 0 || aw__tree_is_full(&forest->tree))
		forest->too_deep++;
	else
		forest->tree.last[forest->tree.depth++] =
			next_shown(&forest->shown, task->next) == NULL;
}

static void leave(struct forest *forest, const struct aw__task *task)
{
	if (task->parent == NULL)
		return;
	if (forest->too_deep > 0)
		forest->too_deep--;
	else
		aw__tree_close(&forest->tree);
}

static void show_forest(struct forest *forest)
{
	const struct aw__task *task =
		next_shown(&forest->shown, aw__model_task_roots(forest->writing.model));

	while (task != NULL) {
		const struct aw__task *child = next_shown(&forest->shown, task->first_child);

		if (forest->too_deep > 0 ||
		    (aw__tree_is_full(&forest->tree) && task->parent != NULL))
			forest->deep++;
		else
			show_node(forest, task);
		if (child != NULL) {
			enter(forest, task);
			task = child;
			continue;
		}
		while (task != NULL && next_shown(&forest->shown, task->next) == NULL) {
			task = task->parent;
			if (task != NULL)
				leave(forest, task);
		}
		task = task != NULL ? next_shown(&forest->shown, task->next) : NULL;
	}
}

static void mark_live(struct forest *forest)
{
	const struct aw__task *task = aw__model_task_roots(forest->writing.model);
	int depth = 0;

	for (; task != NULL; task = aw__model_task_next(task, &depth))
		if (task->live)
			mark_ancestors(&forest->shown, task);
}

static void show_hidden(struct forest *forest, size_t count, const char *why)
{
	if (count == 0)
		return;
	aw__buffer_format(forest->writing.out, "%s and ", aw__writing_dots(&forest->writing));
	aw__writing_plural(&forest->writing, count, "more task");
	aw__buffer_format(forest->writing.out, " %s\n", why);
}

static void show_loops(struct forest *forest)
{
	const struct aw__model *model = forest->writing.model;
	struct aw__buffer *out = forest->writing.out;

	for (size_t i = 0; i < aw__model_loop_count(model); i++) {
		const struct aw__loop *loop = aw__model_loop_at(model, i);

		if (loop->closed || loop->busy_since_ns == 0)
			continue;
		aw__buffer_text(out, "loop ");
		if (loop->label != NULL)
			aw__writing_foreign(&forest->writing, loop->label);
		else
			aw__buffer_format(out, "#%" PRIu64, loop->id);
		aw__buffer_text(out, " busy");
		if (forest->now_ns > loop->busy_since_ns) {
			aw__buffer_text(out, " for ");
			aw__text_duration(out, forest->now_ns - loop->busy_since_ns);
		}
		if (loop->task != 0) {
			aw__buffer_text(out, " with ");
			aw__labels_name(&forest->writing, loop->task);
		}
		aw__buffer_char(out, '\n');
	}
}

/* A live process sends the states of tasks repeatedly, a recording perhaps only at its beginning. */
static void show_age(const struct forest *forest)
{
	const struct aw__model *model = forest->writing.model;
	struct aw__buffer *out = forest->writing.out;
	uint64_t listed_ns;

	if (aw__model_steps_recorded(model) || aw__model_counts(model)->tasks_live == 0)
		return;
	if (!aw__model_listed(model, &listed_ns)) {
		aw__buffer_text(out, "; their states are recorded only with AWRY_DETAIL=steps");
	} else if (listed_ns != 0 && forest->now_ns > listed_ns + LONG_AGO_NS) {
		aw__buffer_text(out, "; their states are ");
		aw__text_duration(out, forest->now_ns - listed_ns);
		aw__buffer_text(out, " old");
	}
}

void aw__report_tree(const struct aw__model *model, const struct aw__report_options *options,
		     uint64_t now_ns, struct aw__buffer *out)
{
	const struct aw__model_counts *counts = aw__model_counts(model);
	struct forest forest = { .now_ns = now_ns };

	aw__writing_init(&forest.writing, model, options, out);
	aw__tree_init(&forest.tree, out, "", options->ascii);
	aw__writing_plural(&forest.writing, counts->tasks_live, "live task");
	if (options->filtered)
		aw__buffer_text(out, counts->tasks_live == 1 ? " that matches" : " that match");
	show_age(&forest);
	aw__buffer_char(out, '\n');
	show_loops(&forest);
	mark_live(&forest);
	aw__limit_begin(&forest.limit, out);
	show_forest(&forest);
	if (aw__limit_end(&forest.limit) > 0) {
		aw__limit_show(out, forest.limit.left_out, "task");
		aw__buffer_char(out, '\n');
	}
	aw__waits_circles(&forest.writing);
	if (forest.lines > MAX_SHOWN)
		show_hidden(&forest, forest.lines - MAX_SHOWN, "beyond the first 20,000");
	show_hidden(&forest, forest.deep, "too deep to be shown");
	show_hidden(&forest, counts->unlisted_tasks,
		    "alive, but beyond the recorder's bound (AWRY_MEMORY_BYTES)");
	aw__map_finish(&forest.shown);
	aw__writing_finish(&forest.writing);
}
