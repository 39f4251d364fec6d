/* SPDX-License-Identifier: MIT */
/*
 * Finds the module (executable or library) of an address, for the exporters that write mappings: perfetto and pprof.
 */
#include "viewer/export/export_modules.h"

#include "base/alloc.h"
#include "viewer/export/frames.h"

static struct aw__mapped *by_id(const struct aw__modules *modules, uint64_t id)
{
	for (size_t i = modules->count; i-- > 0;)
		if (modules->items[i].id == id)
			return &modules->items[i];
	return NULL;
}

static void define_module(struct aw__modules *modules, const struct aw__definition *it)
{
	if (it->number_count < AW__MODULE_NUMBERS || modules->count == AW__MODULES_MOST ||
	    by_id(modules, it->id) != NULL)
		return;
	modules->items = aw__alloc_must_resize(modules->items,
					       (modules->count + 1) * sizeof(*modules->items));
	modules->items[modules->count++] = (struct aw__mapped){
		.id = it->id,
		.start = it->numbers[AW__MODULE_START],
		.end = it->numbers[AW__MODULE_END],
		.bias = it->numbers[AW__MODULE_BIAS],
		.path = aw__export_copy(it->text, it->text_length),
	};
}

void aw__modules_define(struct aw__modules *modules, const struct aw__definition *it)
{
	struct aw__mapped *module;

	if (it->kind == AW__MODULE)
		define_module(modules, it);
	if (it->kind != AW__BUILD_ID || it->number_count < 1)
		return;
	module = by_id(modules, it->numbers[0]);
	if (module != NULL && module->build_id == NULL)
		module->build_id = aw__export_copy(it->text, it->text_length);
}

/* The latest module first: an address range may have been reused. */
struct aw__mapped *aw__modules_at(const struct aw__modules *modules, uint64_t address)
{
	for (size_t i = modules->count; i-- > 0;)
		if (address >= modules->items[i].start && address < modules->items[i].end)
			return &modules->items[i];
	return NULL;
}

void aw__modules_finish(struct aw__modules *modules)
{
	for (size_t i = 0; i < modules->count; i++) {
		aw__alloc_free(modules->items[i].path);
		aw__alloc_free(modules->items[i].build_id);
	}
	aw__alloc_free(modules->items);
}
