/* SPDX-License-Identifier: MIT */
/*
 * Recordings of random events, most of which are invalid. A model of them must stay the same when it is saved and
 * loaded.
 */
#ifndef AW__TEST_RANDOM_ITEMS_H
#define AW__TEST_RANDOM_ITEMS_H

#include "viewer/model/model.h"

struct random {
	uint64_t state;
	uint64_t time_ns;
	uint64_t numbers[64];
	char text[32];
};

uint64_t random_below(struct random *random, uint64_t bound);
struct aw__item random_hello(void);
/** Make an item. Its numbers and text are valid until the next call. */
void random_item(struct random *random, struct aw__item *ret_item);
/** A checksum of a model's contents: equal for equal models. */
uint64_t random_sum(const struct aw__model *model);

#endif
