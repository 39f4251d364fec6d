/* SPDX-License-Identifier: MIT */
/* Prints names of tasks and places of coroutines for text reports: "Task-2 (coroutine bug, defined at demo.c:3)". */
#include "viewer/report/report_internal.h"

#include <inttypes.h>

const struct aw__task_facts *aw__labels_facts(const struct aw__writing *writing, uint64_t id)
{
	const struct aw__task *task = aw__model_task(writing->model, id);

	if (task == NULL)
		return NULL;
	if (task->recorded != NULL && (writing->strict || !task->known))
		return &task->recorded->facts;
	return writing->strict || !task->known ? NULL : &task->facts;
}

void aw__labels_name(struct aw__writing *writing, uint64_t id)
{
	const struct aw__task_facts *facts = aw__labels_facts(writing, id);
	char space[32];

	aw__writing_style(writing, AW__STYLE_STRONG);
	if (facts != NULL)
		aw__writing_foreign(writing, aw__task_name(facts, id, space));
	else
		aw__buffer_format(writing->out, "Task-%" PRIu64, id);
	aw__writing_style(writing, AW__STYLE_PLAIN);
}

void aw__labels_place(struct aw__writing *writing, uint64_t place)
{
	struct aw__frame frame;

	if (!aw__model_place(writing->model, place, &frame)) {
		aw__buffer_text(writing->out, "unknown");
		return;
	}
	aw__writing_foreign(writing, frame.function != NULL ? frame.function : "unknown");
	if (frame.file == NULL)
		return;
	aw__buffer_text(writing->out, ", defined at ");
	aw__writing_file(writing, frame.file);
	if (frame.line > 0)
		aw__buffer_format(writing->out, ":%u", frame.line);
}

void aw__labels_task(struct aw__writing *writing, uint64_t id, uint64_t coroutine)
{
	const struct aw__task_facts *facts = aw__labels_facts(writing, id);

	if (coroutine == 0 && facts != NULL)
		coroutine = facts->coroutine;
	aw__labels_name(writing, id);
	if (coroutine == 0)
		return;
	aw__buffer_text(writing->out, " (coroutine ");
	aw__labels_place(writing, coroutine);
	aw__buffer_char(writing->out, ')');
}
