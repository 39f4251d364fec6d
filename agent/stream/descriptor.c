/* SPDX-License-Identifier: MIT */
/*
 * Checks the identity (device and inode) of a descriptor of the agent's thread before each use: if the thread has no
 * descriptor table of its own, the program may close or replace the descriptor.
 */
#include "agent/stream/stream_internal.h"

#include <sys/stat.h>
#include <unistd.h>

struct aw__descriptor aw__descriptor_of(int fd)
{
	struct stat st = { 0 };

	if (fd < 0 || fstat(fd, &st) != 0)
		return (struct aw__descriptor){ .fd = -1 };
	return (struct aw__descriptor){ .fd = fd, .device = st.st_dev, .inode = st.st_ino };
}

bool aw__descriptor_holds(struct aw__descriptor *descriptor)
{
	struct stat st;

	/* The program cannot close a descriptor in a table of the agent's own. */
	if (aw__own_table_is_used())
		return descriptor->fd >= 0;
	if (descriptor->fd >= 0 && fstat(descriptor->fd, &st) == 0 &&
	    st.st_dev == descriptor->device && st.st_ino == descriptor->inode)
		return true;
	descriptor->fd = -1;
	return false;
}

void aw__descriptor_close(struct aw__descriptor *descriptor)
{
	if (aw__descriptor_holds(descriptor))
		close(descriptor->fd);
	descriptor->fd = -1;
}
