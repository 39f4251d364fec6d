/* SPDX-License-Identifier: MIT */
/* Random definitions and events from a seed, and a comparison of items, for the round trips of test_codec.c. */
#include "items.h"

#include <string.h>

uint64_t test_items_random(struct test_items *items, uint64_t below)
{
	items->seed ^= items->seed << 13;
	items->seed ^= items->seed >> 7;
	items->seed ^= items->seed << 17;
	return items->seed % below;
}

/* Small, medium and huge numbers, in equal parts. */
static uint64_t any_number(struct test_items *items)
{
	switch (test_items_random(items, 3)) {
	case 0:
		return test_items_random(items, 10);
	case 1:
		return test_items_random(items, 1u << 30);
	default:
		return test_items_random(items, UINT64_MAX);
	}
}

static uint32_t fill(struct test_items *items, uint32_t most)
{
	const uint32_t count = (uint32_t)test_items_random(items, most + 1);

	for (uint32_t i = 0; i < count; i++)
		items->numbers[i] = any_number(items);
	return count;
}

static uint32_t fill_text(struct test_items *items, uint32_t most)
{
	const uint32_t length = (uint32_t)test_items_random(items, most + 1);

	for (uint32_t i = 0; i < length; i++)
		items->text[i] = (char)test_items_random(items, 256);
	return length;
}

static void make_definition(struct test_items *items, struct aw__definition *ret)
{
	ret->id = (uint32_t)any_number(items);
	ret->kind = 1 + test_items_random(items, AW__DEFINITION_KINDS - 1);
	ret->number_count = fill(items, 66);
	ret->numbers = items->numbers;
	ret->text_length = fill_text(items, 300);
	ret->text = items->text;
}

static void make_event(struct test_items *items, struct aw__event *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->kind = 1 + test_items_random(items, AW__EVENT_KINDS - 1);
	ret->thread = (uint32_t)test_items_random(items, 3);
	ret->time_ns = any_number(items);
	ret->subject = any_number(items);
	for (unsigned i = 0; i < aw__event_arg_count(ret->kind); i++)
		ret->args[i] = any_number(items);
	ret->list = items->numbers;
	ret->text = items->text;
	if (aw__event_specs[ret->kind].list != NULL)
		ret->list_length = fill(items, 256);
	if (aw__event_specs[ret->kind].text != NULL)
		ret->text_length = fill_text(items, 1024);
}

void test_items_next(struct test_items *items, struct aw__item *ret)
{
	if (test_items_random(items, 4) == 0) {
		ret->kind = AW__ITEM_DEFINITION;
		make_definition(items, &ret->definition);
	} else {
		ret->kind = AW__ITEM_EVENT;
		make_event(items, &ret->event);
	}
}

void test_items_hello(struct aw__item *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->kind = AW__ITEM_HELLO;
	ret->hello.major = AW__PROTOCOL_MAJOR;
	ret->hello.minor = AW__PROTOCOL_MINOR;
	ret->hello.pid = 4711;
	ret->hello.process_start_ticks = 99;
	ret->hello.monotonic_ns = 123456789;
	ret->hello.realtime_ns = 987654321;
	strcpy(ret->hello.runtime, "awry");
	strcpy(ret->hello.program, "/usr/bin/feed");
}

static bool same_bytes(const void *a, uint32_t a_length, const void *b, uint32_t b_length,
		       size_t size)
{
	return a_length == b_length && (a_length == 0 || memcmp(a, b, a_length * size) == 0);
}

static bool same_event(const struct aw__event *a, const struct aw__event *b)
{
	return a->kind == b->kind && a->thread == b->thread && a->time_ns == b->time_ns &&
	       a->subject == b->subject && memcmp(a->args, b->args, sizeof(a->args)) == 0 &&
	       same_bytes(a->list, a->list_length, b->list, b->list_length, sizeof(uint64_t)) &&
	       same_bytes(a->text, a->text_length, b->text, b->text_length, 1);
}

static bool same_hello(const struct aw__hello *a, const struct aw__hello *b)
{
	return a->major == b->major && a->minor == b->minor && a->pid == b->pid &&
	       a->process_start_ticks == b->process_start_ticks &&
	       a->monotonic_ns == b->monotonic_ns && a->realtime_ns == b->realtime_ns &&
	       strcmp(a->runtime, b->runtime) == 0 && strcmp(a->program, b->program) == 0;
}

bool test_items_same(const struct aw__item *a, const struct aw__item *b)
{
	const struct aw__definition *da = &a->definition, *db = &b->definition;

	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case AW__ITEM_HELLO:
		return same_hello(&a->hello, &b->hello);
	case AW__ITEM_DEFINITION:
		return da->id == db->id && da->kind == db->kind &&
		       same_bytes(da->numbers, da->number_count, db->numbers, db->number_count,
				  sizeof(uint64_t)) &&
		       same_bytes(da->text, da->text_length, db->text, db->text_length, 1);
	case AW__ITEM_EVENT:
		return same_event(&a->event, &b->event);
	case AW__ITEM_GOODBYE:
		return a->goodbye.monotonic_ns == b->goodbye.monotonic_ns &&
		       a->goodbye.events_lost == b->goodbye.events_lost;
	}
	return false;
}
