/* SPDX-License-Identifier: MIT */
#include "proto/blackbox_read.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/blackbox.h"

#define LOAD(field)	    atomic_load_explicit(&(field), memory_order_relaxed)
#define LOAD_ACQUIRE(field) atomic_load_explicit(&(field), memory_order_acquire)

/* True if `count` things of `size` bytes at `offset` lie inside of the box, after its header. */
static bool fits(const struct aw__box *box, uint64_t offset, uint64_t count, uint64_t size)
{
	return offset >= AW__BOX_HEADER_BYTES && offset % 64 == 0 && offset <= box->bytes &&
	       count <= (box->bytes - offset) / size;
}

static bool check(struct aw__box *box, const char *name, struct aw__problem *problem)
{
	const struct aw__box_header *header = box->header;

	if (box->bytes < AW__BOX_HEADER_BYTES || header->magic != AW__BOX_MAGIC)
		return aw__problem_set(problem, "%s: not a black box", name);
	if (header->version != AW__BOX_VERSION)
		return aw__problem_set(problem,
				       "%s: a black box of version %u, this awry reads version %u",
				       name, header->version, AW__BOX_VERSION);
	if (header->total_bytes != box->bytes)
		return aw__problem_set(problem,
				       "%s: a black box of %llu bytes, of which %zu are there",
				       name, (unsigned long long)header->total_bytes, box->bytes);
	box->ring_capacity = header->ring_capacity;
	box->loop_capacity = header->loop_capacity;
	box->loops_offset = header->loops_offset;
	box->holds_offset = header->holds_offset;
	box->hold_capacity = header->hold_capacity;
	box->arena_offset = header->arena_offset;
	box->arena_capacity = header->arena_capacity;
	box->tasks_offset = header->tasks_offset;
	box->task_capacity = header->task_capacity;
	if (header->ring_bytes != sizeof(struct aw__box_ring) ||
	    !fits(box, header->rings_offset, box->ring_capacity, sizeof(struct aw__box_ring)) ||
	    !fits(box, box->loops_offset, box->loop_capacity, sizeof(struct aw__box_loop)) ||
	    !fits(box, box->holds_offset, box->hold_capacity, sizeof(struct aw__box_hold)) ||
	    !fits(box, box->arena_offset, box->arena_capacity, 1) ||
	    !fits(box, box->tasks_offset, box->task_capacity, sizeof(struct aw__box_task)))
		return aw__problem_set(problem, "%s: a black box whose header contradicts itself",
				       name);
	box->rings = (const struct aw__box_ring *)(box->base + header->rings_offset);
	return true;
}

bool aw__box_view(struct aw__box *box, const void *base, size_t bytes, const char *name,
		  struct aw__problem *problem)
{
	memset(box, 0, sizeof(*box));
	box->base = base;
	box->bytes = bytes;
	box->header = base;
	return check(box, name, problem);
}

/* A box is never shortened by its owner; a reader of a hostile one would be, so it is checked once more. */
static int open_file(const char *path, size_t *ret_bytes, struct aw__problem *problem)
{
	const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0) {
		aw__problem_set(problem, "%s: %s", path, strerror(errno));
		return -1;
	}
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		aw__problem_set(problem, "%s: not a file", path);
		goto refuse;
	}
	if (st.st_uid != geteuid() && geteuid() != 0) {
		aw__problem_set(problem, "%s: belongs to user %lu, not to you", path,
				(unsigned long)st.st_uid);
		goto refuse;
	}
	if ((size_t)st.st_size < AW__BOX_HEADER_BYTES) {
		aw__problem_set(problem, "%s: not a black box", path);
		goto refuse;
	}
	*ret_bytes = (size_t)st.st_size;
	return fd;
refuse:
	close(fd);
	return -1;
}

bool aw__box_open(struct aw__box *box, const char *path, struct aw__problem *problem)
{
	size_t bytes = 0;
	void *base;
	int fd;

	memset(box, 0, sizeof(*box));
	fd = open_file(path, &bytes, problem);
	if (fd < 0)
		return false;
	base = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (base == MAP_FAILED)
		return aw__problem_set(problem, "%s: %s", path, strerror(errno));
	if (!aw__box_view(box, base, bytes, path, problem)) {
		munmap(base, bytes);
		memset(box, 0, sizeof(*box));
		return false;
	}
	box->mapped = true;
	return true;
}

void aw__box_close(struct aw__box *box)
{
	if (box->mapped)
		munmap((void *)(uintptr_t)box->base, box->bytes);
	memset(box, 0, sizeof(*box));
}

void aw__box_hello(const struct aw__box *box, struct aw__hello *ret_hello)
{
	const struct aw__box_header *header = box->header;

	memset(ret_hello, 0, sizeof(*ret_hello));
	ret_hello->major = AW__PROTOCOL_MAJOR;
	ret_hello->minor = AW__PROTOCOL_MINOR;
	ret_hello->pid = (uint32_t)header->pid;
	ret_hello->process_start_ticks = header->process_start_ticks;
	ret_hello->monotonic_ns = header->monotonic_ns;
	ret_hello->realtime_ns = header->realtime_ns;
	memcpy(ret_hello->runtime, header->runtime, sizeof(header->runtime) - 1);
	memcpy(ret_hello->program, header->program, sizeof(ret_hello->program) - 1);
}

bool aw__box_said_goodbye(const struct aw__box *box)
{
	return LOAD_ACQUIRE(box->header->state) == AW__BOX_CLOSED;
}

bool aw__box_definition(const struct aw__box *box, uint64_t id, struct aw__definition *ret)
{
	uint64_t end = LOAD_ACQUIRE(box->header->arena_end);
	const struct aw__box_entry *entry;
	uint64_t room, numbers;

	if (end > box->arena_capacity)
		end = box->arena_capacity;
	if (id == 0 || id > UINT32_MAX || end < sizeof(*entry) || id * 8 > end - sizeof(*entry))
		return false;
	entry = (const struct aw__box_entry *)(box->base + box->arena_offset + id * 8);
	room = end - id * 8 - sizeof(*entry);
	numbers = (uint64_t)entry->number_count * 8;
	if (entry->kind == 0 || entry->kind >= AW__DEFINITION_KINDS || numbers > room ||
	    entry->text_length > room - numbers)
		return false;
	ret->id = (uint32_t)id;
	ret->kind = entry->kind;
	ret->number_count = entry->number_count;
	ret->text_length = entry->text_length;
	ret->numbers = (const uint64_t *)(entry + 1);
	ret->text = (const char *)(entry + 1) + numbers;
	return true;
}
