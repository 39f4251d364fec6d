/* SPDX-License-Identifier: MIT */
/* Prints which task waits for what: the members of a deadlock, and the cycles below `awry tree`; also as JSON. */
#include "viewer/report/report_internal.h"

#include <inttypes.h>
#include <string.h>

#include <awry/agent.h>

#include "base/text.h"
#include "viewer/report/json.h"

/* bounds on the cycles, and on the tasks of one, that are printed */
#define MAX_SHOWN 64

/* A job that has begun has the record of a task. */
static void show_job(struct aw__writing *writing, uint64_t target)
{
	const struct aw__task *task = aw__model_task(writing->model, target);
	struct aw__frame frame;

	if (task == NULL || !task->known) {
		aw__buffer_text(writing->out, "that has not begun");
		return;
	}
	aw__labels_name(writing, target);
	if (!aw__model_place(writing->model, task->facts.coroutine, &frame) ||
	    frame.function == NULL)
		return;
	aw__buffer_text(writing->out, ": ");
	aw__writing_foreign(writing, frame.function);
}

static void show_wait(struct aw__writing *writing, uint64_t kind, uint64_t target)
{
	if (kind == AW_WAIT_TASK) {
		aw__labels_name(writing, target);
		return;
	}
	if (kind == AW_WAIT_JOB) {
		show_job(writing, target);
		return;
	}
	aw__buffer_text(writing->out, aw__wait_name(kind));
	if (target != 0)
		aw__buffer_format(writing->out, " #%" PRIu64, target);
}

void aw__waits_target(struct aw__writing *writing, uint64_t kind, uint64_t target)
{
	const uint64_t holder = aw__model_holder(writing->model, target);

	show_wait(writing, kind, target);
	if (kind != AW_WAIT_LOCK || holder == 0)
		return;
	aw__buffer_text(writing->out, ", held by ");
	aw__labels_name(writing, holder);
}

/* The holder of a lock is the next member, unless the finding's text says otherwise. */
static void show_member(struct aw__writing *writing, const struct aw__found *found, uint32_t at)
{
	const struct aw__found_member *member = &found->members[at];
	const uint32_t next = at + 1 < found->member_count ? at + 1 : 0;
	const bool whole = found->text == NULL && found->member_count == found->value;

	aw__buffer_text(writing->out, "   ");
	aw__labels_task(writing, member->task, 0);
	aw__buffer_text(writing->out, " waits for ");
	show_wait(writing, member->wait_kind, member->wait_target);
	if (member->wait_kind == AW_WAIT_LOCK && (whole || (found->text == NULL && next > at))) {
		aw__buffer_text(writing->out, ", held by ");
		aw__labels_name(writing, found->members[next].task);
	}
	aw__buffer_char(writing->out, '\n');
}

/* A stack of a member, below a heading with its name. `in_task`: as of aw__stacks_show(). */
static void show_stack(struct aw__writing *writing, uint64_t id, const char *what, uint64_t stack,
		       bool in_task)
{
	const struct aw__margin margin = { NULL, false, " " };
	struct aw__buffer heading = AW__BUFFER_EMPTY;
	char space[32];
	const char *name = aw__task_name(aw__labels_facts(writing, id), id, space);

	if (stack == 0 || aw__map_get(&writing->printed, stack) != NULL)
		return;
	aw__text_escape(&heading, name, strlen(name), writing->options.ascii);
	aw__buffer_format(&heading, " %s, most recent call first", what);
	aw__buffer_char(writing->out, '\n');
	aw__stacks_show(writing, &margin, aw__buffer_string(&heading), stack, 0, id, in_task);
	aw__buffer_finish(&heading);
}

void aw__waits_members(struct aw__writing *writing, const struct aw__found *found)
{
	for (uint32_t i = 0; i < found->member_count; i++)
		show_member(writing, found, i);
	if (found->member_count < found->value)
		aw__buffer_format(writing->out, "   %s and %" PRIu64 " more\n",
				  aw__writing_dots(writing), found->value - found->member_count);
	for (uint32_t i = 0; i < found->member_count; i++) {
		const uint64_t id = found->members[i].task;
		const struct aw__task_facts *facts = aw__labels_facts(writing, id);

		show_stack(writing, id, "waits here", found->members[i].wait_stack, true);
		show_stack(writing, id, "was created", facts != NULL ? facts->stack : 0, false);
	}
}

