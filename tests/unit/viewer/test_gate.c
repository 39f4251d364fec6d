/* SPDX-License-Identifier: MIT */
/* Tests of --fail-on and allow-lists: parsing, and which findings meet which terms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <awry/agent.h>

#include "base/alloc.h"
#include "model_items.h"
#include "viewer/report/allow.h"
#include "viewer/report/gate.h"
#include "viewer/report/identity.h"

static int tear_down(void **state)
{
	return aw__alloc_live() == 0 ? 0 : -1;
}

/* Two lost errors of bug in lib/demo.c, one coroutine never awaited, one loop blocked for 300 ms. */
static struct aw__model *make_model(uint32_t line)
{
	struct aw__model *model = aw__model_create();
	struct items_error error = { .time_ns = 10,
				     .id = 101,
				     .type = 14,
				     .task = 2,
				     .site = 12,
				     .stack = 22,
				     .message = "connection reset" };

	items_hello(model, 42);
	items_string(model, 1, "/home/a/lib/demo.c");
	items_string(model, 2, "main");
	items_string(model, 4, "bug");
	items_string(model, 5, "raiser.constprop.0");
	items_place(model, 10, 2, 1, line + 30);
	items_place(model, 12, 5, 1, line + 5);
	items_place(model, 13, 4, 1, line + 3);
	items_type(model, 14, "OSError", 0);
	items_stack(model, 20, 0, 0, 1, (const uint64_t[]){ 10 });
	items_stack(model, 22, 20, 0, 1, (const uint64_t[]){ 12 });
	items_error(model, &error);
	items_found(model, 11, 201, AW__NEVER_RETRIEVED, 2, 101, 20, 0, 13);
	error.id = 102;
	error.message = "no route";
	items_error(model, &error);
	items_found(model, 12, 202, AW__NEVER_RETRIEVED, 3, 102, 20, 0, 13);
	items_found(model, 13, 203, AW__NEVER_AWAITED, 0, 0, 20, 0, 13);
	items_found(model, 14, 204, AW__BLOCKED_LOOP, 0, 0, 20, 300000000, 0);
	return model;
}

static struct aw__allow_list *parse(const char *text)
{
	struct aw__problem problem = { "" };
	struct aw__allow_list *list =
		aw__allow_list_parse("allow", text, strlen(text), "2026-11-21", &problem);

	if (list == NULL)
		print_message("%s\n", problem.text);
	assert_non_null(list);
	return list;
}

static bool fails(const char *terms, const char *allow, const char *expected)
{
	struct aw__report_process process = { .model = make_model(0) };
	struct aw__allow_list *list = allow != NULL ? parse(allow) : NULL;
	struct aw__buffer why = AW__BUFFER_EMPTY;
	struct aw__verdicts verdicts;
	struct aw__gate gate = { 0 };
	struct aw__problem problem = { "" };
	bool failed;

	aw__verdicts_init(&verdicts, list, process.model);
	process.verdicts = &verdicts;
	if (!aw__gate_parse(&gate, terms, &problem))
		print_message("%s\n", problem.text);
	assert_string_equal(problem.text, "");
	failed = aw__gate_fails(&gate, &process, 1, &why);
	assert_string_equal(aw__buffer_string(&why), expected);
	aw__buffer_finish(&why);
	aw__verdicts_finish(&verdicts);
	aw__allow_list_destroy(list);
	aw__model_destroy((struct aw__model *)(uintptr_t)process.model);
	return failed;
}

