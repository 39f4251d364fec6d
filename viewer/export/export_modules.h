/* SPDX-License-Identifier: MIT */
/* The modules (executable and libraries) of the process, for formats that map addresses to modules. */
#ifndef AW__EXPORT_MODULES_H
#define AW__EXPORT_MODULES_H

#include "viewer/export/export_internal.h"

#define AW__MODULES_MOST 4096u

struct aw__mapped {
	uint64_t id; /* the definition's */
	uint64_t start, end, bias;
	char *path;
	char *build_id; /* hexadecimal; NULL: unknown */
	bool told;	/* set by the format once it has written the module */
	bool has_functions, has_files, has_lines, has_inlined; /* whether its frames have them */
};

struct aw__modules {
	struct aw__mapped *items; /* in the order of their definitions */
	size_t count;
};

/** Add a module or its build id; other definitions are ignored. */
void aw__modules_define(struct aw__modules *modules, const struct aw__definition *it);
/** The module that contains an address; NULL if none does. */
struct aw__mapped *aw__modules_at(const struct aw__modules *modules, uint64_t address);
void aw__modules_finish(struct aw__modules *modules);

#endif
