/* SPDX-License-Identifier: MIT */
/*
 * The resources view (8): open handles, and the locks, queues and groups that tasks wait for; and the page of one
 * resource.
 */
#include <inttypes.h>
#include <string.h>

#include <awry/agent.h>

#include "base/text.h"
#include "viewer/tui/phrases.h"
#include "viewer/tui/waiters.h"

enum { KIND, ID, WAITERS, SINCE, WHOSE };

static const struct aw__column columns[] = {
	{ "KIND", 12, 0, false },
	{ "ID", 8, 0, false },
	{ "WAITERS", 8, 0, false, 0, true },
	{ "SINCE", 9, 60, false, 0, true },
	{ "WHOSE", 0, 0, false },
	{ 0 },
};

/* Whether the wait is for a resource, not for a task or a time. */
static bool is_resource(uint8_t wait_kind)
{
	return wait_kind != AW_WAIT_TASK && wait_kind != AW_WAIT_SLEEP;
}

static void append_handles(struct aw__app *app, const struct aw__waiters *waiters,
			   struct aw__buffer *rows)
{
	for (size_t i = 0; i < aw__model_handle_count(app->model); i++) {
		const struct aw__handle *handle = aw__model_handle_at(app->model, i);
		struct aw__row row;
		size_t count;

		memset(&row, 0, sizeof(row));
		row.id = handle->id;
		row.key = aw__waiters_resource(AW_WAIT_READ, handle->id);
		row.wait_kind = AW_WAIT_READ;
		row.known = true;
		row.changed_ns = handle->opened_ns;
		aw__waiters_of(waiters, row.key, &count);
		row.count = count;
		aw__buffer_append(rows, &row, sizeof(row));
	}
}

/* Add a row for the resource that these tasks wait for, except for a handle, which is listed already. */
static void append_waited(struct aw__app *app, const struct aw__waiter *first, size_t count,
			  struct aw__buffer *rows)
{
	const struct aw__task *task = first->task;
	struct aw__row row;

	if (!is_resource(task->wait_kind) ||
	    (aw__waiters_is_handle(task->wait_kind) &&
	     aw__model_handle(app->model, task->wait_target) != NULL))
		return;
	memset(&row, 0, sizeof(row));
	row.id = task->wait_target;
	row.key = first->target;
	row.wait_kind = task->wait_kind;
	row.count = count;
	row.changed_ns = task->changed_ns;
	for (size_t i = 1; i < count; i++)
		if (first[i].task->changed_ns < row.changed_ns)
			row.changed_ns = first[i].task->changed_ns;
	aw__buffer_append(rows, &row, sizeof(row));
}

static void fill(struct aw__app *app, struct aw__buffer *rows)
{
	struct aw__waiters waiters;
	size_t run;

	aw__waiters_find(app, &waiters);
	append_handles(app, &waiters, rows);
	for (size_t i = 0; i < waiters.count; i += run) {
		for (run = 1; i + run < waiters.count &&
			      waiters.items[i + run].target == waiters.items[i].target;)
			run++;
		append_waited(app, &waiters.items[i], run, rows);
	}
	aw__waiters_finish(&waiters);
}

static bool order(struct aw__app *app, struct aw__row *row, int column)
{
	(void)app;
	row->sort2 = row->id;
	if (column == ID)
		row->sort = row->id;
	else if (column == WAITERS)
		row->sort = UINT64_MAX - row->count;
	else if (column == SINCE)
		row->sort = row->changed_ns;
	return column != KIND && column != WHOSE;
}

static void append_kind(const struct aw__app *app, uint64_t id, uint8_t wait_kind,
			struct aw__buffer *out)
{
	const struct aw__handle *handle =
		aw__waiters_is_handle(wait_kind) ? aw__model_handle(app->model, id) : NULL;
	const char *kind = handle != NULL ? aw__model_string(app->model, handle->kind) : NULL;

	if (kind != NULL)
		aw__phrases_foreign(app, out, kind);
	else if (aw__waiters_is_handle(wait_kind))
		aw__buffer_text(out, "handle");
	else
		aw__buffer_text(out, aw__wait_name(wait_kind));
}

static uint64_t holder_of(const struct aw__app *app, uint64_t id, uint8_t wait_kind)
{
	const struct aw__handle *handle;

	if (wait_kind == AW_WAIT_LOCK)
		return aw__model_holder(app->model, id);
	handle = aw__waiters_is_handle(wait_kind) ? aw__model_handle(app->model, id) : NULL;
	return handle != NULL ? handle->task : 0;
}

