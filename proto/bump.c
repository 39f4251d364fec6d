/* SPDX-License-Identifier: MIT */
/*
 * The bounded bump allocator that protobuf-c uses to unpack a message, for decode.c and decode_rows.c. It is emptied
 * before the next message.
 */
#include "proto/bump.h"

#include "base/alloc.h"
#include "proto/decode.h"

/* An unpacked column takes at most 8 times its packed bytes; this allows 4 times as much, and a fixed part for small messages. */
#define MEMORY_PER_BYTE 32u
#define MEMORY_AT_LEAST (64u << 10)

static void *bump_alloc(void *data, size_t size)
{
	struct aw__bump *bump = data;
	void *at = bump->memory + bump->used;

	if (size > bump->size - bump->used)
		return NULL;
	size = (size + 15) & ~(size_t)15;
	bump->used += size < bump->size - bump->used ? size : bump->size - bump->used;
	return at;
}

static void bump_free(void *data, void *memory)
{
	(void)data;
	(void)memory;
}

void aw__bump_init(struct aw__bump *bump, unsigned char *memory, size_t size)
{
	bump->memory = memory;
	bump->size = size;
	bump->used = 0;
	bump->allocator = (ProtobufCAllocator){ bump_alloc, bump_free, bump };
}

bool aw__bump_reset(struct aw__bump *bump, size_t message_bytes)
{
	size_t size = MEMORY_AT_LEAST + message_bytes * MEMORY_PER_BYTE;
	unsigned char *memory;

	bump->used = 0;
	if (size > AW__DECODE_BUDGET_BYTES)
		size = AW__DECODE_BUDGET_BYTES;
	if (size <= bump->size)
		return true;
	memory = aw__alloc(size);
	if (memory == NULL)
		return false;
	aw__alloc_free(bump->memory);
	aw__bump_init(bump, memory, size);
	return true;
}

void aw__bump_finish(struct aw__bump *bump)
{
	aw__alloc_free(bump->memory);
	bump->memory = NULL;
	bump->size = 0;
}
