/* SPDX-License-Identifier: MIT */
/* A bounded block of memory for protobuf-c to unpack into: an allocation advances `used`, and nothing is freed. */
#ifndef AW__BUMP_H
#define AW__BUMP_H

#include <stdbool.h>
#include <stddef.h>

#include <protobuf-c/protobuf-c.h>

struct aw__bump {
	ProtobufCAllocator allocator;
	unsigned char *memory;
	size_t size;
	size_t used;
};

/** Use the caller's memory; aw__bump_finish() is not needed. */
void aw__bump_init(struct aw__bump *bump, unsigned char *memory, size_t size);
/** Empty the block, and make it large enough for a packed message of `message_bytes`. False if there is no memory. */
bool aw__bump_reset(struct aw__bump *bump, size_t message_bytes);
/** Free what aw__bump_reset() allocated. */
void aw__bump_finish(struct aw__bump *bump);

#endif
