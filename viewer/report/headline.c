/* SPDX-License-Identifier: MIT */
/* Describes a finding in one line and one place, for formats with little room. */
#include "viewer/report/formats.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

static bool place_with_file(const struct aw__model *model, uint64_t place,
			    struct aw__frame *ret_frame)
{
	return place != 0 && aw__model_place(model, place, ret_frame) && ret_frame->file != NULL;
}

bool aw__headline_place(const struct aw__model *model, const struct aw__found_group *group,
			struct aw__frame *ret_frame)
{
	const struct aw__error *error = aw__model_error(model, group->first->error);

	memset(ret_frame, 0, sizeof(*ret_frame));
	if (error != NULL && (place_with_file(model, error->site, ret_frame) ||
			      aw__model_program_frame(model, error->stack, ret_frame)))
		return true;
	return aw__model_program_frame(model, group->stack, ret_frame) ||
	       place_with_file(model, group->coroutine, ret_frame);
}

void aw__headline_error(const struct aw__model *model, const struct aw__error *error,
			struct aw__buffer *out)
{
	const char *name = aw__model_type_name(model, error->type);

	aw__buffer_text(out, name != NULL && name[0] != '\0' ? name : "Error of an unknown type");
	if (error->message != NULL && error->message[0] != '\0')
		aw__buffer_format(out, ": %s", error->message);
}

static void add_duration(const struct aw__found *found, struct aw__buffer *out)
{
	aw__buffer_text(out, found->lasted_ns != 0 ? " for " : " for at least ");
	aw__text_duration(out, aw__found_ns(found));
}

void aw__headline_text(const struct aw__model *model, const struct aw__found_group *group,
		       struct aw__buffer *out)
{
	const struct aw__found *found = group->first;
	const struct aw__error *error = aw__model_error(model, found->error);
	const struct aw__task *task = aw__model_task(model, found->task);
	struct aw__frame frame;
	char space[32];

	if (group->kind == AW__NEVER_AWAITED && group->coroutine != 0 &&
	    aw__model_place(model, group->coroutine, &frame) && frame.function != NULL)
		aw__buffer_format(out, "coroutine '%s' was never awaited", frame.function);
	else
		aw__buffer_text(out, aw__finding_title(group->kind, found->task));
	if (group->kind == AW__BLOCKED_LOOP)
		add_duration(found, out);
	if (error != NULL && error->told) {
		aw__buffer_text(out, ": ");
		aw__headline_error(model, error, out);
	} else if (found->text != NULL && found->text[0] != '\0') {
		aw__buffer_format(out, ": %s", found->text);
	}
	if (task != NULL && task->recorded != NULL)
		aw__buffer_format(out, " (%s)",
				  aw__task_name(&task->recorded->facts, found->task, space));
	if (group->count > 1)
		aw__buffer_format(out, ", %" PRIu64 " times", group->count);
}

const char *aw__headline_program(const struct aw__model *model)
{
	const struct aw__hello *hello = aw__model_hello(model);
	const char *slash;

	if (hello == NULL || hello->program[0] == '\0')
		return "unknown program";
	slash = strrchr(hello->program, '/');
	return slash != NULL && slash[1] != '\0' ? slash + 1 : hello->program;
}
