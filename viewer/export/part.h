/* SPDX-License-Identifier: MIT */
/*
 * Selects a part of a recording: a time range, and some tasks.
 *
 * The part begins with a snapshot of the threads, open loops and live tasks that existed already. Definitions always
 * pass. An event about a task, or about an error that was raised in it, passes if the task is wanted; other events pass
 * if their time does.
 */
#ifndef AW__EXPORT_PART_H
#define AW__EXPORT_PART_H

#include "base/map.h"
#include "viewer/export/export.h"

struct aw__part;

/**
 * @param export  borrowed; receives the items of the part
 * @param tasks   borrowed; its keys are the wanted ids; NULL: all
 *
 * Units: both in monotonic ns; from_ns is included, until_ns is not
 */
struct aw__part *aw__part_create(struct aw__export *export, uint64_t from_ns, uint64_t until_ns,
				 const struct aw__map *tasks);
void aw__part_destroy(struct aw__part *part);
/** Whether an item is wanted: it belongs to a wanted task, or to no task. `model` has the task of each error. */
bool aw__part_wants(const struct aw__model *model, const struct aw__map *tasks,
		    const struct aw__item *item);
/** False once writing has failed. */
bool aw__part_item(struct aw__part *part, const struct aw__item *item);
/** After the last item. If the part has not begun, it gets the snapshot of the end. */
void aw__part_end(struct aw__part *part);

#endif
