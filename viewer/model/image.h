/* SPDX-License-Identifier: MIT */
/*
 * The image of a model: all its state except definitions, as rows. A model that was loaded from an image behaves
 * exactly as the saved one would: any further items give the same reports, to the letter.
 *
 * A new field of a struct that a model keeps must be added to the tables of image_fields.c, too.
 */
#ifndef AW__IMAGE_H
#define AW__IMAGE_H

#include "proto/row.h"
#include "viewer/model/model.h"

typedef void aw__image_sink(void *arg, const struct aw__wire_row *row);

/** Pass the image to `put`, row by row. */
void aw__model_save(const struct aw__model *model, aw__image_sink *put, void *arg);

/**
 * Drop everything but the definitions and the Hello. Definitions that arrive again are counted again, as if
 * they were new: so reading a recording from its beginning gives the same model as the first time.
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