void aw__waits_circles(struct aw__writing *writing)
{
	struct aw__circles circles;

	aw__circles_find(writing->model, &circles);
	for (size_t i = 0; i < circles.count && i < MAX_SHOWN; i++) {
		const struct aw__circle *circle = &circles.items[i];
		const char *arrow = writing->options.ascii ? " -> " : " → ";

		aw__buffer_text(writing->out, "DEADLOCK: ");
		for (size_t j = 0; j < circle->count && j < MAX_SHOWN; j++) {
			const struct aw__task *task = circle->tasks[j];

			aw__labels_name(writing, task->id);
			aw__buffer_text(writing->out, arrow);
			if (task->wait_kind == AW_WAIT_TASK)
				continue;
			show_wait(writing, task->wait_kind, task->wait_target);
			aw__buffer_text(writing->out, arrow);
		}
		if (circle->count > MAX_SHOWN)
			aw__buffer_format(writing->out, "%s%s", aw__writing_dots(writing), arrow);
		aw__labels_name(writing, circle->tasks[0]->id);
		aw__buffer_char(writing->out, '\n');
	}
	if (circles.count > MAX_SHOWN)
		aw__buffer_format(writing->out, "%s and %zu more circles\n",
				  aw__writing_dots(writing), circles.count - MAX_SHOWN);
	aw__circles_finish(&circles);
}

/* ---- JSON ---- */

static json_t *wait_json(const struct aw__model *model, uint64_t task, uint64_t kind,
			 uint64_t target, bool strict)
{
	json_t *object = json_object();

	json_object_set_new(object, "task", aw__json_task(model, task, strict));
	json_object_set_new(object, "waits_for", json_string(aw__wait_name(kind)));
	json_object_set_new(object, "target", aw__json_number(target));
	return object;
}

#define WHERE_FRAMES 3u

/* The innermost frames of where a member waits. Those of asyncio or the C runtime are included: they name the call. */
static json_t *where_json(struct aw__json *json, uint64_t id)
{
	struct aw__frame frames[AW__FRAME_MAX_INLINED];
	struct aw__stack stack;
	json_t *list = json_array();

	if (id == 0 || !aw__model_stack(json->model, id, &stack))
		return list;
	for (uint32_t i = 0; i < stack.count && i < WHERE_FRAMES; i++) {
		const size_t count = aw__model_frames(json->model, stack.frames[i], frames,
						      AW__FRAME_MAX_INLINED);

		if (count > 0)
			json_array_append_new(list, aw__json_frame(&frames[0]));
	}
	return list;
}

json_t *aw__json_members(struct aw__json *json, const struct aw__found *found)
{
	const struct aw__model *model = json->model;
	json_t *list = json_array();

	for (uint32_t i = 0; i < found->member_count; i++) {
		const struct aw__found_member *member = &found->members[i];
		const struct aw__task *task = aw__model_task(model, member->task);
		const uint64_t stack =
			task != NULL && task->recorded != NULL ? task->recorded->facts.stack : 0;
		json_t *object = wait_json(model, member->task, member->wait_kind,
					   member->wait_target, true);

		json_object_set_new(object, "stack", aw__json_stack(json, stack));
		json_object_set_new(object, "where", where_json(json, member->wait_stack));
		json_object_set_new(object, "wait_stack", aw__json_stack(json, member->wait_stack));
		json_array_append_new(list, object);
	}
	return list;
}

json_t *aw__json_circles(const struct aw__model *model)
{
	json_t *list = json_array();
	struct aw__circles circles;

	aw__circles_find(model, &circles);
	for (size_t i = 0; i < circles.count; i++) {
		json_t *members = json_array();

		for (size_t j = 0; j < circles.items[i].count; j++) {
			const struct aw__task *task = circles.items[i].tasks[j];

			json_array_append_new(members, wait_json(model, task->id, task->wait_kind,
								 task->wait_target, false));
		}
		json_array_append_new(list, members);
	}
	aw__circles_finish(&circles);
	return list;
}
