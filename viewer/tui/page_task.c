/* SPDX-License-Identifier: MIT */
/* The page of a task: its name, coroutine, state and error, and its creation stacks up to main. */
#include "viewer/tui/phrases.h"

#include <inttypes.h>

#include <awry/agent.h>

#include "base/text.h"

static void append_duration(const struct aw__app *app, struct aw__buffer *out,
			    const struct aw__task *task)
{
	if (task->changed_ns == 0 || task->changed_ns > app->now_ns)
		return;
	aw__buffer_text(out, task->state == AW__TASK_UNTOLD ? ", alive for " : ", for ");
	aw__text_duration(out, app->now_ns - task->changed_ns);
}

static void append_holder(const struct aw__app *app, struct aw__buffer *out, uint64_t resource)
{
	const uint64_t holder = aw__model_holder(app->model, resource);

	if (holder == 0)
		return;
	aw__phrases_link(app, out, 't', holder);
	aw__buffer_text(out, ", held by ");
	aw__phrases_task(app, out, holder);
}

static void append_state(const struct aw__app *app, struct aw__buffer *out,
			 const struct aw__task *task)
{
	aw__phrases_field(out, "state");
	if (!task->known) {
		aw__buffer_text(out, "not recorded\n");
		return;
	}
	if (!task->live) {
		aw__buffer_format(out, "finished: %s\n",
				  task->vanished ? "unseen" : aw__outcome_name(task->outcome));
		return;
	}
	aw__buffer_text(out, task->state == AW__TASK_UNTOLD ? "unknown"
							    : aw__task_state_name(task->state));
	if (task->state == AW__TASK_WAITING) {
		if (task->wait_kind == AW_WAIT_TASK || task->wait_kind == AW_WAIT_JOB)
			aw__phrases_link(app, out, 't', task->wait_target);
		aw__buffer_text(out, " for ");
		aw__phrases_wait(app, out, task->wait_kind, task->wait_target);
		if (task->wait_kind == AW_WAIT_LOCK)
			append_holder(app, out, task->wait_target);
	}
	append_duration(app, out, task);
	aw__buffer_char(out, '\n');
}

static void append_cancel(const struct aw__app *app, struct aw__buffer *out,
			  const struct aw__task_cancel *cancel)
{
	if (cancel == NULL)
		return;
	aw__phrases_field(out, "cancel");
	aw__phrases_link(app, out, 't', cancel->by);
	aw__phrases_cancel(app, out, cancel);
}

static void append_error(const struct aw__app *app, struct aw__buffer *out, uint64_t id)
{
	const struct aw__error *error = aw__model_error(app->model, id);

	if (error == NULL || !error->told)
		return;
	aw__phrases_field(out, "error");
	aw__phrases_link(app, out, 'e', id);
	aw__buffer_text(out, AW__RED);
	aw__phrases_error(app, out, error);
	aw__buffer_text(out, AW__PLAIN);
	aw__buffer_text(out, error->state == AW__ERROR_LOST    ? ", lost\n"
			     : error->state == AW__ERROR_TAKEN ? ", retrieved\n"
							       : ", not yet retrieved\n");
}

static void append_work(const struct aw__app *app, struct aw__buffer *out,
			const struct aw__task *task)
{
	if (task->steps == 0)
		return;
	aw__phrases_field(out, "ran");
	aw__text_number(out, task->steps);
	aw__buffer_text(out, task->steps == 1 ? " step, " : " steps, ");
	aw__text_duration(out, aw__model_run_ns(task, app->now_ns));
	aw__buffer_char(out, '\n');
}

static size_t count_children(const struct aw__task *task, size_t *ret_live)
{
	size_t count = 0;

	*ret_live = 0;
	for (const struct aw__task *child = task->first_child; child != NULL; child = child->next) {
		count++;
		*ret_live += child->live;
	}
	return count;
}

static void append_family(const struct aw__app *app, struct aw__buffer *out,
			  const struct aw__task *task)
{
	size_t live, count = count_children(task, &live);
	const uint64_t created_ns = aw__model_created_ns(app->model, task);
	const bool before = aw__model_before_recording(app->model, task->facts.stack);

	aw__phrases_field(out, "created by");
	aw__phrases_link(app, out, 't', task->facts.creator);
	if (task->facts.creator != 0)
		aw__phrases_task(app, out, task->facts.creator);
	else
		aw__buffer_text(out, before ? "an unknown task, or none" : "no task");
	if (before)
		aw__buffer_text(out, ", before recording began");
	if (created_ns != 0 && created_ns <= app->now_ns) {
		aw__buffer_text(out, ", ");
		aw__phrases_ago(app, out, created_ns);
	}
	aw__buffer_char(out, '\n');
	if (count == 0)
		return;
	aw__phrases_field(out, "created");
	aw__phrases_count(out, count, "task");
	aw__buffer_format(out, ", %zu alive\n", live);
}

static void append_findings(const struct aw__app *app, struct aw__buffer *out, uint64_t id)
{
	size_t count = aw__model_found_group_count(app->model);

	for (size_t i = 0; i < count; i++) {
		const struct aw__found_group *group = aw__model_found_group_at(app->model, i);
		const struct aw__found *found = group->first;

		while (found != NULL && found->task != id)
			found = found->next;
		if (found == NULL)
			continue;
		aw__phrases_field(out, "finding");
		aw__phrases_link(app, out, 'g', i + 1);
		aw__buffer_format(out, AW__MAGENTA "%s" AW__PLAIN "\n",
				  aw__finding_spec(group->kind)->id);
	}
}

static void write_known(const struct aw__app *app, const struct aw__task *task,
			struct aw__buffer *out)
{
	append_state(app, out, task);
	if (task->facts.coroutine != 0) {
		aw__phrases_field(out, "coroutine");
		if (!aw__phrases_place(app, out, task->facts.coroutine, false))
			aw__buffer_text(out, "not recorded");
		aw__buffer_char(out, '\n');
	}
	append_error(app, out, task->error);
	append_cancel(app, out, task->cancel);
	append_work(app, out, task);
	append_family(app, out, task);
	if (task->finding_count > 0)
		append_findings(app, out, task->id);
	aw__buffer_char(out, '\n');
	if (task->cancel != NULL)
		aw__phrases_cancel_stacks(app, out, task->cancel);
	if (task->live && task->wait_stack != 0) {
		aw__phrases_chain(
			app, out, task->wait_stack,
			task->state == AW__TASK_RUNNING
				? "Its thread was here when the loop slept, most recent call first:"
				: "Waits here, most recent call first:",
			task->id, true);
		aw__buffer_char(out, '\n');
	}
	aw__phrases_chain(app, out, task->facts.stack, "Created, most recent call first:", task->id,
			  false);
}

static void write_page(struct aw__app *app, const struct aw__subject *subject,
		       struct aw__buffer *out)
{
	const struct aw__task *task = aw__model_task(app->model, subject->task);

	aw__buffer_text(out, AW__BOLD);
	aw__phrases_task(app, out, subject->task);
	aw__buffer_format(out, AW__PLAIN "  #%" PRIu64 "\n\n", subject->task);
	if (task != NULL)
		write_known(app, task, out);
	else
		aw__buffer_text(out, "  Nothing is known of it (any more).\n");
}

const struct aw__page aw__page_task = { "task", write_page, aw__subject_lacks_task };
