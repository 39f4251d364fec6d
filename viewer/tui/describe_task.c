/* SPDX-License-Identifier: MIT */
/* Everything about one task: who it is, what it does, and who made it, up to main. */
#include "viewer/tui/describe_task.h"

#include <inttypes.h>

#include <awry/agent.h>

#include "base/text.h"

#define MAX_PARTS 32 /* of a creation stack: ancestors */

#define BOLD  "\x1b[1m"
#define DIM   "\x1b[2m"
#define RED   "\x1b[1;31m"
#define PLAIN "\x1b[0m"

static void field(struct aw__buffer *out, const char *name)
{
	aw__buffer_format(out, "  " DIM "%-12s" PLAIN, name);
}

static void append_since(const struct aw__app *app, struct aw__buffer *out, uint64_t time_ns)
{
	if (time_ns == 0 || time_ns > app->now_ns)
		return;
	aw__buffer_text(out, ", since ");
	aw__text_duration(out, app->now_ns - time_ns);
}

static void append_holder(const struct aw__app *app, struct aw__buffer *out, uint64_t resource)
{
	const uint64_t holder = aw__model_holder(app->source->model, resource);

	if (holder == 0)
		return;
	aw__buffer_format(out, " #%" PRIu64 ", held by ", resource);
	aw__app_task(app, out, holder);
}

static void append_state(const struct aw__app *app, struct aw__buffer *out,
			 const struct aw__task *task)
{
	field(out, "state");
	if (!task->known) {
		aw__buffer_text(out, "nothing was recorded of it\n");
		return;
	}
	if (!task->live) {
		aw__buffer_format(out, "finished: %s\n",
				  task->vanished ? "unseen" : aw__outcome_name(task->outcome));
		return;
	}
	aw__buffer_text(out, aw__task_state_name(task->state));
	if (task->state == AW__TASK_WAITING) {
		aw__buffer_format(out, " for %s", aw__wait_name(task->wait_kind));
		if (task->wait_kind == AW_WAIT_TASK && task->wait_target != 0) {
			aw__buffer_char(out, ' ');
			aw__app_task(app, out, task->wait_target);
		}
		append_holder(app, out, task->wait_target);
	}
	append_since(app, out, task->changed_ns);
	aw__buffer_char(out, '\n');
}

static const char *why_text(uint64_t why)
{
	switch (why) {
	case AW_CANCEL_TIMEOUT:
		return "because a timeout ran out";
	case AW_CANCEL_GROUP:
		return "because its group is shutting down";
	case AW_CANCEL_SIGNAL:
		return "because the program was interrupted";
	case AW_CANCEL_SHUTDOWN:
		return "because the main task is done";
	default:
		return "for a reason that this viewer does not know";
	}
}

static void append_cancel(const struct aw__app *app, struct aw__buffer *out,
			  const struct aw__task_cancel *cancel)
{
	if (cancel == NULL)
		return;
	field(out, "cancel");
	aw__buffer_text(out, "asked ");
	aw__text_number(out, cancel->count);
	aw__buffer_text(out, cancel->count == 1 ? " time" : " times");
	if (cancel->by != 0) {
		aw__buffer_text(out, ", last by ");
		aw__app_task(app, out, cancel->by);
	}
	if (cancel->why != 0)
		aw__buffer_format(out, ", %s", why_text(cancel->why));
	if (cancel->deadline_ns != 0 && cancel->time_ns > cancel->deadline_ns) {
		aw__buffer_text(out, ", ");
		aw__text_duration(out, cancel->time_ns - cancel->deadline_ns);
		aw__buffer_text(out, " after its deadline");
	}
	if (cancel->message != NULL) {
		aw__buffer_text(out, ": ");
		aw__app_foreign(app, out, cancel->message);
	}
	aw__buffer_char(out, '\n');
}

static void append_error(const struct aw__app *app, struct aw__buffer *out, uint64_t id)
{
	const struct aw__error *error = aw__model_error(app->source->model, id);
	const char *type;

	if (error == NULL || !error->told)
		return;
	type = aw__model_type_name(app->source->model, error->type);
	field(out, "error");
	aw__buffer_text(out, RED);
	aw__app_foreign(app, out, type != NULL ? type : "of an unknown type");
	aw__buffer_text(out, PLAIN);
	if (error->message != NULL) {
		aw__buffer_text(out, ": ");
		aw__app_foreign(app, out, error->message);
	}
	aw__buffer_text(out, error->state == AW__ERROR_LOST    ? ", lost\n"
			     : error->state == AW__ERROR_TAKEN ? ", retrieved\n"
							       : ", not yet retrieved\n");
}

