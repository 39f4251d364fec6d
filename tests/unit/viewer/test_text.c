/* SPDX-License-Identifier: MIT */
/* Tests of base/text.h, tree.h and problem.h: escaping, UTF-8, display width, durations and numbers, drawn trees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/problem.h"
#include "base/text.h"
#include "base/tree.h"

static void expect_escaped(const char *text, size_t length, bool ascii, const char *expected)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;

	aw__text_escape(&out, text, length, ascii);
	assert_string_equal(aw__buffer_string(&out), expected);
	aw__buffer_finish(&out);
}

#define EXPECT(text, expected) expect_escaped(text, sizeof(text) - 1, false, expected)

static void text__plain_text_stays(void **state)
{
	EXPECT("", "");
	EXPECT("plain, \\ and 'quoted'", "plain, \\ and 'quoted'");
	EXPECT("größer 日本 😀", "größer 日本 😀");
}

static void text__controls_are_written_out(void **state)
{
	EXPECT("a\033[31mb\033]0;title\a", "a\\x1b[31mb\\x1b]0;title\\a");
	EXPECT("a\0b\r\n\t\x7f", "a\\x00b\\r\\n\\t\\x7f");
	EXPECT("\xc2\x9b"
	       "31m",
	       "\\u009b31m");
}

static void text__direction_marks_are_written_out(void **state)
{
	EXPECT("a\xe2\x80\xae"
	       "b\xe2\x81\xa6",
	       "a\\u202eb\\u2066");
	EXPECT("\xe2\x80\xa8\xef\xbb\xbf\xf3\xa0\x80\x81", "\\u2028\\ufeff\\U000e0001");
}

static void text__bad_bytes_are_written_out(void **state)
{
	EXPECT("\xff"
	       "a\xc3",
	       "\\xffa\\xc3");
	EXPECT("\xc0\xaf", "\\xc0\\xaf");
	EXPECT("\xe0\x80\xaf", "\\xe0\\x80\\xaf");
	EXPECT("\xed\xa0\x80", "\\xed\\xa0\\x80");
	EXPECT("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
	EXPECT("\xf0\x9f\x98", "\\xf0\\x9f\\x98");
}

static void text__ascii_terminals_get_ascii(void **state)
{
	expect_escaped("gr\xc3\xb6\xf0\x9f\x98\x80", 8, true, "gr\\u00f6\\U0001f600");
}

static void text__valid_replaces_bad_bytes(void **state)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;

	aw__text_valid(&out, "a\xff\xc3\xb6\n", 5);
	assert_string_equal(out.data, "a\xef\xbf\xbd\xc3\xb6\n");
	aw__buffer_finish(&out);
}

static void text__json_stays_the_same_document(void **state)
{
	static const char json[] =
		"{\n  \"a\": \"\x7f\xc2\x9b\xe2\x80\xae\xf3\xa0\x81\x81\xc3\xb6\"\n}";
	struct aw__buffer out = AW__BUFFER_EMPTY;

	aw__text_json(&out, json, sizeof(json) - 1);
	assert_string_equal(out.data,
			    "{\n  \"a\": \"\\u007f\\u009b\\u202e\\udb40\\udc41\xc3\xb6\"\n}");
	aw__buffer_finish(&out);
}

static void text__width_counts_columns(void **state)
{
	assert_int_equal(aw__text_width("abc", 3), 3);
	assert_int_equal(aw__text_width("日本", 6), 4);
	assert_int_equal(aw__text_width("e\xcc\x81", 3), 1);
}

static void expect_duration(uint64_t ns, const char *expected)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;
	char text[AW__DURATION_BYTES];

	aw__text_duration(&out, ns);
	assert_string_equal(out.data, expected);
	assert_string_equal(aw__text_duration_into(text, sizeof(text), ns), expected);
	aw__buffer_finish(&out);
}

static void text__durations_have_units(void **state)
{
	expect_duration(0, "0 ns");
	expect_duration(1999, "1 us");
	expect_duration(340000000, "340 ms");
	expect_duration(2560000000, "2.5 s");
	expect_duration(UINT64_C(200000000000), "3m20s");
	expect_duration(UINT64_C(66000000000), "1m06s");
	expect_duration(UINT64_C(7200000000000), "2h00m");
	expect_duration(UINT64_C(273600000000000), "3d04h");
}

static void text__is_aligned_to_the_right_by_columns(void **state)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;
	size_t from;

	aw__buffer_text(&out, "a ");
	from = out.length;
	aw__buffer_text(&out, "日 s");
	aw__text_align_right(&out, from, 6);
	assert_string_equal(aw__buffer_string(&out), "a   日 s");
	aw__text_align_right(&out, 0, 3);
	assert_string_equal(aw__buffer_string(&out), "a   日 s");
	aw__buffer_finish(&out);
}

static void text__numbers_and_sizes_have_separators_and_units(void **state)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;

	aw__text_number(&out, 1234567);
	aw__buffer_char(&out, ' ');
	aw__text_number(&out, 100);
	aw__buffer_char(&out, ' ');
	aw__text_size(&out, 1023);
	aw__buffer_char(&out, ' ');
	aw__text_size(&out, UINT64_MAX);
	assert_string_equal(out.data, "1,234,567 100 1023 B 16.0 EiB");
	aw__buffer_finish(&out);
}

static void tree__draws_branches(void **state)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;
	struct aw__tree tree;

	aw__tree_init(&tree, &out, "  ", false);
	aw__tree_open(&tree, false);
	aw__buffer_text(&out, "first\n");
	aw__tree_line(&tree, true);
	aw__buffer_text(&out, "more\n");
	aw__tree_open(&tree, true);
	aw__buffer_text(&out, "child\n");
	aw__tree_line(&tree, false);
	aw__buffer_text(&out, "of it\n");
	aw__tree_close(&tree);
	aw__tree_close(&tree);
	aw__tree_open(&tree, true);
	aw__buffer_text(&out, "last\n");
	aw__tree_close(&tree);
	assert_string_equal(out.data, "  ├─ first\n"
				      "  │  │ more\n"
				      "  │  └─ child\n"
				      "  │       of it\n"
				      "  └─ last\n");
	aw__buffer_finish(&out);
}

static void tree__is_full_at_its_depth(void **state)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;
	struct aw__tree tree;

	aw__tree_init(&tree, &out, "", true);
	for (int i = 0; i < AW__TREE_MAX_DEPTH; i++) {
		assert_false(aw__tree_is_full(&tree));
		aw__tree_open(&tree, true);
	}
	assert_true(aw__tree_is_full(&tree));
	aw__buffer_finish(&out);
}

static void expect_pointed(const char *text, size_t at, size_t length, const char *expected)
{
	struct aw__problem problem;

	assert_false(aw__problem_point(&problem, text, text + at, length, "wrong: \033"));
	assert_string_equal(problem.text, expected);
}

/* The locale of this test is C. */
static void problem__points_at_a_piece(void **state)
{
	char text[400];

	expect_pointed("any,x", 4, 1, "wrong: \\x1b\n  any,x\n      ^");
	expect_pointed("any,xyz,b", 4, 3, "wrong: \\x1b\n  any,xyz,b\n      ^^^");
	expect_pointed("any", 3, 0, "wrong: \\x1b\n  any\n     ^");
	expect_pointed("\n,é", 2, 2, "wrong: \\x1b\n  \\n,\\u00e9\n     ^^^^^^");
	/* a long argument is shown around the piece only, beginning with a whole character */
	memset(text, 'a', sizeof(text));
	memcpy(text + 100, "é", 2);
	text[sizeof(text) - 1] = '\0';
	expect_pointed(
		text, 151, 1,
		"wrong: \\x1b\n  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaa\n                                                   ^");
	/* a quotation that would leave no room for the message is omitted */
	memset(text, '\033', 80);
	expect_pointed(text, 0, 80, "wrong: \\x1b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text__plain_text_stays),
		cmocka_unit_test(text__controls_are_written_out),
		cmocka_unit_test(text__direction_marks_are_written_out),
		cmocka_unit_test(text__bad_bytes_are_written_out),
		cmocka_unit_test(text__ascii_terminals_get_ascii),
		cmocka_unit_test(text__valid_replaces_bad_bytes),
		cmocka_unit_test(text__json_stays_the_same_document),
		cmocka_unit_test(text__width_counts_columns),
		cmocka_unit_test(text__durations_have_units),
		cmocka_unit_test(text__numbers_and_sizes_have_separators_and_units),
		cmocka_unit_test(text__is_aligned_to_the_right_by_columns),
		cmocka_unit_test(problem__points_at_a_piece),
		cmocka_unit_test(tree__draws_branches),
		cmocka_unit_test(tree__is_full_at_its_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
