/* SPDX-License-Identifier: MIT */
/* Hooks that give runtimes ids for what repeats: strings, places, types and stacks. */
#include <string.h>

#include "agent/record/interned.h"
#include "agent/record/record.h"
#include "agent/record/recorder.h"
#include "agent/record/stack_capture.h"
#include "agent/record/writer.h"

void aw__record_runtime(const char *name)
{
	const struct aw__box_header *header;

	/* before the header is read: in a forked child the first writer opens a new box, and unmaps its parent's */
	if (name == NULL || aw__writer_get() == NULL)
		return;
	header = aw__recorder.header;
	if (strncmp(name, header->runtime, sizeof(header->runtime) - 1) == 0)
		return;
	aw__intern(AW__RUNTIME, NULL, 0, name,
		   (uint32_t)strnlen(name, sizeof(header->runtime) - 1));
}

aw_intern aw_agent_string(const char *text, size_t length)
{
	if (aw__writer_get() == NULL || text == NULL)
		return AW_NONE;
	return aw__intern(AW__STRING, NULL, 0, text,
			  (uint32_t)(length < UINT32_MAX ? length : UINT32_MAX));
}

aw_intern aw_agent_place(const char *function, const char *file, uint32_t line, const void *address)
{
	uint64_t numbers[AW__PLACE_NUMBERS];

	if (aw__writer_get() == NULL)
		return AW_NONE;
	numbers[AW__PLACE_FUNCTION] = aw__intern_text(function);
	numbers[AW__PLACE_FILE] = aw__intern_text(file);
	numbers[AW__PLACE_LINE] = line;
	numbers[AW__PLACE_ADDRESS] = (uint64_t)(uintptr_t)address;
	if (address != NULL) {
		aw__modules_mark(&numbers[AW__PLACE_ADDRESS], 1);
		aw__modules_know(&numbers[AW__PLACE_ADDRESS], 1);
	}
	return aw__intern(AW__PLACE, numbers, AW__PLACE_NUMBERS, NULL, 0);
}

aw_intern aw_agent_type(const char *name, aw_intern base)
{
	const uint64_t number = base;

	if (aw__writer_get() == NULL || name == NULL)
		return AW_NONE;
	return aw__intern(AW__TYPE, &number, 1, name, (uint32_t)strlen(name));
}

aw_intern aw_agent_stack(aw_intern link)
{
	return aw__writer_get() != NULL ? aw__stack_capture(link, __builtin_return_address(0))
					: AW_NONE;
}

aw_intern aw_agent_stack_between(aw_intern link, const void *from, const void *until)
{
	const struct aw__stack_bounds bounds = { __builtin_return_address(0), from, until };

	return aw__writer_get() != NULL ? aw__stack_between(link, &bounds) : AW_NONE;
}

aw_intern aw_agent_stack_suspended(const struct aw_agent_registers *registers, aw_intern link)
{
	return aw__writer_get() != NULL ? aw__stack_suspended(link, registers) : AW_NONE;
}

aw_intern aw_agent_stack_at(const void *address, aw_intern link)
{
	uint64_t numbers[AW__STACK_FRAMES + 1];

	if (aw__writer_get() == NULL || AW__OPTION(stack_depth) == 0)
		return AW_NONE;
	numbers[AW__STACK_FRAMES] = (uint64_t)(uintptr_t)address;
	aw__modules_mark(&numbers[AW__STACK_FRAMES], 1);
	return aw__stack_intern(numbers, 1, link, 0);
}

aw_intern aw_agent_stack_of(const aw_intern *places, size_t count, aw_intern link)
{
	uint64_t numbers[AW__STACK_FRAMES + AW__STACK_MOST_FRAMES];
	const size_t depth = AW__OPTION(stack_depth);
	const size_t kept = count < depth ? count : depth;

	if (aw__writer_get() == NULL || depth == 0)
		return AW_NONE;
	for (size_t i = 0; i < kept; i++)
		numbers[AW__STACK_FRAMES + i] = AW__FRAME_IS_PLACE | places[i];
	return aw__stack_intern(numbers, (uint32_t)kept, link, kept < count ? AW__STACK_CUT : 0);
}
