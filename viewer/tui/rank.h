/* SPDX-License-Identifier: MIT */
#ifndef AW__TUI_RANK_H
#define AW__TUI_RANK_H

#include "base/buffer.h"

/** Sort rows by `sort`, then `sort2`, process and key. Takes linear time. */
void aw__rank_sort(struct aw__buffer *rows);

#endif
