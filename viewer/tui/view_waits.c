/* SPDX-License-Identifier: MIT */
/*
 * The wait graph (4), with the tasks that wait below the task or resource that they wait for: the cause of a delay is
 * at the top. Deadlocks come first.
 */
#include <inttypes.h>
#include <string.h>

#include <awry/agent.h>

#include "base/alloc.h"
#include "base/text.h"
#include "viewer/tui/phrases.h"
#include "viewer/tui/waiters.h"

enum { SINCE, WAITERS, BY, WHO };

static const struct aw__column columns[] = {
	{ "SINCE", 9, 60, false, 0, true },
	{ "WAITERS", 8, 0, false, 0, true },
	{ "WAITS FOR", 16, 80, false, 20 },
	{ "WHO WAITS FOR IT", 0, 0, true, 0 },
	{ 0 },
};

enum part { CIRCLE, MEMBER, TASK, RESOURCE, WAITER };

/* Computed once for all rows of a process. Rows refer to it, so those of all processes are kept until forget(). */
struct aw__wait_graph {
	struct aw__wait_graph *next; /* of another process */
	unsigned process;
	struct aw__waiters waiters;
	struct aw__circles circles;
	struct aw__map in_circle; /* task -> itself */
};

static void forget(struct aw__app *app)
{
	for (struct aw__wait_graph *graph = app->graph, *next; graph != NULL; graph = next) {
		next = graph->next;
		aw__waiters_finish(&graph->waiters);
		aw__circles_finish(&graph->circles);
		aw__map_finish(&graph->in_circle);
		aw__alloc_free(graph);
	}
	app->graph = NULL;
}

static const struct aw__wait_graph *graph_of(struct aw__app *app)
{
	struct aw__wait_graph *graph = app->graph;

	while (graph != NULL && graph->process != app->process)
		graph = graph->next;
	if (graph != NULL)
		return graph;
	graph = aw__alloc_must_zeroed(1, sizeof(*graph));
	graph->next = app->graph;
	app->graph = graph;
	graph->process = app->process;
	aw__waiters_find(app, &graph->waiters);
	aw__circles_find(app->model, &graph->circles);
	for (size_t i = 0; i < graph->circles.count; i++)
		for (size_t j = 0; j < graph->circles.items[i].count; j++)
			aw__map_put(&graph->in_circle, graph->circles.items[i].tasks[j]->id, graph);
	return graph;
}

/* Set a row's children: the tasks that wait for its object. */
static void set_waiters(const struct aw__wait_graph *graph, struct aw__row *row,
			const struct aw__waiter *waiters, size_t count)
{
	row->source = waiters;
	row->count = count;
	for (size_t i = 0; i < count && !row->branch; i++)
		row->branch = aw__map_get(&graph->in_circle, waiters[i].task->id) == NULL;
	row->open = row->branch;
}

static void append_task(const struct aw__wait_graph *graph, const struct aw__task *task,
			enum part kind, struct aw__buffer *rows)
{
	struct aw__row row;

	memset(&row, 0, sizeof(row));
	row.key = row.id = task->id;
	row.kind = (uint8_t)kind;
	row.known = task->known;
	row.live = task->live;
	row.state = task->state;
	row.wait_kind = task->wait_kind;
	row.wait_target = task->wait_target;
	row.changed_ns = task->changed_ns;
	if (aw__waiters_may_have(&graph->waiters, task->id)) {
		size_t count;
		const struct aw__waiter *waiters =
			aw__waiters_of(&graph->waiters, aw__waiters_task(task->id), &count);

		set_waiters(graph, &row, waiters, count);
	}
	aw__buffer_append(rows, &row, sizeof(row));
}

static void append_circle(const struct aw__circle *circle, struct aw__buffer *rows)
{
	struct aw__row row;

	memset(&row, 0, sizeof(row));
	row.id = circle->tasks[0]->id;
	row.key = aw__map_hash(row.id);
	row.kind = CIRCLE;
	row.count = circle->count;
	row.branch = row.open = true;
	for (size_t i = 0; i < circle->count; i++)
		if (circle->tasks[i]->changed_ns > row.changed_ns)
			row.changed_ns = circle->tasks[i]->changed_ns;
	aw__buffer_append(rows, &row, sizeof(row));
}

/* Whether a task is shown below the object that it waits for, not at the top. */
static bool stands_below(const struct aw__task *task)
{
	return task->live && task->state == AW__TASK_WAITING && task->wait_target != 0 &&
	       task->wait_kind != AW_WAIT_SLEEP;
}

static void append_target(struct aw__app *app, const struct aw__wait_graph *graph,
			  const struct aw__waiter_group *group, struct aw__buffer *rows)
{
	const struct aw__waiter *waiter = graph->waiters.items + group->first;
	const struct aw__task *target;
	struct aw__row row;

	if (waiter->task->wait_kind == AW_WAIT_TASK) {
		target = aw__model_task(app->model, waiter->task->wait_target);
		if (target != NULL && !stands_below(target))
			append_task(graph, target, TASK, rows);
		if (target != NULL)
			return;
	}
	memset(&row, 0, sizeof(row));
	row.id = waiter->task->wait_target;
	row.key = waiter->target;
	row.kind = RESOURCE;
	row.wait_kind = waiter->task->wait_kind;
	row.changed_ns = waiter->task->changed_ns;
	set_waiters(graph, &row, waiter, group->count);
	if (row.branch)
		aw__buffer_append(rows, &row, sizeof(row));
}

