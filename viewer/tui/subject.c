/* SPDX-License-Identifier: MIT */
/*
 * Completes the subject of a row or page, for the keys r, t, c, a, x and e: adds the error of a finding, the task of an
 * error, and so on.
 */
#include "viewer/tui/subject.h"

#include "viewer/tui/app.h"

static void from_group(struct aw__app *app, struct aw__subject *subject)
{
	const struct aw__found_group *group =
		aw__model_found_group_at(app->model, (size_t)subject->group - 1);
	const struct aw__found *found = group != NULL ? group->first : NULL;

	if (found == NULL)
		return;
	if (subject->error == 0)
		subject->error = found->error;
	if (subject->task == 0)
		subject->task = found->task != 0 ? found->task : found->creator;
	if (subject->loop == 0)
		subject->loop = found->loop;
	if (subject->place == 0)
		subject->place = found->coroutine;
}

uint64_t aw__subject_group(const struct aw__app *app, const struct aw__found_group *group)
{
	for (size_t i = 0; i < aw__model_found_group_count(app->model); i++)
		if (aw__model_found_group_at(app->model, i) == group)
			return i + 1;
	return 0;
}

static void from_error(struct aw__app *app, struct aw__subject *subject)
{
	const struct aw__error *error = aw__model_error(app->model, subject->error);
	const struct aw__found *found;

	if (error == NULL)
		return;
	found = aw__model_found(app->model, error->finding);
	if (subject->task == 0)
		subject->task = error->owner != 0 ? error->owner : error->task;
	if (subject->group == 0 && found != NULL)
		subject->group = aw__subject_group(app, found->group);
	if (error->site != 0)
		subject->place = error->site;
}

static void from_task(struct aw__app *app, struct aw__subject *subject)
{
	const struct aw__task *task = aw__model_task(app->model, subject->task);

	if (task == NULL)
		return;
	if (subject->error == 0)
		subject->error = task->error;
	if (subject->place == 0)
		subject->place = task->facts.coroutine;
	if (subject->loop == 0)
		subject->loop = task->facts.loop;
	for (size_t i = 0; subject->group == 0 && task->finding_count > 0 &&
			   i < aw__model_found_count(app->model);
	     i++)
		if (aw__model_found_at(app->model, i)->task == task->id)
			subject->group =
				aw__subject_group(app, aw__model_found_at(app->model, i)->group);
}

void aw__subject_complete(struct aw__app *app, struct aw__subject *subject)
{
	if (subject->group != 0)
		from_group(app, subject);
	if (subject->error != 0)
		from_error(app, subject);
	if (subject->task != 0)
		from_task(app, subject);
}

const char *aw__subject_lacks_task(struct aw__app *app, const struct aw__subject *subject)
{
	(void)app;
	return subject->task != 0 ? NULL : "this belongs to no task";
}

const char *aw__subject_lacks_finding(struct aw__app *app, const struct aw__subject *subject)
{
	(void)app;
	return subject->group != 0 ? NULL : "this belongs to no finding";
}
