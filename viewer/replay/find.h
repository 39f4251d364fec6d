/* SPDX-License-Identifier: MIT */
/* Finding the index at the end of a trace. */
#ifndef AW__FIND_H
#define AW__FIND_H

#include "proto/index.h"
#include "viewer/source/source.h"

/** Read the trailer. False if the trace has no index. */
bool aw__find_trailer(struct aw__source *source, struct aw__trailer *ret_trailer);
/** Read the index, and check that it belongs to this recording. Does not read items from the source. */
bool aw__find_index(struct aw__source *source, const struct aw__trailer *trailer,
		    struct aw__index *ret_index, struct aw__problem *problem);

#endif
