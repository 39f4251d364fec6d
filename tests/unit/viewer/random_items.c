/* SPDX-License-Identifier: MIT */
/* Random events, mostly invalid, for the test that saves a model as an image and loads it again. */
#include "random_items.h"

#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "viewer/model/image.h"
#include "viewer/model/image_fields.h"

uint64_t random_below(struct random *random, uint64_t bound)
{
	random->state ^= random->state << 13;
	random->state ^= random->state >> 7;
	random->state ^= random->state << 17;
	return random->state % bound;
}

static void random_definition(struct random *random, struct aw__item *ret_item)
{
	ret_item->kind = AW__ITEM_DEFINITION;
	for (unsigned i = 0; i < 8; i++)
		random->numbers[i] = random_below(random, 40);
	snprintf(random->text, sizeof(random->text), "text %u", (unsigned)random_below(random, 9));
	ret_item->definition = (struct aw__definition){
		.id = 1 + (uint32_t)random_below(random, 40),
		.kind = 1 + (int)random_below(random, AW__DEFINITION_KINDS - 1),
		.number_count = (uint32_t)random_below(random, 8),
		.numbers = random->numbers,
		.text = random->text,
		.text_length = (uint32_t)random_below(random, 7),
	};
}

static void random_event(struct random *random, struct aw__item *ret_item)
{
	struct aw__event *event = &ret_item->event;

	memset(ret_item, 0, sizeof(*ret_item));
	ret_item->kind = AW__ITEM_EVENT;
	event->kind = 1 + (int)random_below(random, AW__EVENT_KINDS - 1);
	event->thread = (uint32_t)random_below(random, 3);
	random->time_ns += random_below(random, 1000);
	event->time_ns = random->time_ns - random_below(random, 200);
	event->subject = random_below(random, 60);
	for (unsigned i = 0; i < AW__EVENT_ARGS; i++)
		event->args[i] = random_below(random, random_below(random, 4) == 0 ? 6 : 60);
	for (unsigned i = 0; i < 16; i++)
		random->numbers[i] =
			random_below(random, 60)
			<< (event->kind == AW__LOOP_LAGS ? random_below(random, 40) : 0);
	if (aw__event_specs[event->kind].list != NULL) {
		event->list = random->numbers;
		event->list_length = (uint32_t)random_below(random, 16);
	}
	snprintf(random->text, sizeof(random->text), "text %u", (unsigned)random_below(random, 9));
	if (aw__event_specs[event->kind].text != NULL) {
		event->text = random->text;
		event->text_length = (uint32_t)random_below(random, 7);
	}
}

void random_item(struct random *random, struct aw__item *ret_item)
{
	if (random_below(random, 12) == 0)
		random_definition(random, ret_item);
	else
		random_event(random, ret_item);
}

struct aw__item random_hello(void)
{
	struct aw__item item = { .kind = AW__ITEM_HELLO };

	item.hello = (struct aw__hello){ .major = AW__PROTOCOL_MAJOR,
					 .minor = AW__PROTOCOL_MINOR,
					 .pid = 42,
					 .process_start_ticks = 7,
					 .monotonic_ns = 1000000,
					 .realtime_ns = 2000000,
					 .runtime = "awry",
					 .program = "/bin/random" };
	return item;
}

static uint64_t hash_of(const struct aw__wire_row *row, uint32_t from, uint32_t count)
{
	uint64_t hash = aw__map_hash(row->kind);

	for (uint32_t i = 0; i < count; i++)
		hash = aw__map_hash(hash ^ row->numbers[from + i]);
	for (uint32_t i = 0; i < row->text_length; i++)
		hash = aw__map_hash(hash ^ (unsigned char)row->text[i]);
	return hash;
}

/* Adds a row to a sum that depends neither on the order of rows, nor on that of the pairs in a row of holds. */
static void add_row(void *arg, const struct aw__wire_row *row)
{
	uint64_t *sum = arg;

	if (row->kind != AW__IMAGE_HOLD)
		*sum += hash_of(row, 0, row->number_count);
	for (uint32_t i = 0; row->kind == AW__IMAGE_HOLD && i + 2 <= row->number_count; i += 2)
		*sum += hash_of(row, i, 2);
}

uint64_t random_sum(const struct aw__model *model)
{
	uint64_t sum = 0;

	aw__model_save(model, add_row, &sum);
	return sum;
}
