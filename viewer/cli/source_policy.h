/* SPDX-License-Identifier: MIT */
/*
 * Of which files a viewer shows lines. A recording may come from anybody, and name any file of the reader's: so it may
 * only name what lies below --source-root; elsewhere, only what the debug information of the program that ran names,
 * and that has not changed since.
 */
#ifndef AW__CLI_SOURCE_POLICY_H
#define AW__CLI_SOURCE_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "symbols/symbols.h"

struct aw__source_policy {
	enum aw__symbols_claim claim;
	bool below_root;
	uint64_t changed_ns;  /* the file; realtime */
	uint64_t recorded_ns; /* when the recording began; realtime, 0: unknown */
};

bool aw__source_policy_allows(const struct aw__source_policy *policy);

#endif
