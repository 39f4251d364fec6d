/* SPDX-License-Identifier: MIT */
/* Tests of the cache of awry-symbolize's answers: looked up by question, in bounded memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "agent/stream/symbol_cache.h"
#include "base/alloc.h"

#define LONGEST	   4096u /* a question and its answer together */
#define MOST_BYTES (4u << 20)

static struct aw__symbol_cache cache;
static char answer[2 * LONGEST];

static void put(uint32_t kind, const char *question, const char *text)
{
	aw__symbol_cache_put(&cache, kind, question, strlen(question), text,
			     (uint32_t)strlen(text));
}

/* The answer; NULL: none. */
static const char *get(uint32_t kind, const char *question)
{
	uint32_t length = UINT32_MAX;

	memset(answer, '?', sizeof(answer));
	if (!aw__symbol_cache_get(&cache, kind, question, strlen(question), answer, &length))
		return NULL;
	assert_int_equal(length, strlen(answer));
	return answer;
}

static void cache__gives_what_was_put(void **state)
{
	assert_null(get(1, "where"));
	put(1, "where", "here");
	put(2, "where", "");
	assert_string_equal(get(1, "where"), "here");
	assert_string_equal(get(2, "where"), "");
	assert_null(get(3, "where"));
	assert_null(get(1, "wher"));
	assert_null(get(1, "where?"));
}

static void cache__a_newer_answer_takes_the_place(void **state)
{
	size_t bytes;

	put(1, "where", "here");
	bytes = cache.bytes;
	put(1, "where", "there, far away");
	assert_string_equal(get(1, "where"), "there, far away");
	assert_int_equal(cache.bytes, bytes + strlen("there, far away") - strlen("here"));
}

/* Two questions that are asked in turn, as the frames of one stack are, do not displace each other. */
static void cache__keeps_any_two_questions(void **state)
{
	char question[16];

	for (unsigned i = 0; i < 20000; i++) {
		aw__symbol_cache_clear(&cache);
		snprintf(question, sizeof(question), "%u", i);
		put(1, "first", "first answer");
		put(1, question, question);
		assert_string_equal(get(1, "first"), "first answer");
		assert_string_equal(get(1, question), question);
	}
}

/* An old answer is displaced by newer questions, and no question gets another one's answer. */
static void cache__newer_questions_take_the_slot(void **state)
{
	char question[16];
	unsigned number = 0;

	put(1, "first", "first answer");
	do {
		snprintf(question, sizeof(question), "%u", ++number);
		assert_null(get(1, question));
		put(1, question, question);
		assert_string_equal(get(1, question), question);
		assert_true(number < 40 * AW__SYMBOL_CACHE_SLOTS);
	} while (get(1, "first") != NULL);
}

/* Enough questions that some share a slot. */
static void cache__knows_questions_apart_that_share_a_slot(void **state)
{
	char question[16], longer[17];

	put(1, "where", "here");
	for (uint32_t kind = 2; kind < 20 * AW__SYMBOL_CACHE_SLOTS; kind++)
		assert_null(get(kind, "where"));
	for (unsigned i = 0; i < 20 * AW__SYMBOL_CACHE_SLOTS; i++) {
		snprintf(question, sizeof(question), "%u", i);
		snprintf(longer, sizeof(longer), "%sx", question);
		put(1, question, "x");
		assert_null(get(1, longer));
	}
}

static void cache__is_bounded(void **state)
{
	char question[16];
	char text[LONGEST] = { 0 };
	bool cleared = false;

	memset(text, 'a', LONGEST - 100);
	put(1, "first", text);
	for (unsigned i = 0; i < 3 * MOST_BYTES / LONGEST; i++) {
		const size_t bytes = cache.bytes;

		snprintf(question, sizeof(question), "%u", i);
		put(1, question, text);
		assert_non_null(get(1, question));
		assert_true(cache.bytes <= MOST_BYTES);
		cleared = cleared || cache.bytes < bytes;
	}
	assert_true(cleared);
	assert_null(get(1, "first"));
}

static void cache__keeps_no_long_answer(void **state)
{
	char text[LONGEST + 1] = { 0 };

	memset(text, 'a', LONGEST - 1);
	put(1, "q", text);
	assert_string_equal(get(1, "q"), text);
	text[LONGEST - 1] = 'a';
	put(1, "r", text);
	assert_null(get(1, "r"));
}

static void cache__clear_drops_all(void **state)
{
	put(1, "one", "1");
	put(1, "two", "2");
	aw__symbol_cache_clear(&cache);
	assert_null(get(1, "one"));
	assert_null(get(1, "two"));
	assert_int_equal(cache.bytes, 0);
	aw__symbol_cache_clear(&cache);
}

static int clear(void **state)
{
	aw__symbol_cache_clear(&cache);
	return cache.bytes == 0 && aw__alloc_live() == 0 ? 0 : -1;
}

#define CASE(name) cmocka_unit_test_teardown(name, clear)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(cache__gives_what_was_put),
		CASE(cache__a_newer_answer_takes_the_place),
		CASE(cache__keeps_any_two_questions),
		CASE(cache__newer_questions_take_the_slot),
		CASE(cache__knows_questions_apart_that_share_a_slot),
		CASE(cache__is_bounded),
		CASE(cache__keeps_no_long_answer),
		CASE(cache__clear_drops_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
