/* SPDX-License-Identifier: MIT */
/* Two pages about a task: its creation stacks up to main (c), and which task should have awaited it (a). */
#include <inttypes.h>

#include <awry/agent.h>

#include "base/text.h"
#include "viewer/tui/phrases.h"

#define MAX_ANCESTORS 64

static void append_name(struct aw__app *app, uint64_t id, struct aw__buffer *out)
{
	const struct aw__task *task = aw__model_task(app->model, id);

	aw__phrases_link(app, out, 't', id);
	aw__buffer_text(out, AW__BOLD);
	aw__phrases_task(app, out, id);
	aw__buffer_text(out, AW__PLAIN);
	if (task == NULL)
		return;
	if (task->facts.coroutine != 0) {
		aw__buffer_text(out, " (");
		aw__phrases_place(app, out, task->facts.coroutine, true);
		aw__buffer_char(out, ')');
	}
	if (task->known)
		aw__buffer_format(out, ", %s",
				  task->live	   ? aw__task_state_text(task->state)
				  : task->vanished ? "finished"
						   : aw__outcome_name(task->outcome));
}

static void write_creation(struct aw__app *app, const struct aw__subject *subject,
			   struct aw__buffer *out)
{
	uint64_t id = subject->task;
	const struct aw__task *task;
	unsigned count = 0;

	for (; id != 0 && count < MAX_ANCESTORS; count++) {
		task = aw__model_task(app->model, id);
		aw__buffer_text(out, count == 0 ? "  " : "  created by ");
		append_name(app, id, out);
		aw__buffer_char(out, '\n');
		id = task != NULL ? task->facts.creator : 0;
	}
	if (id != 0)
		aw__buffer_text(out, AW__DIM "  further ancestors are not named\n" AW__PLAIN);
	aw__buffer_char(out, '\n');
	task = aw__model_task(app->model, subject->task);
	aw__phrases_chain(app, out, task != NULL ? task->facts.stack : 0,
			  "Created, most recent call first:", subject->task, false);
}

const struct aw__page aw__page_creation = { "creation", write_creation, aw__subject_lacks_task };

/* ---- which task should have awaited it ---- */

static void append_waiters(struct aw__app *app, uint64_t id, struct aw__buffer *out)
{
	const struct aw__task *task = aw__model_task_roots(app->model);
	unsigned count = 0;
	int depth = 0;

	for (; task != NULL; task = aw__model_task_next(task, &depth)) {
		if (!task->live || task->state != AW__TASK_WAITING ||
		    task->wait_kind != AW_WAIT_TASK || task->wait_target != id)
			continue;
		aw__phrases_field(out, count++ == 0 ? "awaited by" : "");
		append_name(app, task->id, out);
		aw__buffer_char(out, '\n');
	}
	if (count > 0)
		return;
	aw__phrases_field(out, "awaited by");
	aw__buffer_text(out, "no task at this time\n");
}

static void append_creators_end(struct aw__app *app, const struct aw__task *creator,
				const struct aw__task *task, struct aw__buffer *out)
{
	if (creator->live || creator->changed_ns == 0 || task->changed_ns == 0)
		return;
	aw__phrases_field(out, "");
	if (task->live || creator->changed_ns <= task->changed_ns) {
		aw__buffer_text(out, "it ended ");
		if (aw__phrases_ago(app, out, creator->changed_ns))
			aw__buffer_text(out, ": ");
		aw__buffer_text(out, "before this task did, without having awaited it\n");
	} else {
		aw__buffer_text(out, "it went on for ");
		aw__text_duration(out, creator->changed_ns - task->changed_ns);
		aw__buffer_text(out, " after this task had finished, and did not await it\n");
	}
}

static void append_creator(struct aw__app *app, const struct aw__task *task, struct aw__buffer *out)
{
	const struct aw__task *creator = aw__model_task(app->model, task->facts.creator);

	aw__phrases_field(out, "creator");
	if (task->facts.creator == 0) {
		aw__buffer_text(out, aw__model_before_recording(app->model, task->facts.stack)
					     ? "unknown: it was created before recording began\n"
					     : "no task: the code that runs the loop\n");
		return;
	}
	append_name(app, task->facts.creator, out);
	aw__buffer_char(out, '\n');
	if (creator != NULL)
		append_creators_end(app, creator, task, out);
}

static void append_scope(const struct aw__task *task, struct aw__buffer *out)
{
	aw__phrases_field(out, "group");
	if (task->scope != 0)
		aw__buffer_format(out, "#%" PRIu64 ": it awaits its members when it is closed\n",
				  task->scope);
	else
		aw__buffer_text(out, "not in a group; nobody awaits it\n");
}

static void write_awaiter(struct aw__app *app, const struct aw__subject *subject,
			  struct aw__buffer *out)
{
	const struct aw__task *task = aw__model_task(app->model, subject->task);
	struct aw__stack stack;

	aw__buffer_text(out, "Who should have awaited ");
	append_name(app, subject->task, out);
	aw__buffer_text(out, "?\n\n");
	if (task == NULL) {
		aw__buffer_text(out, "  Nothing is known of it (any more).\n");
		return;
	}
	append_creator(app, task, out);
	append_scope(task, out);
	append_waiters(app, task->id, out);
	aw__buffer_text(
		out, "\n  The caller of this code got the task, and should keep and await it:\n");
	if (aw__model_stack(app->model, task->facts.stack, &stack))
		aw__phrases_stack(app, out, &stack);
	else
		aw__buffer_text(out, AW__DIM "    not recorded\n" AW__PLAIN);
}

const struct aw__page aw__page_awaiter = { "awaiter", write_awaiter, aw__subject_lacks_task };
