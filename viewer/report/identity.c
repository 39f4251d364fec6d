/* SPDX-License-Identifier: MIT */
/*
 * Computes the fingerprint of a finding or stack: a hash of its kind and function names that is the same in every
 * run. `awry diff`, SARIF, JUnit and the JSON reports use it.
 */
#include "viewer/report/identity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <xxhash.h>

#include "base/buffer.h"

/* Only the nearest frames count: the depth of a recursion differs from run to run. */
#define NEAREST 16

/* The length of a name without the compiler's suffix: "bug" of "bug.constprop.0". */
static size_t plain_length(const char *function)
{
	size_t length = strcspn(function, ".");

	return length > 0 ? length : strlen(function);
}

static void add_frame(struct aw__buffer *text, const struct aw__frame *frame)
{
	const char *slash = frame->module != NULL ? strrchr(frame->module, '/') : NULL;

	if (frame->own)
		return;
	if (frame->function != NULL)
		aw__buffer_append(text, frame->function, plain_length(frame->function));
	else if (frame->module != NULL)
		aw__buffer_text(text, slash != NULL ? slash : frame->module);
	aw__buffer_char(text, '\n');
}

static void add_stack(struct aw__buffer *text, const struct aw__model *model, uint64_t id)
{
	struct aw__frame frames[AW__FRAME_MAX_INLINED];
	struct aw__stack_walk walk;
	struct aw__stack part;

	if (id == 0)
		return;
	aw__model_walk(model, id, &walk);
	for (size_t i = 0; i < NEAREST && aw__model_walk_next(&walk, &part); i++) {
		for (uint32_t j = 0; j < part.count; j++) {
			size_t count = aw__model_frames(model, part.frames[j], frames,
							AW__FRAME_MAX_INLINED);

			for (size_t k = 0; k < count; k++)
				add_frame(text, &frames[k]);
		}
		aw__buffer_char(text, '\n');
	}
}

static uint64_t finish(struct aw__buffer *text)
{
	uint64_t hash = XXH64(aw__buffer_string(text), text->length, 0);

	aw__buffer_finish(text);
	return hash != 0 ? hash : 1;
}

uint64_t aw__identity_group(const struct aw__model *model, const struct aw__found_group *group)
{
	const char *type = aw__model_type_name(model, group->error_type);
	struct aw__buffer text = AW__BUFFER_EMPTY;
	struct aw__frame frame;

	aw__buffer_format(&text, "%s\n", aw__finding_spec(group->kind)->id);
	if (group->coroutine != 0 && aw__model_place(model, group->coroutine, &frame))
		add_frame(&text, &frame);
	aw__buffer_format(&text, "\n%s\n", type != NULL ? type : "");
	add_stack(&text, model, group->error_stack);
	aw__buffer_char(&text, '\f');
	add_stack(&text, model, group->stack);
	return finish(&text);
}

uint64_t aw__identity_stack(const struct aw__model *model, uint64_t stack)
{
	struct aw__buffer text = AW__BUFFER_EMPTY;

	add_stack(&text, model, stack);
	return finish(&text);
}

const char *aw__identity_text(uint64_t identity, char text[AW__IDENTITY_BYTES])
{
	snprintf(text, AW__IDENTITY_BYTES, "%016" PRIx64, identity);
	return text;
}
