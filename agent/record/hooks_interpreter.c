/* SPDX-License-Identifier: MIT */
/*
 * Hooks of interpreters: an adapter publishes where its interpreter keeps its frames, and the watchdog merges those that it read
 * of a blocked thread into the native stack.
 */
#include <stdio.h>
#include <string.h>

#include "agent/record/atomics.h"
#include "agent/record/box_tables.h"
#include "agent/record/record.h"
#include "agent/record/recorder.h"
#include "agent/record/writer.h"

#define MOST_PATH 2048u

_Static_assert(sizeof(struct aw_agent_interpreter) == AW__INTERPRETER_WORDS * sizeof(uint64_t),
	       "a layout is words alone");

void aw_agent_interpreter(const struct aw_agent_interpreter *layout)
{
	uint64_t words[AW__INTERPRETER_WORDS];

	if (aw__writer_get() == NULL)
		return;
	memcpy(words, layout, sizeof(words));
	for (size_t i = 0; i < AW__INTERPRETER_WORDS; i++)
		AW__STORE(aw__header()->interpreter[i], words[i]);
}

void aw_agent_loop_interpreted(const struct aw_agent_loop *loop, const void *state)
{
	struct aw__box_loop *entry = aw__writer_get() != NULL ? aw__loop_entry(loop) : NULL;

	if (entry != NULL)
		AW__STORE(entry->interpreter, (uint64_t)(uintptr_t)state);
}

uint64_t aw__record_interpreter(uint32_t loop, struct aw_agent_interpreter *ret)
{
	uint64_t words[AW__INTERPRETER_WORDS];

	for (size_t i = 0; i < AW__INTERPRETER_WORDS; i++)
		words[i] = AW__LOAD(aw__header()->interpreter[i]);
	memcpy(ret, words, sizeof(*ret));
	return ret->code_type != 0 ? AW__LOAD(aw__loop_table()[loop].interpreter) : 0;
}

/* ---- names ---- */

/* A string of the arena; false: the id is not that of a string. */
static bool text_of(uint64_t id, const char **ret_text, size_t *ret_length)
{
	const uint64_t end = AW__LOAD_ACQUIRE(aw__header()->arena_end);
	const struct aw__box_entry *entry;

	if (id == 0 || id >= end / 8)
		return false;
	entry = (const struct aw__box_entry *)(aw__arena() + id * 8);
	*ret_text = (const char *)(entry + 1);
	*ret_length = entry->text_length;
	return entry->kind == AW__STRING && entry->number_count == 0 && *ret_length > 0;
}

static uint64_t name_frame(const struct aw_agent_interpreter *layout,
			   const struct aw__interpreted_frame *frame)
{
	char path[MOST_PATH + AW__FILE_BYTES];
	const char *folder, *file = frame->file;
	size_t length;

	/* as the adapter names files in stacks that it records itself */
	if (file[0] != '/' && file[0] != '<' && text_of(layout->folder, &folder, &length) &&
	    length < MOST_PATH) {
		snprintf(path, sizeof(path), "%.*s/%s", (int)length, folder, file);
		file = path;
	}
	return AW__FRAME_IS_PLACE | aw_agent_place(frame->function, file, frame->line, NULL);
}

static bool is_of_loop(const struct aw_agent_interpreter *layout,
		       const struct aw__interpreted_frame *frame)
{
	const size_t file_length = strlen(frame->file);
	const char *text;
	size_t length;

	return text_of(layout->loop_function, &text, &length) &&
	       length == strlen(frame->function) && memcmp(text, frame->function, length) == 0 &&
	       text_of(layout->loop_file, &text, &length) && length <= file_length &&
	       memcmp(text, frame->file + file_length - length, length) == 0;
}

/* ---- the stack of both ---- */

struct merge {
	const struct aw_agent_interpreter *layout;
	struct aw__blocked_stack *stack; /* the native frames; at the end, all */
	const struct aw__interpreted *read;
	uint64_t frames[AW__STACK_MOST_FRAMES];
	uint32_t count;
	size_t next; /* index in read->frames */
	bool over;   /* the loop's own function was reached */
};

/* Whether the call before this return address is in [start, end). */
static bool is_within(uint64_t address, uint64_t start, uint64_t end)
{
	return address > start && address <= end;
}

static void put(struct merge *merge, uint64_t frame)
{
	if (merge->count < AW__STACK_MOST_FRAMES)
		merge->frames[merge->count++] = frame;
	else
		merge->stack->cut = true;
}

/* Put the frames that one call of the interpreter's evaluation function runs. */
static void put_run(struct merge *merge)
{
	while (merge->next < merge->read->count && !merge->over) {
		const struct aw__interpreted_frame *frame = &merge->read->frames[merge->next++];

		merge->over = is_of_loop(merge->layout, frame);
		if (!merge->over)
			put(merge, name_frame(merge->layout, frame));
		if (frame->outermost)
			return;
	}
}

/*
 * Native frames that the innermost interpreted code called are all kept. Between interpreted frames only those of other modules
 * than the interpreter are kept, and only when a frame of the program follows: outside of its outermost frame is the loop.
 */
static void merge_native(struct merge *merge)
{
	const struct aw_agent_interpreter *layout = merge->layout;
	uint64_t held[AW__STACK_MOST_FRAMES];
	uint32_t held_count = 0;
	bool begun = false;

	for (uint32_t i = 0; i < merge->stack->count && !merge->over; i++) {
		const uint64_t frame = merge->stack->frames[i];

		if (is_within(frame, layout->eval_start, layout->eval_end)) {
			const bool loops = merge->next < merge->read->count &&
					   is_of_loop(layout, &merge->read->frames[merge->next]);

			for (uint32_t j = 0; !loops && j < held_count; j++)
				put(merge, held[j]);
			held_count = 0;
			begun = true;
			put_run(merge);
		} else if (!begun) {
			put(merge, frame);
		} else if (!is_within(frame, layout->image_start, layout->image_end)) {
			held[held_count++] = frame;
		}
	}
}

void aw__record_put_interpreted(const struct aw_agent_interpreter *layout,
				const struct aw__interpreted *read, struct aw__blocked_stack *stack)
{
	struct merge merge = { .layout = layout, .stack = stack, .read = read };

	if (read->count == 0)
		return;
	merge_native(&merge);
	while (merge.next < read->count && !merge.over)
		put_run(&merge);
	memcpy(stack->frames, merge.frames, merge.count * sizeof(uint64_t));
	stack->count = merge.count;
	stack->cut = stack->cut || (read->cut && !merge.over);
	stack->whole = merge.over || !read->broken;
}
