/* SPDX-License-Identifier: MIT */
/*
 * Records the modules that addresses belong to, for the viewer, which reads names and lines from their files.
 *
 * Modules that are never unloaded (resident.c) are added when an address is in none of the known ranges. Modules that may be
 * unloaded are listed anew whenever the linker has loaded or unloaded one: another module may be at the same addresses by now.
 * Each of these has a number, which is part of its addresses (proto/item.h): the frames of a plugin that was closed
 * keep its names, whatever is loaded in its place.
 */
#include <elf.h>
#include <errno.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "agent/record/atomics.h"
#include "agent/record/interned.h"
#include "agent/record/recorder.h"
#include "agent/record/resident.h"

#define MOST_MODULES  1024u
#define MOST_PASSING  256u  /* loaded at once, of those that may be unloaded */
#define MOST_NUMBERED 2047u /* of those, in the life of the process */

struct range {
	uint64_t start;
	uint64_t end;
	uint64_t mark; /* 0: the module stays */
};

/* Modules that stay loaded. Grows at its end, under the mutex; read without it. */
static struct range known[MOST_MODULES];
static _Atomic uint32_t known_count;

/* Modules that may be unloaded, as they were at passing_generation; under the mutex. */
static struct range passing[MOST_PASSING];
static uint32_t passing_count;
static uint64_t passing_generation = UINT64_MAX;
/* For each number, the hash of a module's name, build id and addresses. A plugin that is loaded there again has the same number. */
static uint64_t numbered[MOST_NUMBERED];
static uint32_t numbered_count;

static bool is_known(uint64_t address)
{
	const uint32_t count = AW__LOAD_ACQUIRE(known_count);

	for (uint32_t i = 0; i < count; i++)
		if (address - known[i].start < known[i].end - known[i].start)
			return true;
	return false;
}

/* Returns the bytes of its build id, NULL if it has none. */
static const unsigned char *build_id_of(const struct dl_phdr_info *info, uint32_t *ret_bytes)
{
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		const char *at = (const char *)(info->dlpi_addr + segment->p_vaddr);
		const char *end = at + segment->p_memsz;

		while (segment->p_type == PT_NOTE && at + sizeof(ElfW(Nhdr)) <= end) {
			const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)at;
			const char *name = at + sizeof(*note);
			const unsigned char *id =
				(const unsigned char *)name + ((note->n_namesz + 3) & ~3u);

			*ret_bytes = note->n_descsz;
			if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 &&
			    memcmp(name, "GNU", 4) == 0 && note->n_descsz <= 64)
				return id;
			at = (const char *)id + ((note->n_descsz + 3) & ~3u);
		}
	}
	*ret_bytes = 0;
	return NULL;
}

static void add_module(const struct dl_phdr_info *info, const struct range *range, const char *path)
{
	static const char digits[] = "0123456789abcdef";
	const uint64_t numbers[AW__MODULE_NUMBERS] = { range->start | range->mark,
						       range->end | range->mark,
						       info->dlpi_addr + range->mark };
	const uint64_t module =
		aw__intern(AW__MODULE, numbers, AW__MODULE_NUMBERS, path, (uint32_t)strlen(path));
	char text[2 * 64];
	uint32_t bytes;
	const unsigned char *id = build_id_of(info, &bytes);

	for (unsigned b = 0; id != NULL && b < bytes; b++) {
		text[2 * b] = digits[id[b] >> 4];
		text[2 * b + 1] = digits[id[b] & 15];
	}
	if (id != NULL && module != 0)
		aw__intern(AW__BUILD_ID, &module, 1, text, 2 * bytes);
}

#define PATH_BYTES 4096u

/* dlopen() takes names relative to the program's working directory, which awry-symbolize and a viewer do not share. */
static const char *absolute(const char *name, char own[PATH_BYTES])
{
	size_t length;

	if (name[0] == '/' || getcwd(own, PATH_BYTES) == NULL)
		return name;
	length = strlen(own);
	if (snprintf(own + length, PATH_BYTES - length, "/%s",
		     strncmp(name, "./", 2) == 0 ? name + 2 : name) >= (int)(PATH_BYTES - length))
		return name;
	/* the vDSO is no file, and a program may change its working directory */
	return access(own, F_OK) == 0 ? own : name;
}

/* Keeps errno, which is the program's: hooks call this. */
static const char *path_of(const struct dl_phdr_info *info, char own[PATH_BYTES])
{
	const int saved = errno;
	const char *path = own;

	if (info->dlpi_name != NULL && info->dlpi_name[0] != '\0') {
		path = absolute(info->dlpi_name, own);
	} else {
		const ssize_t length = readlink("/proc/self/exe", own, PATH_BYTES - 1);

		own[length > 0 ? length : 0] = '\0';
	}
	errno = saved;
	return path;
}

static struct range range_of(const struct dl_phdr_info *info)
{
	struct range range = { UINT64_MAX, 0, 0 };

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
	return range;
}

