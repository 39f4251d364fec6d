/* SPDX-License-Identifier: MIT */
/* A recorder with a box in a temporary folder; one for each test program, because a process has one recorder. */
#ifndef AW__TEST_BOX_FIXTURE_H
#define AW__TEST_BOX_FIXTURE_H

#include <stdbool.h>

#include "agent/record/record.h"
#include "proto/blackbox_read.h"

/** Make the folder and the box, and turn recording on. */
void box_fixture_open(const struct aw__record_options *options);
/** Make the box of the next recording; the box of the previous one is closed. */
void box_fixture_next(const struct aw__record_options *options);
/** Options for a box that is small enough for tests to fill. */
struct aw__record_options box_fixture_small(void);
/** The box in memory. */
const struct aw__box *box_fixture_box(void);
/** Close the box; fails if its file, or anything else, is left in the folder. */
bool box_fixture_close(void);

#endif