static void gate__counts_and_times(void **state)
{
	assert_true(fails("any", NULL, "any: 4 findings\n"));
	assert_true(fails("never-retrieved", NULL, "never-retrieved: 2 findings\n"));
	assert_true(fails("never-retrieved>=2", NULL, "never-retrieved>=2: 2 findings\n"));
	assert_true(fails("never-retrieved>1", NULL, "never-retrieved>1: 2 findings\n"));
	assert_false(fails("never-retrieved>2", NULL, ""));
	assert_false(fails("never-retrieved>=3,destroyed-pending", NULL, ""));
	assert_true(fails("any>=5,never-awaited>=1", NULL, "never-awaited>=1: 1 finding\n"));
	assert_true(fails("blocked-loop>=300ms", NULL, "blocked-loop>=300ms: 300 ms\n"));
	assert_false(fails("blocked-loop>300ms", NULL, ""));
	assert_true(fails("blocked-loop>0.25s,any>9", NULL, "blocked-loop>0.25s: 300 ms\n"));
	assert_false(fails("blocked-loop>0.5s,blocked-loop>=0.3005s", NULL, ""));
	assert_true(fails("any>1us", NULL, "any>1us: 300 ms\n"));
	assert_false(fails("blocked-loop>=1s,blocked-loop>1min", NULL, ""));
}

static void points(const char *terms, const char *expected)
{
	struct aw__gate gate = { 0 };
	struct aw__problem problem;

	assert_false(aw__gate_parse(&gate, terms, &problem));
	if (strstr(problem.text, expected) == NULL)
		print_message("%s\n", problem.text);
	assert_non_null(strstr(problem.text, expected));
}

static void gate__points_at_mistakes(void **state)
{
	char many[] = "any,any,any,any,any,any,any,any,any,any,any,any,any,any,any,any,any,any,any,"
		      "any,any,any,any,any,any,any,any,any,any,any,any,any,any,any,any,any,any,any,"
		      "any,any,any,any,any,any,any,any,any,any,any,any,any,any,any,any,any,any,any,"
		      "any,any,any,any,any,any,any,any";

	points("", "no such kind; allowed are any, never-retrieved");
	points("any,", "  any,\n      ^");
	points("any,never", "  any,never\n      ^^^^^");
	points("any>", "a number is wanted, or a time: 3, 500ms, 1.5s\n  any>\n      ^");
	points("any>=x", "\n  any>=x\n       ^");
	points("any>3parsecs",
	       "a unit is ns, us, ms, s, min, h or d; a count has none\n  any>3parsecs\n"
	       "       ^^^^^^^");
	points("any>0.5", "a count has none\n  any>0.5\n       ^^");
	points("any>.5s", "a number is wanted");
	points("any>1.5.5s", "a count has none");
	points("any>=0", "0 would always fail");
	points("any>=0.0s", "0 would always fail");
	points("any>99999999999999999999", "\n  any>99999");
	points("never-awaited>1s", "have no duration");
	points("any>184467440737095516min", "unit");
	points(many, "too many terms");
}

static void allow__needs_all_that_it_names(void **state)
{
	static const char *const spared[] = {
		"kind = never-retrieved\nreason = r",
		"coroutine = b?g\nkind=never-retrieved\nreason = r",
		"function = raiser.*\nreason = r",
		"kind = never-retrieved\nfile = lib/*.c\nreason = r",
		"kind = never-retrieved\nfile = /home/a/lib/demo.c\nreason = r",
		"error = OSError\nreason = r\nexpires = 2026-11-21",
		"message = connection*\nreason = r\n[allow]\nmessage = no route\nreason = r",
	};
	static const char *const kept[] = {
		"kind = never-awaited\nmessage = *\nreason = r",
		"coroutine = main\nreason = r",
		"kind = never-retrieved\nfile = b/demo.c\nreason = r",
		"kind = never-retrieved\nfunction = raise\nreason = r",
		"error = OSErro\nreason = r",
		"message = Connection*\nreason = r",
		"kind = never-retrieved\nerror = OSError\nreason = r\nexpires = 2026-11-20",
	};
	char text[256];

	for (size_t i = 0; i < sizeof(spared) / sizeof(spared[0]); i++) {
		snprintf(text, sizeof(text), "# why\n[allow]\n%s\n", spared[i]);
		assert_false(fails("never-retrieved", text, ""));
	}
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		snprintf(text, sizeof(text), "[allow]\n%s", kept[i]);
		assert_true(fails("never-retrieved", text, "never-retrieved: 2 findings\n"));
	}
	assert_true(fails("never-retrieved,never-awaited", "[allow]\nmessage=no route\nreason=r",
			  "never-retrieved: 1 finding\nnever-awaited: 1 finding\n"));
	assert_false(fails("blocked-loop>1ms", "[allow]\nkind=blocked-loop\nreason=r", ""));
}