static bool stays(const struct range *range)
{
	return aw__resident((const void *)(uintptr_t)(range->start & ~UINT64_C(4095)));
}

static int add_one_that_stays(struct dl_phdr_info *info, size_t size, void *data)
{
	const struct range range = range_of(info);
	char own[PATH_BYTES];
	uint32_t count;

	(void)size;
	(void)data;
	if (range.start >= range.end || !stays(&range) || is_known(range.start))
		return 0;
	add_module(info, &range, path_of(info, own));
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
		if ((frames[i] & (AW__FRAME_IS_PLACE | AW__ADDRESS_MODULE_MASK)) != 0 ||
		    frames[i] == 0 || is_known(frames[i]))
			continue;
		dl_iterate_phdr(add_one_that_stays, NULL);
		return;
	}
}

/* ---- what may be unloaded ---- */

static uint64_t generation_of(const struct dl_phdr_info *info)
{
	return (uint64_t)info->dlpi_adds + (uint64_t)info->dlpi_subs;
}

static int tell_generation(struct dl_phdr_info *info, size_t size, void *ret)
{
	(void)size;
	*(uint64_t *)ret = generation_of(info);
	return 1;
}

/* With the mutex held. 0: there are no numbers left. */
static uint64_t number_of(uint64_t hash, bool *ret_new)
{
	uint32_t i = 0;

	while (i < numbered_count && numbered[i] != hash)
		i++;
	*ret_new = i == numbered_count;
	if (i == MOST_NUMBERED)
		return 0;
	if (i == numbered_count)
		numbered[numbered_count++] = hash;
	return i + 1;
}

struct listing {
	struct range list[MOST_PASSING];
	uint32_t count;
	uint64_t generation;
};

static int list_one_that_passes(struct dl_phdr_info *info, size_t size, void *data)
{
	struct listing *listing = data;
	struct range range = range_of(info);
	const unsigned char *id;
	const char *name;
	char own[PATH_BYTES];
	uint64_t hash;
	uint32_t bytes;
	bool is_new;

	(void)size;
	listing->generation = generation_of(info);
	if (range.start >= range.end || stays(&range) || listing->count == MOST_PASSING)
		return 0;
	name = info->dlpi_name != NULL ? info->dlpi_name : "";
	id = build_id_of(info, &bytes);
	hash = XXH3_64bits_withSeed(name, strlen(name), range.start ^ range.end << 16);
	if (id != NULL)
		hash = XXH3_64bits_withSeed(id, bytes, hash);
	pthread_mutex_lock(&aw__recorder.mutex);
	range.mark = number_of(hash, &is_new) << AW__ADDRESS_MODULE_SHIFT;
	pthread_mutex_unlock(&aw__recorder.mutex);
	if (range.mark == 0)
		return 0;
	if (is_new)
		add_module(info, &range, path_of(info, own));
	listing->list[listing->count++] = range;
	return 0;
}

/* The dynamic linker's lock is taken before the mutex: so the modules are listed first, and then copied under the mutex. */
static void list_what_passes(void)
{
	static struct listing listing;
	static atomic_flag listing_now = ATOMIC_FLAG_INIT;

	if (atomic_flag_test_and_set_explicit(&listing_now, memory_order_acquire))
		return; /* another thread is listing them; until it is done, addresses of a new module have no name */
	listing.count = 0;
	dl_iterate_phdr(list_one_that_passes, &listing);
	pthread_mutex_lock(&aw__recorder.mutex);
	memcpy(passing, listing.list, listing.count * sizeof(*passing));
	passing_count = listing.count;
	passing_generation = listing.generation;
	pthread_mutex_unlock(&aw__recorder.mutex);
	atomic_flag_clear_explicit(&listing_now, memory_order_release);
}

/* With the mutex held. */
static uint64_t marked(uint64_t address)
{
	for (uint32_t i = 0; i < passing_count; i++)
		if (address - passing[i].start < passing[i].end - passing[i].start)
			return address | passing[i].mark;
	return address;
}

static bool may_pass(uint64_t frame)
{
	return (frame & (AW__FRAME_IS_PLACE | AW__ADDRESS_MODULE_MASK)) == 0 && frame != 0 &&
	       !is_known(frame);
}

void aw__modules_mark(uint64_t *frames, size_t count)
{
	uint64_t generation = 0;
	size_t first = 0;
	bool current;

	while (first < count && !may_pass(frames[first]))
		first++;
	if (first == count)
		return;
	dl_iterate_phdr(tell_generation, &generation);
	pthread_mutex_lock(&aw__recorder.mutex);
	current = passing_generation == generation;
	pthread_mutex_unlock(&aw__recorder.mutex);
	if (!current) {
		dl_iterate_phdr(add_one_that_stays, NULL);
		list_what_passes();
	}
	pthread_mutex_lock(&aw__recorder.mutex);
	for (; first < count; first++)
		if (may_pass(frames[first]))
			frames[first] = marked(frames[first]);
	pthread_mutex_unlock(&aw__recorder.mutex);
}
