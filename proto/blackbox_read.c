/* SPDX-License-Identifier: MIT */
/*
 * Opens a black box, checks its header, and reads its definitions: for blackbox_cursor.c, and so for the agent's
 * thread and every viewer. The box is untrusted, and its owner may write to it at any time: each word is copied
 * once, and only the copy is checked and used.
 */
#include "proto/blackbox_read.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mapping.h"
#include "proto/blackbox.h"

#define LOAD(field)	    atomic_load_explicit(&(field), memory_order_relaxed)
#define LOAD_ACQUIRE(field) atomic_load_explicit(&(field), memory_order_acquire)

/* True if `count` elements of `size` bytes at `offset` lie inside the box, after its header. */
static bool fits(const struct aw__box *box, uint64_t offset, uint64_t count, uint64_t size)
{
	return offset >= AW__BOX_HEADER_BYTES && offset % 64 == 0 && offset <= box->bytes &&
	       count <= (box->bytes - offset) / size;
}

/* Each word is read once, so that the owner cannot change a value between its check and its use. */
static void copy_header(const struct aw__box *box, struct aw__box_header *ret)
{
	const _Atomic uint64_t *from = (const _Atomic uint64_t *)(const void *)box->header;
	uint64_t words[sizeof(*ret) / 8];

	for (size_t i = 0; i < sizeof(words) / 8; i++)
		words[i] = LOAD(from[i]);
	memcpy(ret, words, sizeof(words));
}

static bool check(struct aw__box *box, const char *name, struct aw__problem *problem)
{
	struct aw__box_header copy, *header = &copy;

	if (box->bytes < AW__BOX_HEADER_BYTES)
		return aw__problem_set(problem, "%s: not a black box", name);
	copy_header(box, &copy);
	if (header->magic != AW__BOX_MAGIC)
		return aw__problem_set(problem, "%s: not a black box", name);
	if (header->version != AW__BOX_VERSION)
		return aw__problem_set(problem,
				       "%s: a black box of version %u, this awry reads version %u",
				       name, header->version, AW__BOX_VERSION);
	if (header->total_bytes != box->bytes)
		return aw__problem_set(problem,
				       "%s: a black box of %llu bytes, but its file has %zu", name,
				       (unsigned long long)header->total_bytes, box->bytes);
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
		return aw__problem_set(problem, "%s: a black box with an inconsistent header",
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

/* The owner never truncates a box. If another process does, the reader gets zeros (base/mapping.h). */
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
	const void *base;
	int fd;

	memset(box, 0, sizeof(*box));
	fd = open_file(path, &bytes, problem);
	if (fd < 0)
		return false;
	base = aw__mapping_open(fd, bytes);
	close(fd);
	if (base == NULL)
		return aw__problem_set(problem, "%s: cannot be mapped: %s", path, strerror(errno));
	if (!aw__box_view(box, base, bytes, path, problem)) {
		aw__mapping_close(base, bytes);
		memset(box, 0, sizeof(*box));
		return false;
	}
	box->mapped = true;
	return true;
}

void aw__box_close(struct aw__box *box)
{
	if (box->mapped)
		aw__mapping_close(box->base, box->bytes);
	memset(box, 0, sizeof(*box));
}

bool aw__box_was_cut(const struct aw__box *box)
{
	return box->mapped && aw__mapping_was_cut(box->base);
}

void aw__box_hello(const struct aw__box *box, struct aw__hello *ret_hello)
{
	struct aw__box_header header;

	copy_header(box, &header);
	memset(ret_hello, 0, sizeof(*ret_hello));
	ret_hello->major = AW__PROTOCOL_MAJOR;
	ret_hello->minor = AW__PROTOCOL_MINOR;
	ret_hello->pid = (uint32_t)header.pid;
	ret_hello->process_start_ticks = header.process_start_ticks;
	ret_hello->monotonic_ns = header.monotonic_ns;
	ret_hello->realtime_ns = header.realtime_ns;
	memcpy(ret_hello->runtime, header.runtime, sizeof(header.runtime) - 1);
	memcpy(ret_hello->program, header.program, sizeof(ret_hello->program) - 1);
}

bool aw__box_said_goodbye(const struct aw__box *box)
{
	return LOAD_ACQUIRE(box->header->state) == AW__BOX_CLOSED;
}

/* An entry's header, read once. */
static struct aw__box_entry load_entry(const struct aw__box *box, uint64_t at)
{
	const _Atomic uint64_t *words =
		(const _Atomic uint64_t *)(const void *)(box->base + box->arena_offset + at);
	const uint64_t copy[2] = { LOAD(words[0]), LOAD(words[1]) };
	struct aw__box_entry entry;

	_Static_assert(sizeof(copy) == sizeof(entry), "two words");
	memcpy(&entry, copy, sizeof(entry));
	return entry;
}

bool aw__box_definition(const struct aw__box *box, uint64_t id, struct aw__definition *ret)
{
	uint64_t end = LOAD_ACQUIRE(box->header->arena_end);
	struct aw__box_entry entry;
	uint64_t room, numbers;

	if (end > box->arena_capacity)
		end = box->arena_capacity;
	if (id == 0 || id > UINT32_MAX || end < sizeof(entry) || id * 8 > end - sizeof(entry))
		return false;
	entry = load_entry(box, id * 8);
	room = end - id * 8 - sizeof(entry);
	numbers = (uint64_t)entry.number_count * 8;
	if (entry.kind == 0 || entry.kind >= AW__DEFINITION_KINDS || numbers > room ||
	    entry.text_length > room - numbers || entry.number_count > AW__ENTRY_NUMBERS ||
	    entry.text_length > AW__ENTRY_TEXT_BYTES)
		return false;
	ret->id = (uint32_t)id;
	ret->kind = entry.kind;
	ret->number_count = entry.number_count;
	ret->text_length = entry.text_length;
	ret->numbers = (const uint64_t *)(box->base + box->arena_offset + id * 8 + sizeof(entry));
	ret->text = (const char *)ret->numbers + numbers;
	return true;
}

void aw__box_definition_copy(struct aw__definition *definition,
			     uint64_t words[AW__BOX_DEFINITION_WORDS])
{
	const _Atomic uint64_t *from = (const _Atomic uint64_t *)(const void *)definition->numbers;
	const size_t bytes = definition->number_count * 8u + definition->text_length;
	const volatile char *rest = (const volatile char *)(from + bytes / 8);
	char *to = (char *)(words + bytes / 8);

	for (size_t i = 0; i < bytes / 8; i++)
		words[i] = LOAD(from[i]);
	for (size_t i = 0; i < bytes % 8; i++)
		to[i] = rest[i];
	definition->numbers = words;
	definition->text = (const char *)(words + definition->number_count);
}
