/* SPDX-License-Identifier: MIT */
/*
 * Prints stitched stacks for text reports: where something happened, where that task was created, where its creator was
 * created, and so on up to main.
 *
 * A section shows each stack once, and refers to it afterwards. Frames of awry, libuv, CPython and libc are folded into one line,
 * unless there are no others.
 */
#include "viewer/report/report_internal.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

/* The parts of a long chain that are shown: the nearest and the last ones. */
#define NEAREST	 16
#define FARTHEST 3

void aw__margin_line(struct aw__writing *writing, const struct aw__margin *margin)
{
	if (margin->tree != NULL)
		aw__tree_line(margin->tree, margin->children);
	aw__buffer_text(writing->out, margin->indent);
}

void aw__stacks_frame(struct aw__writing *writing, const struct aw__frame *frame)
{
	if (frame->function != NULL)
		aw__writing_foreign(writing, frame->function);
	else if (frame->module == NULL && frame->file == NULL)
		aw__buffer_format(writing->out, "0x%" PRIx64, frame->address);
	else
		aw__buffer_text(writing->out, "unknown function");
	if (frame->inlined)
		aw__buffer_text(writing->out, " (inlined)");
	if (frame->file != NULL) {
		aw__buffer_text(writing->out, " at ");
		aw__writing_file(writing, frame->file);
		if (frame->line > 0)
			aw__buffer_format(writing->out, ":%u", frame->line);
	} else if (frame->module != NULL) {
		aw__buffer_text(writing->out, " in ");
		aw__writing_foreign(writing, frame->module);
		aw__buffer_format(writing->out, "+0x%" PRIx64, frame->offset);
	}
}

static void show_source(struct aw__writing *writing, const struct aw__margin *margin,
			const struct aw__frame *frame)
{
	const char *line;
	size_t length;

	if (writing->options.files == NULL || frame->file == NULL)
		return;
	line = aw__source_files_line(writing->options.files, frame->file, frame->line, &length);
	if (line == NULL)
		return;
	aw__margin_line(writing, margin);
	aw__writing_style(writing, AW__STYLE_FAINT);
	aw__buffer_text(writing->out, "      ");
	aw__text_escape(writing->out, line, length, writing->options.ascii);
	aw__writing_style(writing, AW__STYLE_PLAIN);
	aw__buffer_char(writing->out, '\n');
}

static void remark(struct aw__writing *writing, const struct aw__margin *margin, const char *text)
{
	aw__margin_line(writing, margin);
	aw__writing_style(writing, AW__STYLE_FAINT);
	aw__buffer_format(writing->out, "    %s %s %s", aw__writing_dots(writing), text,
			  aw__writing_dots(writing));
	aw__writing_style(writing, AW__STYLE_PLAIN);
	aw__buffer_char(writing->out, '\n');
}

static void folded(struct aw__writing *writing, const struct aw__margin *margin, size_t count)
{
	struct aw__buffer text = AW__BUFFER_EMPTY;

	if (count == 0)
		return;
	aw__buffer_format(&text, "%zu frame%s of awry, libuv, CPython and libc", count,
			  count == 1 ? "" : "s");
	remark(writing, margin, aw__buffer_string(&text));
	aw__buffer_finish(&text);
}

static bool only_machinery(const struct aw__writing *writing, const struct aw__stack *stack)
{
	struct aw__frame frames[AW__FRAME_MAX_INLINED];

	for (uint32_t i = 0; i < stack->count; i++) {
		size_t count = aw__model_frames(writing->model, stack->frames[i], frames,
						AW__FRAME_MAX_INLINED);

		for (size_t j = 0; j < count; j++)
			if (!frames[j].own)
				return false;
	}
	return true;
}

/* The state while the frames of one stack are printed. */
struct listing {
	struct aw__writing *writing;
	const struct aw__margin *margin;
	struct aw__frame site; /* the frame that is to come first; without a function: none */
	bool all;	       /* show frames of the machinery, too */
	size_t hidden;	       /* frames that were left out since the last shown one */
};

static void show_frame(struct listing *listing, const struct aw__frame *frame)
{
	struct aw__writing *writing = listing->writing;

	folded(writing, listing->margin, listing->hidden);
	listing->hidden = 0;
	aw__margin_line(writing, listing->margin);
	aw__buffer_text(writing->out, "    ");
	aw__stacks_frame(writing, frame);
	aw__buffer_char(writing->out, '\n');
	show_source(writing, listing->margin, frame);
}

