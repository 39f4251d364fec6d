/* SPDX-License-Identifier: MIT */
/*
 * Records Python stacks, for the creation of tasks and everything else.
 *
 * Most tasks are created where others were created just before. So the last recorded stacks are cached by their frames: the code and the instruction
 * of each. The address of a freed code object may be reused: after one was freed all cached stacks are invalid.
 */
#include "agent/python/py_frame.h"

#define MOST_FRAMES	 64
#define REMEMBERED	 64u /* stacks */
#define REMEMBERED_DEPTH 24u /* frames of each, with those that are left out */
#define HASHED_FRAMES	 5u  /* enough to reach through asyncio to the program */

struct known_frame {
	uintptr_t executable;
	const void *instruction;
	char owner;
};

struct known_stack {
	unsigned code_gone;    /* aw__py_code_gone at that time */
	aw_intern link, stack; /* AW_NONE: nothing is known here */
	enum aw__py_code why;
	unsigned count;
	bool to_end; /* there are no more frames */
	struct known_frame frames[REMEMBERED_DEPTH];
};

static struct known_stack known[REMEMBERED]; /* guarded by the GIL */

/* ---- cached stacks ---- */

static struct known_frame frame_here(const _PyInterpreterFrame *frame)
{
	return (struct known_frame){ aw__py_frame_executable(frame),
				     aw__py_frame_instruction(frame), (char)frame->owner };
}

static struct known_stack *known_for(const _PyInterpreterFrame *frame, aw_intern link)
{
	uint64_t hash = link;

	for (unsigned i = 0; i < HASHED_FRAMES && frame != NULL; i++, frame = frame->previous)
		hash = (hash ^ (uintptr_t)aw__py_frame_instruction(frame)) *
		       UINT64_C(0x9e3779b97f4a7c15);
	return &known[(hash >> 32) % REMEMBERED];
}

static bool is_known(const struct known_stack *stack, const _PyInterpreterFrame *frame,
		     aw_intern link)
{
	if (stack->stack == AW_NONE || stack->link != link || stack->code_gone != aw__py_code_gone)
		return false;
	for (unsigned i = 0; i < stack->count; i++, frame = frame->previous) {
		if (frame == NULL)
			return false;
		const struct known_frame here = frame_here(frame), *other = &stack->frames[i];

		if (here.executable != other->executable ||
		    here.instruction != other->instruction || here.owner != other->owner)
			return false;
	}
	return !stack->to_end || frame == NULL;
}

/* ---- the walk ---- */

struct walk {
	aw_intern places[MOST_FRAMES];
	unsigned count, leading;
	enum aw__py_code why;
	unsigned frames; /* that were looked at */
	bool to_end;
	bool certain; /* for every frame it will be noticed when its code is freed */
};

/* False: there is no more to walk. */
static bool add_frame(struct walk *walk, _PyInterpreterFrame *frame)
{
	int offset;
	PyCodeObject *code = aw__py_frame_code_at(frame, &offset);
	enum aw__py_code kind;

	if (code == NULL)
		return true;
	walk->places[walk->count] = aw__py_place(code, offset);
	walk->certain &= aw__py_kind_known(code, &kind);
	if (kind == AW__PY_LOOP)
		return false;
	if (walk->leading == walk->count && kind != AW__PY_PROGRAM) {
		walk->leading++;
		if (walk->why <= AW__PY_MACHINERY)
			walk->why = kind;
	}
	walk->count++;
	return true;
}

static aw_intern walk_frames(struct walk *walk, _PyInterpreterFrame *frame, aw_intern link)
{
	bool more = true;

	walk->count = walk->leading = walk->frames = 0;
	walk->why = AW__PY_PROGRAM;
	walk->certain = true;
	for (; more && frame != NULL && walk->count < MOST_FRAMES; frame = frame->previous) {
		more = add_frame(walk, frame);
		walk->frames++;
	}
	walk->to_end = more && frame == NULL;
	if (walk->leading == walk->count)
		walk->leading = 0; /* there is nothing else to show */
	return walk->count > 0 ? aw_agent_stack_of(walk->places + walk->leading,
						   walk->count - walk->leading, link)
			       : AW_STACK_NONE;
}

static void remember(struct known_stack *stack, const struct walk *walk,
		     const _PyInterpreterFrame *frame, aw_intern link, aw_intern told)
{
	stack->stack = AW_NONE;
	if (!walk->certain || walk->frames > REMEMBERED_DEPTH || told == AW_STACK_NONE)
		return;
	for (unsigned i = 0; i < walk->frames; i++, frame = frame->previous)
		stack->frames[i] = frame_here(frame);
	stack->count = walk->frames;
	stack->to_end = walk->to_end;
	stack->why = walk->why;
	stack->link = link;
	stack->code_gone = aw__py_code_gone;
	stack->stack = told;
}

aw_intern aw__py_stack(aw_intern link, enum aw__py_code *ret_why)
{
	_PyInterpreterFrame *frame = aw__py_frame_innermost();
	struct known_stack *stack = known_for(frame, link);
	struct walk walk;
	aw_intern told;

	if (is_known(stack, frame, link)) {
		if (ret_why != NULL)
			*ret_why = stack->why;
		return stack->stack;
	}
	told = walk_frames(&walk, frame, link);
	remember(stack, &walk, frame, link, told);
	if (ret_why != NULL)
		*ret_why = walk.why;
	return told;
}

aw_intern aw__py_stack_of_thread(PyThreadState *thread, aw_intern link)
{
	struct walk walk;

	return walk_frames(&walk, aw__py_frame_of_thread(thread), link);
}
