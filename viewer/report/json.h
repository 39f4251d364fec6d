/* SPDX-License-Identifier: MIT */
/* The parts that the JSON documents share. */
#ifndef AW__REPORT_JSON_H
#define AW__REPORT_JSON_H

#include <jansson.h>

#include "viewer/report/internal.h"

/** A string, made valid; null for NULL. */
json_t *aw__json_text(const char *text);
/** A number that may be beyond what JSON's readers take for an integer. */
json_t *aw__json_number(uint64_t number);
json_t *aw__json_place(const struct aw__model *model, uint64_t place);
/** The parts of a stack, from where it happened up to main. */
json_t *aw__json_members(const struct aw__model *model, const struct aw__found *found);
json_t *aw__json_circles(const struct aw__model *model);
json_t *aw__json_stack(const struct aw__model *model, uint64_t stack);
/** Who a task is. `strict`: only what the recorder never overwrites. Null for id 0. */
json_t *aw__json_task(const struct aw__model *model, uint64_t id, bool strict);
json_t *aw__json_error(const struct aw__model *model, const struct aw__error *error, bool strict);
/** An object with the version and the process. */
json_t *aw__json_document(const struct aw__model *model);
json_t *aw__json_losses(const struct aw__model *model);
/** Append the document, and free it. */
void aw__json_write(json_t *document_take, struct aw__buffer *out);

#endif
