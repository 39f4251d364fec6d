/* SPDX-License-Identifier: MIT */
/* Shared by several report formats: the severity of a kind of finding, in the terms of SARIF; the form of paths. */
#ifndef AW__REPORT_FORMAT_PARTS_H
#define AW__REPORT_FORMAT_PARTS_H

#include <limits.h>
#include <stdint.h>

#include "viewer/report/report.h"

enum aw__level {
	AW__LEVEL_ERROR,   /* something is lost, or will never happen */
	AW__LEVEL_WARNING, /* something is late, or may be lost */
	AW__LEVEL_NOTE,	   /* about the recording itself */
};

enum aw__level aw__level(uint32_t kind);
/** SARIF's name for it: "error", "warning", "note". */
const char *aw__level_name(enum aw__level level);

/** The path of a file in the report. It may be stored in `space`, which must live as long. */
const char *aw__format_path(const struct aw__report_options *options, const char *file,
			    char space[PATH_MAX]);

#endif
