/* SPDX-License-Identifier: MIT */
/*
 * Builds the index of a trace while the caller reads the trace from its beginning into a model.
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
 * Source and model are borrowed; nothing was read or ingested yet.
 *
 * @param apart  number of events between two checkpoints, at any cost; 0: chosen by the size of the images
 */
struct aw__building *aw__building_create(struct aw__source *source, const struct aw__model *model,
					 uint64_t apart);
void aw__building_destroy(struct aw__building *building);
/** The next item, before it is ingested. */
void aw__building_see(struct aw__building *building, const struct aw__item *item);

/** The end of the last frame that had an item. */
uint64_t aw__building_position(const struct aw__building *building);

/**
 * Complete the index, after everything was ingested.
 *
 * @param data_bytes end of the recording: at or behind aw__building_position()
 * @param ret_index  set on success; free it with aw__index_finish()
 * @param ret_bytes  set on success: the bytes to append to the trace; free them with aw__buffer_finish()
 *
 * False if there was nothing to index, or no memory.
 */
bool aw__building_finish(struct aw__building *building, uint64_t data_bytes,
			 struct aw__index *ret_index, struct aw__buffer *ret_bytes,
			 struct aw__problem *problem);

#endif