static uint8_t cell(const struct aw__app *app, const struct aw__row *row, int column,
		    struct aw__buffer *out)
{
	uint64_t holder;

	switch (column) {
	case KIND:
		append_kind(app, row->id, row->wait_kind, out);
		return AW__INK_CYAN;
	case ID:
		aw__buffer_format(out, "%" PRIu64, row->id);
		return AW__INK_DIM;
	case WAITERS:
		if (row->count > 0)
			aw__text_number(out, row->count);
		return AW__INK_PLAIN;
	case SINCE:
		if (row->changed_ns != 0 && row->changed_ns <= app->now_ns)
			aw__text_duration(out, app->now_ns - row->changed_ns);
		return AW__INK_PLAIN;
	default:
		holder = holder_of(app, row->id, row->wait_kind);
		if (holder == 0)
			return AW__INK_PLAIN;
		aw__phrases_task(app, out, holder);
		aw__buffer_text(out, row->known ? " opened it" : " has it");
		return AW__INK_PLAIN;
	}
}

static void subject(const struct aw__app *app, const struct aw__row *row,
		    struct aw__subject *ret_subject)
{
	ret_subject->id = row->id;
	ret_subject->wait_kind = row->wait_kind;
	ret_subject->task = holder_of(app, row->id, row->wait_kind);
}

const struct aw__view aw__view_resources = {
	.name = "resources",
	.brief = "res",
	.nothing = "No handle is known to be open, and nobody waits for a lock or a queue.",
	.columns = columns,
	.first_sort = WAITERS,
	.fill = fill,
	.order = order,
	.cell = cell,
	.subject = subject,
	.page = &aw__page_resource,
};

/* ---- the page of a resource ---- */

#define MAX_WAITERS 500

static void append_waiters(struct aw__app *app, const struct aw__subject *subject,
			   struct aw__buffer *out)
{
	const struct aw__waiter *waiter;
	struct aw__waiters waiters;
	size_t count;

	aw__waiters_find(app, &waiters);
	waiter = aw__waiters_of(&waiters, aw__waiters_resource(subject->wait_kind, subject->id),
				&count);
	aw__buffer_text(out, "\n  ");
	aw__phrases_count(out, count, "task");
	aw__buffer_text(out, count == 1 ? " waits for it\n" : " wait for it\n");
	for (size_t i = 0; i < count && i < MAX_WAITERS; i++) {
		aw__phrases_link(app, out, 't', waiter[i].task->id);
		aw__buffer_text(out, "    ");
		aw__phrases_task(app, out, waiter[i].task->id);
		aw__buffer_format(out, ", %s", aw__wait_name(waiter[i].task->wait_kind));
		if (waiter[i].task->changed_ns != 0 && waiter[i].task->changed_ns <= app->now_ns) {
			aw__buffer_text(out, ", for ");
			aw__text_duration(out, app->now_ns - waiter[i].task->changed_ns);
		}
		aw__buffer_char(out, '\n');
	}
	if (count > MAX_WAITERS)
		aw__buffer_format(out, "    %s and %zu more\n", aw__phrases_dots(app),
				  count - MAX_WAITERS);
	aw__waiters_finish(&waiters);
}

static void write_page(struct aw__app *app, const struct aw__subject *subject,
		       struct aw__buffer *out)
{
	uint64_t holder = holder_of(app, subject->id, subject->wait_kind);
	const struct aw__handle *handle = aw__model_handle(app->model, subject->id);

	aw__buffer_text(out, AW__BOLD);
	append_kind(app, subject->id, subject->wait_kind, out);
	aw__buffer_format(out, AW__PLAIN "  #%" PRIu64 "\n\n", subject->id);
	if (aw__waiters_is_handle(subject->wait_kind) && handle != NULL) {
		aw__phrases_field(out, "opened");
		aw__phrases_ago(app, out, handle->opened_ns);
		aw__buffer_char(out, '\n');
	}
	aw__phrases_field(out, aw__waiters_is_handle(subject->wait_kind) ? "opened by" : "held by");
	aw__phrases_link(app, out, 't', holder);
	if (holder != 0)
		aw__phrases_task(app, out, holder);
	else
		aw__buffer_text(out, "not known");
	aw__buffer_char(out, '\n');
	append_waiters(app, subject, out);
}

static const char *lacks(struct aw__app *app, const struct aw__subject *subject)
{
	(void)app;
	return subject->wait_kind != 0 ? NULL : "no resource is chosen";
}

const struct aw__page aw__page_resource = { "resource", write_page, lacks };
