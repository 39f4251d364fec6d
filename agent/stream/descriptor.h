/* SPDX-License-Identifier: MIT */
/*
 * The program may close descriptors that it does not know, and then open files of its own under their numbers.
 * So before the agent uses one of its descriptors, it tests whether this is still the same file.
 */
#ifndef AW__DESCRIPTOR_H
#define AW__DESCRIPTOR_H

#include <stdbool.h>
#include <sys/types.h>

struct aw__descriptor {
	int fd; /* -1: none, or no longer */
	dev_t device;
	ino_t inode;
};

/** Remember which file `fd` is. */
struct aw__descriptor aw__descriptor_of(int fd);
/** True if it is open, and still the same. If not, it is forgotten, and not closed: it is the program's. */
bool aw__descriptor_holds(struct aw__descriptor *descriptor);
/** Close it, if it is still the same. */
void aw__descriptor_close(struct aw__descriptor *descriptor);

#endif
