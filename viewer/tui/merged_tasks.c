/* SPDX-License-Identifier: MIT */
/*
 * Merging (=): shows tasks of the same creation stack, coroutine and state as one row with their number, and lists them
 * on a page.
 */
#include <inttypes.h>

#include "base/text.h"
#include "viewer/tui/phrases.h"
#include "viewer/tui/task_rows.h"

#define MAX_MEMBERS 500

void aw__merged_tasks_merge(struct aw__buffer *buffer, size_t from)
{
	struct aw__row *rows = (struct aw__row *)(void *)buffer->data;
	size_t count = buffer->length / sizeof(*rows), kept = from;
	struct aw__map first = { 0 };

	for (size_t i = from; i < count; i++) {
		bool alone = rows[i].merge_key == 0 || rows[i].branch;
		size_t at = alone ? 0 : (size_t)(uintptr_t)aw__map_get(&first, rows[i].merge_key);

		if (at > 0) {
			rows[at - 1].count += rows[i].count;
			continue;
		}
		rows[kept++] = rows[i];
		if (!alone)
			aw__map_put(&first, rows[i].merge_key, (void *)kept);
	}
	buffer->length = kept * sizeof(*rows);
	aw__map_finish(&first);
}

/* Tasks with equal creation stack, coroutine and state have the same key. */
uint64_t aw__task_merge_key(const struct aw__task *task)
{
	uint64_t state = (uint64_t)task->state << 24 | (uint64_t)task->outcome << 16 |
			 (uint64_t)task->wait_kind << 8 | (uint64_t)task->live << 1 | 1;

	return aw__map_hash(state ^
			    aw__map_hash(task->facts.stack ^ aw__map_hash(task->facts.coroutine))) |
	       1;
}

static void write_page(struct aw__app *app, const struct aw__subject *subject,
		       struct aw__buffer *out)
{
	const struct aw__task *task = aw__model_task_roots(app->model), *one = NULL;
	uint64_t count = 0;
	int depth = 0;

	for (; task != NULL; task = aw__model_task_next(task, &depth)) {
		if (aw__task_merge_key(task) != subject->merge_key || ++count > MAX_MEMBERS)
			continue;
		one = task;
		aw__phrases_link(app, out, 't', task->id);
		aw__buffer_text(out, "  ");
		aw__phrases_task(app, out, task->id);
		if (task->live && task->changed_ns != 0 && task->changed_ns <= app->now_ns) {
			aw__buffer_format(out, ", %s, %sfor ", aw__task_state_text(task->state),
					  task->state == AW__TASK_UNTOLD ? "alive " : "");
			aw__text_duration(out, app->now_ns - task->changed_ns);
		}
		aw__buffer_char(out, '\n');
	}
	if (count > MAX_MEMBERS)
		aw__buffer_format(out, "  %s and %" PRIu64 " more\n", aw__phrases_dots(app),
				  count - MAX_MEMBERS);
	aw__buffer_char(out, '\n');
	if (one != NULL)
		aw__phrases_chain(app, out, one->facts.stack,
				  "All were created here, most recent call first:", 0, false);
}

static const char *lacks(struct aw__app *app, const struct aw__subject *subject)
{
	(void)app;
	return subject->merge_key != 0 ? NULL : "this row is not a group of merged tasks";
}

const struct aw__page aw__page_merged = { "the same", write_page, lacks };
