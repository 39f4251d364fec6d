/* SPDX-License-Identifier: MIT */
/*
 * Recordings of random events, most of which make no sense: what a model makes of them has to survive being saved and
 * loaded all the same.
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
/** Its numbers and text last until the next. */
void random_item(struct random *random, struct aw__item *ret_item);
/** Of all that a model holds: the same for two that are the same. */
uint64_t random_sum(const struct aw__model *model);

#endif
