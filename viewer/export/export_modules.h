/* SPDX-License-Identifier: MIT */
/* The modules of the process, for formats that say in which one an address lies. */
#ifndef AW__EXPORT_MODULES_H
#define AW__EXPORT_MODULES_H

#include "viewer/export/export_internal.h"

#define AW__MODULES_MOST 4096u

struct aw__mapped {
	uint64_t id; /* of its definition */
	uint64_t start, end, bias;
	char *path;
	char *build_id;					       /* hexadecimal; NULL: unknown */
	bool told;					       /* the format's own */
	bool has_functions, has_files, has_lines, has_inlined; /* of the frames in it */
};

struct aw__modules {
	struct aw__mapped *items; /* in the order in which they were told */
	size_t count;
};

/** Add a module or its build id; other definitions are ignored. */
void aw__modules_define(struct aw__modules *modules, const struct aw__definition *it);
/** NULL if none has this address. */
struct aw__mapped *aw__modules_at(const struct aw__modules *modules, uint64_t address);
void aw__modules_finish(struct aw__modules *modules);

#endif
