/* SPDX-License-Identifier: MIT */
/*
 * The fingerprint of a finding or a stack: a hash of its kind, its error's type, and the names of functions.
 *
 * Addresses, line numbers and ids are left out, so it is the same in every run, and after edits that shift lines.
 * Two findings of one kind, made and raised in the same functions, share a fingerprint.
 */
#ifndef AW__REPORT_IDENTITY_H
#define AW__REPORT_IDENTITY_H

#include <stdint.h>

#include "viewer/model/model.h"

/** Never 0. */
uint64_t aw__identity_group(const struct aw__model *model, const struct aw__found_group *group);
/** The fingerprint of a stack and its nearest ancestors. Never 0. */
uint64_t aw__identity_stack(const struct aw__model *model, uint64_t stack);

#define AW__IDENTITY_BYTES 17

/** Sixteen hexadecimal digits. Returns `text`. */
const char *aw__identity_text(uint64_t identity, char text[AW__IDENTITY_BYTES]);

#endif
