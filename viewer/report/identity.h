/* SPDX-License-Identifier: MIT */
/*
 * What a finding is, whoever runs the program: its kind and the names of functions.
 *
 * Neither addresses nor lines nor ids go into it, so that it is the same over runs, and when lines
 * above it come and go. Two findings of one kind, made and raised in the same functions, are one.
 */
#ifndef AW__REPORT_IDENTITY_H
#define AW__REPORT_IDENTITY_H

#include <stdint.h>

#include "viewer/model/model.h"

/** Never 0. */
uint64_t aw__identity_group(const struct aw__model *model, const struct aw__found_group *group);
/** Of a stack and its nearest ancestors. Never 0. */
uint64_t aw__identity_stack(const struct aw__model *model, uint64_t stack);

#define AW__IDENTITY_BYTES 17

/** Sixteen hexadecimal digits. Returns `text`. */
const char *aw__identity_text(uint64_t identity, char text[AW__IDENTITY_BYTES]);

#endif
