/* SPDX-License-Identifier: MIT */
/*
 * Building the index of a trace: it looks on while somebody reads the trace from its beginning into a model.
 *
 *	building = aw__building_create(source, model);
 *	for each item:
 *		aw__building_see(building, &item);
 *		aw__model_ingest(model, &item);
 *	aw__building_finish(building, &index, &bytes, &problem)
 */
#ifndef AW__BUILD_H
#define AW__BUILD_H

#include "proto/index.h"
#include "viewer/model/model.h"
#include "viewer/source/source.h"

struct aw__building;

/**
 * Both are borrowed; nothing of the trace was read, and nothing ingested.
 *
 * @param apart  events between two checkpoints, whatever that costs; 0: as is best
 */
struct aw__building *aw__building_create(struct aw__source *source, const struct aw__model *model,
					 uint64_t apart);
void aw__building_destroy(struct aw__building *building);
/** The next item, before it is ingested. */
void aw__building_see(struct aw__building *building, const struct aw__item *item);

/** Where the last frame that gave an item ended. */
uint64_t aw__building_position(const struct aw__building *building);

/**
 * Everything was ingested.
 *
 * @param data_bytes where the recording ends: at or behind that position
 * @param ret_index  set on success, for aw__index_finish()
 * @param ret_bytes  set on success, for aw__buffer_finish(): what belongs behind the end of the trace
 *
 * False if there was nothing to index, or no memory.
 */
bool aw__building_finish(struct aw__building *building, uint64_t data_bytes,
			 struct aw__index *ret_index, struct aw__buffer *ret_bytes,
			 struct aw__problem *problem);

#endif