static bool is_there(const struct listing *listing, const struct aw__frame *frame)
{
	return frame->function != NULL && strcmp(frame->function, listing->site.function) == 0;
}

static void list_frame(struct listing *listing, const struct aw__frame *frame)
{
	if (frame->own && !listing->all) {
		listing->hidden++;
		return;
	}
	if (listing->site.function != NULL && !frame->own) {
		if (!is_there(listing, frame))
			show_frame(listing, &listing->site);
		listing->site.function = NULL;
	}
	show_frame(listing, frame);
}

static void show_frames(struct aw__writing *writing, const struct aw__margin *margin,
			const struct aw__stack *stack, uint64_t site)
{
	struct listing listing = { .writing = writing, .margin = margin };
	struct aw__frame frames[AW__FRAME_MAX_INLINED];
	bool bare = only_machinery(writing, stack);

	if (site != 0)
		aw__model_place(writing->model, site, &listing.site);
	listing.all = writing->options.machinery || (bare && listing.site.function == NULL);
	if (bare && listing.site.function != NULL) {
		show_frame(&listing, &listing.site);
		listing.site.function = NULL;
	}
	for (uint32_t i = 0; i < stack->count; i++) {
		size_t count = aw__model_frames(writing->model, stack->frames[i], frames,
						AW__FRAME_MAX_INLINED);

		for (size_t j = 0; j < count; j++)
			list_frame(&listing, &frames[j]);
	}
	folded(writing, margin, listing.hidden);
	if (stack->count == 0 && (stack->flags & AW__STACK_BEFORE_RECORDING) == 0)
		remark(writing, margin, "no frames were recorded");
}

static void show_flags(struct aw__writing *writing, const struct aw__margin *margin, uint32_t flags)
{
	if ((flags & AW__STACK_BEFORE_RECORDING) != 0)
		remark(writing, margin, "created before recording began");
	if ((flags & AW__STACK_CUT) != 0)
		remark(writing, margin, "deeper frames were not recorded: see AWRY_STACK_DEPTH");
	if ((flags & AW__STACK_UNWALKED) != 0)
		remark(writing, margin, "deeper frames could not be walked");
	if ((flags & AW__STACK_REPEATS) != 0)
		remark(writing, margin,
		       "its creator was created right here, too, one or more times");
	if ((flags & AW__STACK_LINK_CUT) != 0)
		remark(writing, margin, "further ancestors were not recorded");
}

/* The first frame of the program itself, to name a stack after "as above". */
static void name_stack(struct aw__writing *writing, const struct aw__stack *stack)
{
	struct aw__frame frames[AW__FRAME_MAX_INLINED], *best = NULL;

	for (uint32_t i = 0; i < stack->count && best == NULL; i++) {
		size_t count = aw__model_frames(writing->model, stack->frames[i], frames,
						AW__FRAME_MAX_INLINED);

		for (size_t j = 0; j < count && best == NULL; j++)
			if (!frames[j].own)
				best = &frames[j];
	}
	if (best != NULL)
		aw__stacks_frame(writing, best);
	else if ((stack->flags & AW__STACK_BEFORE_RECORDING) != 0)
		aw__buffer_text(writing->out, "before recording began");
	else
		aw__buffer_text(writing->out, "the same frames");
}

struct line {
	struct aw__writing *writing;
	bool any;
};

static void add_to_line(void *arg, const struct aw__frame *frame)
{
	struct line *line = arg;

	if (line->any)
		aw__buffer_text(line->writing->out, line->writing->options.ascii ? " < " : " ← ");
	aw__stacks_frame(line->writing, frame);
	line->any = true;
}

bool aw__stacks_line(struct aw__writing *writing, uint64_t id)
{
	struct line line = { writing, false };

	aw__model_program_frames(writing->model, id, add_to_line, &line);
	return line.any;
}

/* The task of the current part, while a chain of stacks is printed. */
struct chain {
	struct aw__writing *writing;
	const struct aw__margin *margin;
	uint64_t task;
	uint64_t site; /* of the first part */
	bool own;      /* the part is the creation of the task that the first part ran in */
};

