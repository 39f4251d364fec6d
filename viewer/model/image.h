/* SPDX-License-Identifier: MIT */
/*
 * The image of a model: everything that it knows but definitions, as rows. A model that took an image goes on as
 * the one that gave it would: the same reports, to the letter, whatever comes.
 *
 * Whoever adds a field to what a model keeps adds it to the tables of image_fields.c, too.
 */
#ifndef AW__IMAGE_H
#define AW__IMAGE_H

#include "proto/row.h"
#include "viewer/model/model.h"

typedef void aw__image_sink(void *arg, const struct aw__wire_row *row);

/** Give the image, row by row. */
void aw__model_save(const struct aw__model *model, aw__image_sink *put, void *arg);

/**
 * Forget everything but the definitions and the Hello. Definitions that come again are counted again, as if
 * they were new: reading a recording from its beginning gives the same model as the first time.
 */
void aw__model_reset(struct aw__model *model);

struct aw__image_loading;

/** Begin to load an image into a model that is empty but for definitions and the Hello. */
struct aw__image_loading *aw__image_load_begin(struct aw__model *model);
/** False if the row is invalid: then the model must be reset or destroyed. */
bool aw__image_load_row(struct aw__image_loading *loading, const struct aw__wire_row *row);
/** False if something was missing. Frees `loading`. */
bool aw__image_load_end(struct aw__image_loading *loading);

#endif
