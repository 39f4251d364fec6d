/* SPDX-License-Identifier: MIT */
/* Shared by several report formats: the severity of a kind of finding, and the form of a path. */
#include "viewer/report/format_parts.h"

#include "base/text.h"

const char *aw__format_path(const struct aw__report_options *options, const char *file,
			    char space[PATH_MAX])
{
	if (options->locate != NULL)
		return options->locate(options->locate_arg, file, space);
	return aw__text_below(file, options->folder);
}

enum aw__level aw__level(uint32_t kind)
{
	switch (kind) {
	case AW__NEVER_RETRIEVED:
	case AW__HELD_ERROR:
	case AW__NEVER_AWAITED:
	case AW__DESTROYED_PENDING:
	case AW__DEADLOCK:
	case AW__UNHANDLED_ERROR:
		return AW__LEVEL_ERROR;
	case AW__LOST_EVENTS:
		return AW__LEVEL_NOTE;
	default:
		return AW__LEVEL_WARNING;
	}
}

const char *aw__level_name(enum aw__level level)
{
	static const char *const names[] = { "error", "warning", "note" };

	return names[level];
}