static void fill(struct aw__app *app, struct aw__buffer *rows)
{
	const struct aw__wait_graph *graph = graph_of(app);

	for (size_t i = 0; i < graph->circles.count; i++)
		append_circle(&graph->circles.items[i], rows);
	for (size_t i = 0; i < graph->waiters.group_count; i++)
		append_target(app, graph, &graph->waiters.groups[i], rows);
}

static void append_members(const struct aw__wait_graph *graph, uint64_t first,
			   struct aw__buffer *rows)
{
	for (size_t i = 0; i < graph->circles.count; i++) {
		const struct aw__circle *circle = &graph->circles.items[i];

		for (size_t j = 0; circle->tasks[0]->id == first && j < circle->count; j++)
			append_task(graph, circle->tasks[j], MEMBER, rows);
	}
}

static void children(struct aw__app *app, const struct aw__row *row, struct aw__buffer *rows)
{
	const struct aw__wait_graph *graph = graph_of(app);
	const struct aw__waiter *end = graph->waiters.items + graph->waiters.count;
	const struct aw__waiter *waiters = row->source;
	const uint64_t target = waiters != NULL ? waiters->target : 0;

	if (row->kind == CIRCLE) {
		append_members(graph, row->id, rows);
		return;
	}
	for (; waiters != NULL && waiters < end && waiters->target == target; waiters++)
		if (aw__map_get(&graph->in_circle, waiters->task->id) == NULL)
			append_task(graph, waiters->task, WAITER, rows);
}

static bool order(struct aw__app *app, struct aw__row *row, int column)
{
	(void)app;
	row->sort2 = row->id;
	if (column == SINCE)
		row->sort = row->changed_ns;
	else if (column == WAITERS) /* deadlocks first, then the objects with the most waiters */
		row->sort = row->kind == CIRCLE ? 0 : UINT64_MAX - row->count;
	return column != BY && column != WHO;
}

static void append_resource(const struct aw__app *app, const struct aw__row *row,
			    struct aw__buffer *out)
{
	uint64_t holder = aw__model_holder(app->model, row->id);

	aw__phrases_wait(app, out, row->wait_kind, row->id);
	if (row->wait_kind != AW_WAIT_LOCK || holder == 0)
		return;
	aw__buffer_text(out, ", held by ");
	aw__phrases_task(app, out, holder);
}

/* Unnamed tasks show their coroutine. */
static void append_coroutine(const struct aw__app *app, const struct aw__row *row,
			     struct aw__buffer *out)
{
	const struct aw__task *task = aw__model_task(app->model, row->id);

	if (task == NULL || task->facts.coroutine == 0)
		return;
	aw__buffer_text(out, "  ");
	aw__phrases_place(app, out, task->facts.coroutine, true);
}

static uint8_t append_who(const struct aw__app *app, const struct aw__row *row,
			  struct aw__buffer *out)
{
	switch (row->kind) {
	case CIRCLE:
		aw__buffer_text(out, "deadlock: ");
		aw__phrases_count(out, row->count, "task");
		aw__buffer_text(out,
				row->count == 1 ? " waits for itself" : " wait for each other");
		return AW__INK_RED | AW__INK_BOLD;
	case RESOURCE:
		append_resource(app, row, out);
		return AW__INK_CYAN;
	default:
		aw__phrases_task(app, out, row->id);
		if (!row->live)
			aw__buffer_text(out, row->known ? ", finished" : ", not recorded");
		else if (row->state != AW__TASK_WAITING)
			aw__buffer_format(out, ", %s", aw__task_state_text(row->state));
		append_coroutine(app, row, out);
		return row->kind == MEMBER ? AW__INK_RED : AW__INK_PLAIN;
	}
}

static uint8_t cell(const struct aw__app *app, const struct aw__row *row, int column,
		    struct aw__buffer *out)
{
	if (column == WHO)
		return append_who(app, row, out);
	if (column == SINCE && row->changed_ns != 0 && row->changed_ns <= app->now_ns)
		aw__text_duration(out, app->now_ns - row->changed_ns);
	else if (column == WAITERS && row->kind != CIRCLE && row->count > 0)
		aw__text_number(out, row->count);
	else if (column == BY &&
		 (row->kind == MEMBER || row->kind == WAITER || row->kind == TASK) && row->live &&
		 row->state == AW__TASK_WAITING)
		aw__phrases_wait(app, out, row->wait_kind, row->wait_target);
	return AW__INK_PLAIN;
}

static void subject(const struct aw__app *app, const struct aw__row *row,
		    struct aw__subject *ret_subject)
{
	if (row->kind == RESOURCE)
		ret_subject->task = aw__model_holder(app->model, row->id);
	else
		ret_subject->task = row->id;
}

const struct aw__view aw__view_waits = {
	.name = "waits",
	.brief = "wait",
	.nothing = "No task waits for another task or for a resource.",
	.columns = columns,
	.first_sort = WAITERS,
	.fill = fill,
	.children = children,
	.forget = forget,
	.order = order,
	.cell = cell,
	.subject = subject,
	.page = &aw__page_task,
};
