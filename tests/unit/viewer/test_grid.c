/* SPDX-License-Identifier: MIT */
/* Tests of text in cells: cut, scrolled, double-width and coloured. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "viewer/tui/app.h"

#define TEST(f) cmocka_unit_test_teardown(f, nothing_is_left)

static int nothing_is_left(void **state)
{
	return aw__alloc_live() == 0 ? 0 : -1;
}

static void check(const char *got, const char *expected)
{
	if (strcmp(got, expected) != 0)
		printf("--- got\n%s--- expected\n%s", got, expected);
	assert_string_equal(got, expected);
}

static void check_put(const char *text, size_t skip, int to, const char *expected)
{
	struct aw__grid_text it = { .text = text, .length = strlen(text), .skip = skip };
	struct aw__buffer out = AW__BUFFER_EMPTY;
	struct aw__grid grid;

	aw__grid_init(&grid, false);
	aw__grid_clear(&grid, 12, 1);
	aw__grid_put_text(&grid, 0, 0, to, &it);
	aw__grid_print(&grid, &out);
	check(aw__buffer_string(&out), expected);
	aw__buffer_finish(&out);
	aw__grid_finish(&grid);
}

static void grid__shows_that_a_text_was_cut(void **state)
{
	check_put("abcdef", 0, 6, "abcdef\n");
	check_put("abcdefg", 0, 6, "abcde…\n");
	check_put("abcdefghijklmnop", 0, 100, "abcdefghijk…\n");
	check_put("abc", 0, 0, "\n");
}

static void grid__scrolls_a_text(void **state)
{
	check_put("abcdefghi", 3, 12, "…efghi\n");
	check_put("abcdefghi", 3, 5, "…efg…\n");
	check_put("abc", 3, 12, "…\n");
}

static void grid__keeps_wide_characters_whole(void **state)
{
	check_put("日本語", 0, 6, "日本語\n");
	check_put("日本語", 0, 5, "日本…\n");
	check_put("日本語", 0, 4, "日…\n");
	check_put("日本語", 1, 6, "…本語\n");
	check_put("e\xcc\x81g", 0, 6, "e\xcc\x81g\n");
	check_put("\xf0\x9f\x98\x80!", 0, 6, "\xf0\x9f\x98\x80!\n");
	check_put("\xc3\xa9\xe2\x82\xac", 0, 6, "\xc3\xa9\xe2\x82\xac\n");
}

static void styled__reads_looks_and_lines(void **state)
{
	static const char text[] = "a\x1b[1;31mb\x1b[0mc\n\x1b[2Jd\n\ne";
	struct aw__styled styled = { .count = 0 };
	struct aw__grid_text line;

	aw__styled_set(&styled, text, strlen(text));
	assert_int_equal(styled.count, 4);
	line = aw__styled_line(&styled, 0);
	assert_int_equal(line.length, 3);
	assert_memory_equal(line.text, "abc", 3);
	assert_int_equal(line.inks[0], AW__INK_PLAIN);
	assert_int_equal(line.inks[1], AW__INK_BOLD | AW__INK_RED);
	assert_int_equal(line.inks[2], AW__INK_PLAIN);
	line = aw__styled_line(&styled, 1);
	assert_memory_equal(line.text, "d", 1);
	assert_int_equal(aw__styled_line(&styled, 2).length, 0);
	assert_int_equal(aw__styled_line(&styled, 3).length, 1);
	aw__styled_set(&styled, "", 0);
	assert_int_equal(styled.count, 1);
	aw__styled_set(&styled, "x\n\x1b[", 4);
	assert_int_equal(styled.count, 2);
	aw__styled_finish(&styled);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(grid__shows_that_a_text_was_cut),
		TEST(grid__scrolls_a_text),
		TEST(grid__keeps_wide_characters_whole),
		TEST(styled__reads_looks_and_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
