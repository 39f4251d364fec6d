/* SPDX-License-Identifier: MIT */
/*
 * A part of a recording: from one moment to another, of some tasks.
 *
 * What was there already when the part begins is told at its beginning, as a snapshot tells it: threads, open loops,
 * live tasks. Definitions pass whenever they come. Of an event that belongs to a task (it is about it, or about an
 * error that was raised in it) it matters whether that is wanted; all others pass.
 */
#ifndef AW__EXPORT_PART_H
#define AW__EXPORT_PART_H

#include "base/map.h"
#include "viewer/export/export.h"

struct aw__part;

/**
 * @param export  borrowed; gets the items of the part
 * @param tasks   borrowed; the ids that are wanted are its keys; NULL: all
 *
 * Units: both in monotonic ns; the part holds what happened at from_ns, and nothing of until_ns or later
 */
struct aw__part *aw__part_create(struct aw__export *export, uint64_t from_ns, uint64_t until_ns,
				 const struct aw__map *tasks);
void aw__part_destroy(struct aw__part *part);
/** Whether an item is wanted: it belongs to none of the tasks that are not. `model` knows whose errors are. */
bool aw__part_wants(const struct aw__model *model, const struct aw__map *tasks,
		    const struct aw__item *item);
/** False once writing has failed. */
bool aw__part_item(struct aw__part *part, const struct aw__item *item);
/** End of the items. If the part has not begun, it contains the state at the end. */
void aw__part_end(struct aw__part *part);

#endif
