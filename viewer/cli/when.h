/* SPDX-License-Identifier: MIT */
/* Times in a recording, as --since and --until take them. */
#ifndef AW__CLI_WHEN_H
#define AW__CLI_WHEN_H

#include <stdbool.h>

#include "base/problem.h"
#include "viewer/model/model.h"

/**
 * Convert a text to a time in a recording.
 *
 * Allowed are: 10s, from the recording's beginning; -5s, before its end; +2.5s, after `base_ns`; and a date and time of
 * RFC 3339, 2026-11-21T03:04:05.678Z.
 *
 * @param base_ns  0: the recording's beginning
 * @param ret_ns   monotonic
 */
bool aw__when_parse(const char *text, const struct aw__model *model, uint64_t base_ns,
		    uint64_t *ret_ns, struct aw__problem *problem);
/** Whether a text is a valid time, for some recording. */
bool aw__when_is_one(const char *text, struct aw__problem *problem);

#endif
