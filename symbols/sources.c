/* SPDX-License-Identifier: MIT */
/*
 * Which source files the debug information of a process's modules names: only of files with the recorded build id. It
 * decides whether a viewer may show their lines.
 */
#include "symbols/symbols_internal.h"

#include <dwarf.h>
#include <string.h>

#include "base/alloc.h"

/* Units and names beyond these are not looked at. */
#define MAX_UNITS 65536
#define MAX_NAMES 262144

struct aw__source_name {
	struct aw__source_name *next;
	char path[];
};

uint64_t aw__text_hash(const char *text)
{
	uint64_t hash = 0;

	for (; *text != '\0'; text++)
		hash = aw__map_hash(hash * 131 + (unsigned char)*text);
	return hash;
}

/* Take "/./" and "/x/../" out of a path; `..` at the start of a relative one stays. */
static void simplify(char *path)
{
	char *out = path;
	const char *in = path;

	while (*in != '\0') {
		size_t length = strcspn(in + (*in == '/'), "/") + (*in == '/');

		if (length == 2 && strncmp(in, "/.", 2) == 0) {
			in += 2;
		} else if (length == 3 && strncmp(in, "/..", 3) == 0 && path[0] == '/') {
			while (out > path && *--out != '/')
				;
			in += 3;
		} else {
			memmove(out, in, length);
			out += length;
			in += length;
		}
	}
	*out = '\0';
}

void aw__path_join(struct aw__buffer *out, const char *folder, const char *file)
{
	if (file[0] != '/' && folder != NULL)
		aw__buffer_format(out, "%s/", folder);
	aw__buffer_text(out, file);
	if (out->data == NULL)
		return;
	simplify(out->data);
	out->length = strlen(out->data);
}

bool aw__sources_have(const struct aw__sources *sources, const char *path)
{
	const struct aw__source_name *name = aw__map_get(&sources->files, aw__text_hash(path));

	while (name != NULL && strcmp(name->path, path) != 0)
		name = name->next;
	return name != NULL;
}

void aw__sources_add(struct aw__sources *sources, const char *path)
{
	const uint64_t hash = aw__text_hash(path);
	struct aw__source_name *name;

	if (sources->files.count >= MAX_NAMES || aw__sources_have(sources, path))
		return;
	name = aw__alloc_must(sizeof(*name) + strlen(path) + 1);
	strcpy(name->path, path);
	name->next = aw__map_get(&sources->files, hash);
	aw__map_put(&sources->files, hash, name);
}

void aw__sources_finish(struct aw__sources *sources)
{
	for (size_t i = 0; i < sources->files.capacity; i++) {
		struct aw__source_name *name = sources->files.slots[i].value, *next;

		for (; name != NULL; name = next) {
			next = name->next;
			aw__alloc_free(name);
		}
	}
	aw__map_finish(&sources->files);
}

static void add_unit(struct aw__sources *sources, Dwarf_Die *unit)
{
	struct aw__buffer path = AW__BUFFER_EMPTY;
	const char *name = dwarf_diename(unit);
	Dwarf_Attribute attribute;

	if (name == NULL)
		return;
	aw__path_join(&path, dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute)), name);
	aw__sources_add(sources, aw__buffer_string(&path));
	aw__buffer_finish(&path);
}

void aw__sources_list(struct aw__sources *sources, struct aw__module *module)
{
	Dwarf_CU *unit = NULL;
	Dwarf_Half version;
	uint8_t type;
	Dwarf_Die die;

	if (module->listed)
		return;
	module->listed = true;
	if (module->build_id == NULL || module->lines.dwarf == NULL)
		return;
	for (unsigned i = 0; i < MAX_UNITS; i++) {
		if (dwarf_get_units(module->lines.dwarf, unit, &unit, &version, &type, &die,
				    NULL) != 0)
			return;
		add_unit(sources, &die);
	}
}
