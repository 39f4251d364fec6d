/* SPDX-License-Identifier: MIT */
/* How bad a kind of finding is, in the words that other tools have. */
#ifndef AW__REPORT_LEVEL_H
#define AW__REPORT_LEVEL_H

#include <stdint.h>

enum aw__level {
	AW__LEVEL_ERROR,   /* something is lost, or will never happen */
	AW__LEVEL_WARNING, /* something is late, or may be lost */
	AW__LEVEL_NOTE,	   /* about the recording itself */
};

enum aw__level aw__level(uint32_t kind);
/** As SARIF calls it: "error", "warning", "note". */
const char *aw__level_name(enum aw__level level);

#endif
