/* SPDX-License-Identifier: MIT */
/* Formats stacks for pages, with source lines; frames of the runtime and of libraries are folded into one line. */
#include "viewer/tui/phrases.h"

#include "base/text.h"

#define MAX_PARTS 64 /* of a chain: ancestors */

static void append_folded(const struct aw__app *app, struct aw__buffer *out, size_t count)
{
	const char *dots = aw__phrases_dots(app);

	if (count == 0)
		return;
	aw__buffer_format(out, AW__DIM "    %s ", dots);
	aw__phrases_count(out, count, "frame");
	aw__buffer_format(out, " of awry, libuv, CPython and libc %s\n" AW__PLAIN, dots);
}

static void append_source(const struct aw__app *app, struct aw__buffer *out,
			  const struct aw__frame *frame)
{
	struct aw__source_files *files = aw__app_process(app)->files;
	size_t length;
	const char *line;

	if (files == NULL || frame->file == NULL || frame->line == 0)
		return;
	line = aw__source_files_line(files, frame->file, frame->line, &length);
	if (line == NULL || length == 0)
		return;
	aw__buffer_text(out, AW__DIM "      ");
	aw__text_escape(out, line, length, app->ascii);
	aw__buffer_text(out, AW__PLAIN "\n");
}

void aw__phrases_stack(const struct aw__app *app, struct aw__buffer *out,
		       const struct aw__stack *stack)
{
	struct aw__frame frames[AW__FRAME_MAX_INLINED];
	size_t hidden = 0;

	for (uint32_t i = 0; i < stack->count; i++) {
		size_t count = aw__model_frames(app->model, stack->frames[i], frames,
						AW__FRAME_MAX_INLINED);

		for (size_t j = 0; j < count; j++) {
			if (frames[j].own) {
				hidden++;
				continue;
			}
			append_folded(app, out, hidden);
			hidden = 0;
			aw__buffer_text(out, "    ");
			aw__phrases_frame(app, out, &frames[j]);
			aw__buffer_char(out, '\n');
			append_source(app, out, &frames[j]);
		}
	}
	append_folded(app, out, hidden);
	if ((stack->flags & AW__STACK_BEFORE_RECORDING) != 0)
		aw__buffer_text(out, AW__DIM "    created before recording began\n" AW__PLAIN);
	if ((stack->flags & AW__STACK_CUT) != 0)
		aw__buffer_text(out, AW__DIM "    deeper frames were not recorded: see "
					     "AWRY_STACK_DEPTH\n" AW__PLAIN);
	if ((stack->flags & AW__STACK_UNWALKED) != 0)
		aw__buffer_text(out, AW__DIM "    deeper frames could not be walked\n" AW__PLAIN);
}

/* Append "in Task-2, which was created at:", or for its ancestors "created by Task-1, which was created at:". */
static void append_creation(const struct aw__app *app, struct aw__buffer *out, bool own,
			    uint64_t task)
{
	aw__buffer_text(out, own ? "  in " : "  created by ");
	if (task != 0)
		aw__phrases_task(app, out, task);
	aw__buffer_text(out,
			task != 0 ? ", which was created at:\n" : "a task that was created at:\n");
}

static uint64_t creator_of(const struct aw__app *app, uint64_t id)
{
	const struct aw__task *task = id != 0 ? aw__model_task(app->model, id) : NULL;

	return task != NULL ? task->facts.creator : 0;
}

void aw__phrases_chain(const struct aw__app *app, struct aw__buffer *out, uint64_t stack,
		       const char *first, uint64_t task, bool in_task)
{
	struct aw__stack_walk walk;
	struct aw__stack part;
	unsigned parts = 0;

	aw__model_walk(app->model, stack, &walk);
	for (; parts < MAX_PARTS && aw__model_walk_next(&walk, &part); parts++) {
		if (parts > 1 || !in_task)
			task = parts > 0 ? creator_of(app, task) : task;
		if (parts == 0)
			aw__buffer_format(out, "  %s\n", first);
		else
			append_creation(app, out, parts == 1 && in_task, task);
		aw__phrases_stack(app, out, &part);
	}
	if (parts == 0)
		aw__buffer_format(out, "  %s\n    not recorded\n", first);
	else if (parts == MAX_PARTS && walk.next != 0)
		aw__buffer_text(out, AW__DIM "  further ancestors are not shown\n" AW__PLAIN);
	else if (walk.dangling || walk.circular)
		aw__buffer_text(out, AW__DIM "  earlier ancestors were not recorded\n" AW__PLAIN);
}
