/* SPDX-License-Identifier: MIT */
/*
 * The agent's descriptors live in a program that may close all that it does not know, and be given their
 * numbers for files of its own. So before one is used, it is asked whether it still is what it was.
 */
#ifndef AW__DESCRIPTOR_H
#define AW__DESCRIPTOR_H

#include <stdbool.h>
#include <sys/types.h>

struct aw__descriptor {
	int fd; /* -1: none (any more) */
	dev_t device;
	ino_t inode;
};

/** Remember what `fd` is. */
struct aw__descriptor aw__descriptor_of(int fd);
/** True if it is open, and still the same. If not, it is forgotten, and not closed: it is not ours. */
bool aw__descriptor_holds(struct aw__descriptor *descriptor);
/** Close it, if it is still ours. */
void aw__descriptor_close(struct aw__descriptor *descriptor);

#endif
