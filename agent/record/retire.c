/* SPDX-License-Identifier: MIT */
/*
 * The end of a box when the next recording begins, while threads may still be in a hook that has begun before.
 *
 * A hook takes what it writes to from its thread's writer, or reads a pointer of the recorder once. So one that is late writes to the old
 * box, whose memory has been replaced by anonymous one at the same addresses: that succeeds, and nobody reads it. (The kernel replaces a
 * mapping as one step: a thread that touches it meanwhile waits.) A hook that begins later finds its writer closed, comes
 * to aw__writer_open(), and so tells that its thread uses the old box no longer. When every thread that had a writer has come back or ended,
 * the addresses are given back.
 *
 * So an old box costs no memory but for the few pages that late hooks touch, and there are at most as many as there are threads that had a
 * writer and never came back: such a thread has none in later boxes.
 */
#include <sys/mman.h>

#include "agent/record/atomics.h"
#include "agent/record/recorder.h"
#include "agent/record/retire.h"
#include "agent/record/writer.h"

static void give_back(struct aw__retired *retired)
{
	munmap(retired->base, retired->bytes);
	munmap(retired, sizeof(*retired));
}

/* Not wiped in a child, which is to find the list. */
struct aw__retired *aw__retire_prepare(void)
{
	void *memory = mmap(NULL, sizeof(struct aw__retired), PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return memory != MAP_FAILED ? memory : NULL;
}

/* Threads that have ended use nothing. Returns how many do. */
static unsigned close_writers(struct aw__retired *retired)
{
	struct aw__writer *next, *writer = aw__recorder.writers;
	unsigned users = 0;

	aw__recorder.writers = aw__recorder.free_writers = NULL;
	for (; writer != NULL; writer = next) {
		next = writer->next;
		if (writer->is_free) {
			munmap(writer, sizeof(*writer));
			continue;
		}
		users++;
		writer->retired = retired;
		AW__STORE_RELEASE(writer->open, false);
	}
	return users;
}

void aw__retire(struct aw__retired *retired, unsigned char *base, size_t bytes)
{
	retired->base = base;
	retired->bytes = bytes;
	retired->users = close_writers(retired);
	if (retired->users == 0) {
		give_back(retired);
		return;
	}
	/* If that fails the old pages stay: they are as good, and cost memory. */
	(void)mmap(base, bytes, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
	retired->next = aw__recorder.retired;
	aw__recorder.retired = retired;
}

void aw__retire_writer(struct aw__writer *writer)
{
	struct aw__retired *retired = writer->retired, **at = &aw__recorder.retired;

	munmap(writer, sizeof(*writer));
	if (--retired->users > 0)
		return;
	while (*at != retired)
		at = &(*at)->next;
	*at = retired->next;
	give_back(retired);
}

void aw__retire_all(void)
{
	struct aw__retired *next, *retired = aw__recorder.retired;

	aw__recorder.retired = NULL;
	for (; retired != NULL; retired = next) {
		next = retired->next;
		give_back(retired);
	}
}