static void append_work(struct aw__buffer *out, const struct aw__task *task)
{
	if (task->steps == 0)
		return;
	field(out, "ran");
	aw__text_number(out, task->steps);
	aw__buffer_text(out, task->steps == 1 ? " step, " : " steps, ");
	aw__text_duration(out, task->run_ns);
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

	field(out, "created by");
	if (task->facts.creator != 0)
		aw__app_task(app, out, task->facts.creator);
	else
		aw__buffer_text(out, "no task");
	if (task->created_ns != 0 && task->created_ns <= app->now_ns) {
		aw__buffer_text(out, ", ");
		aw__text_duration(out, app->now_ns - task->created_ns);
		aw__buffer_text(out, " ago");
	}
	aw__buffer_char(out, '\n');
	if (count == 0)
		return;
	field(out, "created");
	aw__text_number(out, count);
	aw__buffer_text(out, count == 1 ? " task" : " tasks");
	aw__buffer_format(out, ", %zu alive\n", live);
}

static void append_folded(const struct aw__app *app, struct aw__buffer *out, size_t count)
{
	const char *dots = app->ascii ? "..." : "…";

	if (count > 0)
		aw__buffer_format(out, DIM "    %s %zu frame%s of awry, libuv and libc %s\n" PLAIN,
				  dots, count, count == 1 ? "" : "s", dots);
}

static void append_frames(const struct aw__app *app, struct aw__buffer *out,
			  const struct aw__stack *part)
{
	struct aw__frame frames[AW__FRAME_MAX_INLINED];
	size_t hidden = 0;

	for (uint32_t i = 0; i < part->count; i++) {
		size_t count = aw__model_frames(app->source->model, part->frames[i], frames,
						AW__FRAME_MAX_INLINED);

		for (size_t j = 0; j < count; j++) {
			if (frames[j].own) {
				hidden++;
				continue;
			}
			append_folded(app, out, hidden);
			hidden = 0;
			aw__buffer_text(out, "    ");
			aw__app_frame(app, out, &frames[j]);
			aw__buffer_char(out, '\n');
		}
	}
	append_folded(app, out, hidden);
	if ((part->flags & AW__STACK_CUT) != 0)
		aw__buffer_text(out, DIM "    deeper frames were not recorded: see "
					 "AWRY_STACK_DEPTH\n" PLAIN);
}

static void append_creation(const struct aw__app *app, struct aw__buffer *out,
			    const struct aw__task *task)
{
	struct aw__stack_walk walk;
	struct aw__stack part;
	unsigned parts = 0;

	aw__model_walk(app->source->model, task->facts.stack, &walk);
	for (; parts < MAX_PARTS && aw__model_walk_next(&walk, &part); parts++) {
		aw__buffer_text(out, parts == 0 ? "\n  Created, most recent call first:\n"
						: "  by a task that was created:\n");
		append_frames(app, out, &part);
	}
	if (parts == 0)
		aw__buffer_text(out, "\n  Where it was created was not recorded.\n");
	else if (walk.next != 0)
		aw__buffer_text(out, DIM "  further ancestors are not shown\n" PLAIN);
	else if (walk.dangling || walk.circular)
		aw__buffer_text(out, DIM "  what comes before was not recorded\n" PLAIN);
}

void aw__describe_task(const struct aw__app *app, uint64_t id, struct aw__buffer *out)
{
	const struct aw__task *task = aw__model_task(app->source->model, id);
	struct aw__frame frame;

	aw__buffer_text(out, BOLD);
	aw__app_task(app, out, id);
	aw__buffer_format(out, PLAIN "  #%" PRIu64 "\n\n", id);
	if (task == NULL) {
		aw__buffer_text(out, "  Nothing is known of it (any more).\n");
		return;
	}
	append_state(app, out, task);
	if (aw__model_place(app->source->model, task->facts.coroutine, &frame)) {
		field(out, "coroutine");
		aw__app_frame(app, out, &frame);
		aw__buffer_char(out, '\n');
	}
	append_error(app, out, task->error);
	append_cancel(app, out, task->cancel);
	append_work(out, task);
	append_family(app, out, task);
	if (task->finding_count > 0) {
		field(out, "findings");
		aw__buffer_format(out, "%" PRIu32 " name it\n", task->finding_count);
	}
	append_creation(app, out, task);
}
