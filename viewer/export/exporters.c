/* SPDX-License-Identifier: MIT */
/* The table of exporters, in the order in which help and completions list them. */
#include <string.h>

#include "viewer/export/export_internal.h"

/* clang-format off */
static const struct aw__exporter *const exporters[] = {
	&aw__chrome_exporter,
	&aw__perfetto_exporter,
	&aw__otlp_exporter,
	&aw__speedscope_exporter,
	&aw__folded_exporter,
	&aw__pprof_exporter,
	&aw__sqlite_exporter,
	&aw__dot_exporter,
	&aw__json_exporter,
};
/* clang-format on */

#define COUNT (sizeof(exporters) / sizeof(exporters[0]))

const struct aw__exporter *aw__exporter_at(size_t index)
{
	return index < COUNT ? exporters[index] : NULL;
}

const struct aw__exporter *aw__exporter_find(const char *name, size_t length)
{
	for (size_t i = 0; i < COUNT; i++)
		if (strlen(exporters[i]->name) == length &&
		    memcmp(exporters[i]->name, name, length) == 0)
			return exporters[i];
	return NULL;
}
