/* SPDX-License-Identifier: MIT */
/*
 * Finds the modules that are never unloaded, for walk.c, walk_copy.c and modules.c.
 *
 * The dynamic linker does not say which ones these are. But it never unloads the program, the modules that the program
 * needs, those that these need in turn, and any that is linked with -z nodelete. So: begin with the program, and go
 * over the modules until those that stay need no other one.
 */
#include "agent/record/resident.h"

#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <string.h>

#define MOST 256u

struct module {
	const void *start;
	uintptr_t bias;
	const ElfW(Dyn) * dynamic;
	const char *strings;
};

static struct module stay[MOST];
static unsigned stay_count;

static uint64_t entry_of(const ElfW(Dyn) * dynamic, int64_t tag)
{
	for (; dynamic != NULL && dynamic->d_tag != DT_NULL; dynamic++)
		if (dynamic->d_tag == tag)
			return dynamic->d_un.d_val;
	return 0;
}

static struct module describe(const struct dl_phdr_info *info)
{
	struct module module = { NULL, info->dlpi_addr, NULL, NULL };
	uintptr_t lowest = UINTPTR_MAX, strings;

	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];

		if (segment->p_type == PT_LOAD && segment->p_vaddr < lowest)
			lowest = segment->p_vaddr;
		if (segment->p_type == PT_DYNAMIC)
			module.dynamic = (const ElfW(Dyn) *)(info->dlpi_addr + segment->p_vaddr);
	}
	if (lowest == UINTPTR_MAX)
		return module;
	module.start = (const void *)((info->dlpi_addr + lowest) & ~(uintptr_t)4095);
	/* the linker has made an address of the offset, unless the section is read-only */
	strings = (uintptr_t)entry_of(module.dynamic, DT_STRTAB);
	if (strings != 0)
		module.strings =
			(const char *)(strings < module.bias ? strings + module.bias : strings);
	return module;
}

static bool needs(const struct module *module, const char *name)
{
	if (module->strings == NULL)
		return false;
	for (const ElfW(Dyn) *entry = module->dynamic; entry->d_tag != DT_NULL; entry++)
		if (entry->d_tag == DT_NEEDED &&
		    strcmp(module->strings + entry->d_un.d_val, name) == 0)
			return true;
	return false;
}

static bool is_needed(const struct module *module, const char *path)
{
	const uint64_t soname = entry_of(module->dynamic, DT_SONAME);
	const char *slash = strrchr(path, '/');

	for (unsigned i = 0; i < stay_count; i++) {
		if (needs(&stay[i], slash != NULL ? slash + 1 : path) || needs(&stay[i], path) ||
		    (soname != 0 && module->strings != NULL &&
		     needs(&stay[i], module->strings + soname)))
			return true;
	}
	return false;
}

static int visit(struct dl_phdr_info *info, size_t size, void *data)
{
	const struct module module = describe(info);
	const char *path = info->dlpi_name != NULL ? info->dlpi_name : "";
	bool *changed = data;

	(void)size;
	if (module.start == NULL || stay_count == MOST || aw__resident(module.start))
		return 0;
	/* the program is the first one */
	if (stay_count > 0 && !is_needed(&module, path) &&
	    (entry_of(module.dynamic, DT_FLAGS_1) & DF_1_NODELETE) == 0)
		return 0;
	stay[stay_count++] = module;
	*changed = true;
	return 0;
}

void aw__resident_load(void)
{
	bool changed;

	do {
		changed = false;
		dl_iterate_phdr(visit, &changed);
	} while (changed);
}

bool aw__resident(const void *start)
{
	for (unsigned i = 0; i < stay_count; i++)
		if (stay[i].start == start)
			return true;
	return false;
}