/* "Task-2 was created" of the task that the first part ran in, "created by Task-1, which was created" of its ancestors. */
static void show_creation(struct chain *chain)
{
	struct aw__buffer *out = chain->writing->out;

	if (!chain->own)
		aw__buffer_text(out, "created by ");
	if (chain->task != 0)
		aw__labels_name(chain->writing, chain->task);
	else
		aw__buffer_text(out, chain->own ? "the task" : "a task");
	aw__buffer_text(out, chain->own		? " was created"
			     : chain->task != 0 ? ", which was created"
						: " that was created");
}

static void show_heading(struct chain *chain, const char *heading, bool in_short)
{
	struct aw__writing *writing = chain->writing;

	aw__margin_line(writing, chain->margin);
	aw__buffer_text(writing->out, "  ");
	if (heading != NULL) {
		aw__buffer_append(writing->out, heading,
				  in_short ? strcspn(heading, ",") : strlen(heading));
	} else {
		show_creation(chain);
		aw__buffer_text(writing->out, in_short ? "" : " at");
	}
}

/* Returns false if this part was shown before: so were its ancestors. */
static bool show_part(struct chain *chain, const char *heading, const struct aw__stack *stack)
{
	struct aw__writing *writing = chain->writing;

	bool again = aw__map_get(&writing->printed, stack->id) != NULL;

	show_heading(chain, heading, again);
	if (again) {
		aw__buffer_text(writing->out, " as above: ");
		name_stack(writing, stack);
		aw__buffer_char(writing->out, '\n');
		return false;
	}
	aw__map_put(&writing->printed, stack->id, writing);
	aw__buffer_text(writing->out, ":\n");
	show_frames(writing, chain->margin, stack, heading != NULL ? chain->site : 0);
	show_flags(writing, chain->margin, stack->flags);
	return true;
}

static void go_up(struct chain *chain)
{
	const struct aw__task_facts *facts =
		chain->task != 0 ? aw__labels_facts(chain->writing, chain->task) : NULL;

	chain->task = facts != NULL ? facts->creator : 0;
}

bool aw__stacks_owner(const struct aw__found *found, uint64_t *ret_task)
{
	*ret_task = found->kind == AW__SWALLOWED_CANCEL ? found->by
		    : found->task != 0			? found->task
							: found->creator;
	return found->kind == AW__BLOCKED_LOOP || found->kind == AW__NEVER_AWAITED ||
	       found->kind == AW__SWALLOWED_CANCEL || found->kind == AW__SCOPE_LEFT_OPEN ||
	       found->task == 0;
}

static size_t chain_length(const struct aw__model *model, uint64_t stack)
{
	struct aw__stack_walk walk;
	struct aw__stack part;
	size_t length = 0;

	aw__model_walk(model, stack, &walk);
	while (aw__model_walk_next(&walk, &part))
		length++;
	return length;
}

static void show_hidden(struct chain *chain, size_t count)
{
	struct aw__buffer text = AW__BUFFER_EMPTY;

	aw__text_number(&text, count);
	aw__buffer_text(&text, " more ancestors");
	remark(chain->writing, chain->margin, aw__buffer_string(&text));
	aw__buffer_finish(&text);
}

void aw__stacks_show(struct aw__writing *writing, const struct aw__margin *margin,
		     const char *heading, uint64_t stack, uint64_t site, uint64_t task,
		     bool in_task)
{
	struct chain chain = { writing, margin, task, site, false };
	size_t length = chain_length(writing->model, stack), at = 0;
	struct aw__stack_walk walk;
	struct aw__stack part;

	aw__model_walk(writing->model, stack, &walk);
	for (; aw__model_walk_next(&walk, &part); at++) {
		if (length > NEAREST + FARTHEST && at == NEAREST)
			show_hidden(&chain, length - NEAREST - FARTHEST);
		chain.own = at == 1 && in_task;
		if (at > 0 && !chain.own)
			go_up(&chain);
		if (length > NEAREST + FARTHEST && at >= NEAREST && at < length - FARTHEST)
			continue;
		if (!show_part(&chain, at == 0 ? heading : NULL, &part))
			return;
	}
	if (walk.circular)
		remark(writing, margin, "damaged recording: from here on the links form a cycle");
	if (walk.dangling)
		remark(writing, margin, "earlier ancestors were not recorded");
}
