/* SPDX-License-Identifier: MIT */
/* A recorder with a box in a folder of its own; one a test program, as one a process. */
#ifndef AW__TEST_BOX_FIXTURE_H
#define AW__TEST_BOX_FIXTURE_H

#include <stdbool.h>

#include "agent/record/record.h"
#include "proto/blackbox_read.h"

/** Make the folder and the box, and turn recording on. */
void box_fixture_open(const struct aw__record_options *options);
/** Make the box of the next recording; that of the one before is closed. */
void box_fixture_next(const struct aw__record_options *options);
/** Small enough for tests to fill. */
struct aw__record_options box_fixture_small(void);
/** A view of the box in memory. */
const struct aw__box *box_fixture_box(void);
/** Close the box; fails if its file, or anything else, is left in the folder. */
bool box_fixture_close(void);

#endif
