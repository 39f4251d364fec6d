/* SPDX-License-Identifier: MIT */
/* For several report formats: how bad a kind of finding is, in the words that other tools have; paths. */
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
/** As SARIF calls it: "error", "warning", "note". */
const char *aw__level_name(enum aw__level level);

/** The path of a file in the report, in `space` or not; `space` must live as long as it. */
const char *aw__format_path(const struct aw__report_options *options, const char *file,
			    char space[PATH_MAX]);

#endif
