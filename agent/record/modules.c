/* SPDX-License-Identifier: MIT */
/*
 * Which file an address belongs to. Asked for every new stack: an address in none of the ranges that are known
 * (something was loaded since) goes to the dynamic linker.
 */
#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/record/recorder.h"

#define MOST_MODULES 1024u

struct range {
	uint64_t start;
	uint64_t end;
};

/* Grows at its end, under the mutex; read without it. */
static struct range known[MOST_MODULES];
static _Atomic uint32_t known_count;

static bool is_known(uint64_t address)
{
	const uint32_t count = AW__LOAD_ACQUIRE(known_count);

	for (uint32_t i = 0; i < count; i++)
		if (address - known[i].start < known[i].end - known[i].start)
			return true;
	return false;
}

static void add_build_id(uint32_t module, const struct dl_phdr_info *info)
{
	static const char digits[] = "0123456789abcdef";
	const uint64_t number = module;
	char text[2 * 64];

	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		const char *at = (const char *)(info->dlpi_addr + segment->p_vaddr);
		const char *end = at + segment->p_memsz;

		if (segment->p_type != PT_NOTE)
			continue;
		while (at + sizeof(ElfW(Nhdr)) <= end) {
			const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)at;
			const char *name = at + sizeof(*note);
			const unsigned char *id =
				(const unsigned char *)name + ((note->n_namesz + 3) & ~3u);

			if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 &&
			    memcmp(name, "GNU", 4) == 0 && note->n_descsz <= 64) {
				for (unsigned b = 0; b < note->n_descsz; b++) {
					text[2 * b] = digits[id[b] >> 4];
					text[2 * b + 1] = digits[id[b] & 15];
				}
				aw__intern(AW__BUILD_ID, &number, 1, text, 2 * note->n_descsz);
				return;
			}
			at = (const char *)id + ((note->n_descsz + 3) & ~3u);
		}
	}
}

static void add_module(const struct dl_phdr_info *info, const struct range *range)
{
	uint64_t numbers[AW__MODULE_NUMBERS] = { range->start, range->end, info->dlpi_addr };
	char path[4096];
	const char *name = info->dlpi_name;
	uint32_t module;
	ssize_t length;

	if (name == NULL || name[0] == '\0') {
		length = readlink("/proc/self/exe", path, sizeof(path) - 1);
		path[length > 0 ? length : 0] = '\0';
		name = path;
	}
	module = aw__intern(AW__MODULE, numbers, AW__MODULE_NUMBERS, name, (uint32_t)strlen(name));
	add_build_id(module, info);
}

static int visit(struct dl_phdr_info *info, size_t size, void *data)
{
	struct range range = { UINT64_MAX, 0 };
	uint32_t count;

	(void)size;
	(void)data;
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		const uint64_t start = info->dlpi_addr + segment->p_vaddr;

		if (segment->p_type != PT_LOAD)
			continue;
		if (start < range.start)
			range.start = start;
		if (start + segment->p_memsz > range.end)
			range.end = start + segment->p_memsz;
	}
	if (range.start >= range.end || is_known(range.start))
		return 0;
	add_module(info, &range);
	pthread_mutex_lock(&aw__recorder.mutex);
	count = AW__LOAD(known_count);
	if (count < MOST_MODULES) {
		known[count] = range;
		AW__STORE_RELEASE(known_count, count + 1);
	}
	pthread_mutex_unlock(&aw__recorder.mutex);
	return 0;
}

void aw__modules_know(const uint64_t *frames, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if ((frames[i] & AW__FRAME_IS_PLACE) != 0 || is_known(frames[i]))
			continue;
		dl_iterate_phdr(visit, NULL);
		return;
	}
}
