/* SPDX-License-Identifier: MIT */
/*
 * Retires the box of the recording before when the next one begins, while threads may still be in a hook that began earlier.
 *
 * A hook takes the addresses that it writes to from its thread's writer, or reads a pointer of the recorder once. A late hook therefore
 * writes to the old box, whose memory has been replaced by anonymous memory at the same addresses: the write succeeds, and nobody reads it.
 * (The kernel replaces a mapping in one step: a thread that touches it meanwhile waits.) The thread's next hook finds its writer closed and
 * calls aw__writer_open(), which shows that this thread no longer uses the old box. When every thread that had a writer has come back
 * or ended, the addresses are unmapped.
 *
 * So an old box costs no memory but the few pages that late hooks touch. There are at most as many old boxes as threads that had a writer
 * and never came back, because such a thread has no writer in later boxes.
 */
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/record/atomics.h"
#include "agent/record/recorder.h"
#include "agent/record/retire.h"
#include "agent/record/writer.h"

static void give_back(struct aw__retired *retired)
{
	munmap(retired->base, retired->bytes);
	munmap(retired, sizeof(*retired));
}

/* Not wiped in a forked child: the child walks the list (aw__retire_all()). */
struct aw__retired *aw__retire_prepare(void)
{
	void *memory = mmap(NULL, sizeof(struct aw__retired), PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return memory != MAP_FAILED ? memory : NULL;
}

/*
 * Other threads may read and write there at the same time; each finds either the old memory or the new. ThreadSanitizer treats the C library's
 * mmap() as a write to the whole range and would report a false race, so this calls the kernel directly. If the call fails, the old pages
 * stay: they serve as well, but cost memory.
 */
static void replace_by_anonymous(void *base, size_t bytes)
{
	(void)syscall(SYS_mmap, base, bytes, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
}

/* Returns how many threads may still use the old box: those that have not ended. */
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
	replace_by_anonymous(base, bytes);
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