static void refused(const char *text, const char *expected)
{
	struct aw__problem problem = { "" };

	assert_null(aw__allow_list_parse("allow", text, strlen(text), "2026-11-21", &problem));
	if (strstr(problem.text, expected) == NULL)
		print_message("%s: %s\n", text, problem.text);
	assert_non_null(strstr(problem.text, expected));
}

static void allow__names_line_and_mistake(void **state)
{
	refused("kind = any", "allow:1: an entry begins with [allow], not 'kind = any'");
	refused("\n[deny]", "allow:2: a line is [allow], KEY = VALUE or a # comment, not '[deny]'");
	refused("[allow]\nkind = never-awaited", "allow:1: the entry has no reason");
	refused("[allow]\nreason = r", "allow:1: the entry would allow everything");
	refused("[allow]\nkind = any\nreason = r", "allow:2: a kind is one of never-retrieved,");
	refused("[allow]\nkind =\nreason = r", "allow:2: a key has a value, not 'kind'");
	refused("[allow]\nfunc = a", "allow:2: a key is kind, coroutine,");
	refused("[allow]\nfile = a\nfile = b", "allow:3: a key stands once in an entry");
	refused("[allow]\nfile = a\n[allow]\nfile = b\nreason = r",
		"allow:1: the entry has no reason");
	refused("[allow]\nexpires = tomorrow", "allow:2: a date is written as 2027-03-31");
	refused("[allow]\nexpires = 2027-13-01", "a date is written");
	refused("[allow]\nexpires = 2027-02-30", "a date is written");
}

static void allow__reports_which_entries_were_used(void **state)
{
	struct aw__allow_list *list = parse("[allow]\nkind = never-retrieved\nreason = a\n"
					    "[allow]\nkind = destroyed-pending\nreason = b\n"
					    "[allow]\nkind = never-retrieved\nreason = c\n");
	struct aw__model *model = make_model(0);
	const struct aw__allowance *entry;
	struct aw__verdicts verdicts;

	aw__verdicts_init(&verdicts, list, model);
	assert_int_equal(list->entries[0].used, 2);
	assert_int_equal(list->entries[1].used, 0);
	assert_int_equal(list->entries[2].used, 0);
	assert_int_equal(verdicts.count, 2);
	assert_true(aw__verdicts_spare(&verdicts, aw__model_found(model, 201)->group));
	assert_false(aw__verdicts_spare(&verdicts, aw__model_found(model, 203)->group));
	assert_int_equal(
		aw__verdicts_of_group(&verdicts, aw__model_found(model, 201)->group, &entry), 2);
	assert_string_equal(entry->reason, "a");
	aw__verdicts_finish(&verdicts);
	aw__allow_list_destroy(list);
	aw__model_destroy(model);
}

static void identity__is_the_same_for_shifted_lines(void **state)
{
	struct aw__model *model = make_model(0), *shifted = make_model(17);
	uint64_t lost = aw__identity_group(model, aw__model_found(model, 201)->group);
	uint64_t dropped = aw__identity_group(model, aw__model_found(model, 203)->group);
	char text[AW__IDENTITY_BYTES];

	assert_true(lost == aw__identity_group(shifted, aw__model_found(shifted, 201)->group));
	assert_true(dropped == aw__identity_group(shifted, aw__model_found(shifted, 203)->group));
	assert_true(lost != dropped);
	assert_true(aw__identity_stack(model, 20) != aw__identity_stack(model, 22));
	/* Other tools store the fingerprint, so it must not change. */
	assert_string_equal(aw__identity_text(lost, text), "f25c7e6a7ed01afd");
	aw__model_destroy(model);
	aw__model_destroy(shifted);
}

#define TEST(f) cmocka_unit_test_teardown(f, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(gate__counts_and_times),
		TEST(gate__points_at_mistakes),
		TEST(allow__needs_all_that_it_names),
		TEST(allow__names_line_and_mistake),
		TEST(allow__reports_which_entries_were_used),
		TEST(identity__is_the_same_for_shifted_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
