/* SPDX-License-Identifier: MIT */
/* Items of every kind, made from a seed, and a comparison of two items. */
#ifndef AW__TEST_ITEMS_H
#define AW__TEST_ITEMS_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/item.h"

struct test_items {
	uint64_t seed;
	uint64_t numbers[300];
	char text[2000];
};

uint64_t test_items_random(struct test_items *items, uint64_t below);
/** Make a definition or an event. Its pointers are valid until the next call. */
void test_items_next(struct test_items *items, struct aw__item *ret);
void test_items_hello(struct aw__item *ret);
bool test_items_same(const struct aw__item *a, const struct aw__item *b);

#endif
