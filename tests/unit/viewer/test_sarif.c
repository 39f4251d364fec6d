/* SPDX-License-Identifier: MIT */
/* Tests of SARIF for findings with known code: times, locations, code flows, and the fingerprint. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/alloc.h"
#include "model_items.h"
#include "viewer/report/allow.h"
#include "viewer/report/identity.h"
#include "viewer/report/report.h"

enum { OWN = 1, FOREIGN, NO_LINE, NO_NAME, MOVED, OTHER };

/* Resolves the tests' addresses: runtime functions, libc, a file without lines, code without names. */
static size_t resolve(void *arg, uint64_t address, bool entry, struct aw__frame *ret_frames,
		      size_t capacity)
{
	static const struct aw__frame frames[] = {
		[OWN] = { .function = "aw_run", .file = "/b/awry/run.c", .line = 5, .own = true },
		[FOREIGN] = { .function = "raise",
			      .file = "nptl/raise.c",
			      .line = 9,
			      .module = "/usr/lib/libc.so.6" },
		[NO_LINE] = { .function = "bug", .file = "src/a b.c", .module = "/opt/demo" },
		[NO_NAME] = { .module = "/opt/one/plugin.so" },
		[MOVED] = { .module = "/elsewhere/plugin.so" },
		[OTHER] = { .module = "/opt/one/other.so" },
	};

	ret_frames[0] = frames[address];
	return 1;
}

static void native_stack(struct aw__model *model, uint32_t id, uint64_t link, size_t count,
			 const uint64_t *addresses)
{
	uint64_t numbers[AW__STACK_FRAMES + 8] = { [AW__STACK_LINK] = link };
	struct aw__item item = { .kind = AW__ITEM_DEFINITION };

	memcpy(numbers + AW__STACK_FRAMES, addresses, count * sizeof(*addresses));
	item.definition =
		(struct aw__definition){ .id = id,
					 .kind = AW__STACK,
					 .number_count = AW__STACK_FRAMES + (uint32_t)count,
					 .numbers = numbers };
	aw__model_ingest(model, &item);
	aw__model_set_resolver(model, resolve, NULL);
}

/* Define a function `name` in demo.c, and a stack with that frame only, which links to another stack. */
static void function_stack(struct aw__model *model, uint32_t id, uint64_t link, const char *name)
{
	items_string(model, 1, "demo.c");
	items_string(model, id + 1, name);
	items_place(model, id + 2, id + 1, 1, id);
	items_stack(model, id, link, 0, 1, (const uint64_t[]){ id + 2 });
}

/* The only run of a SARIF document about these processes. */
static json_t *write_sarif(const struct aw__report_process *processes, size_t count,
			   json_t **ret_document)
{
	const struct aw__report_format *format = aw__report_format_find("sarif", 5);
	const struct aw__report_options options = { .folder = "/work" };
	struct aw__buffer out = AW__BUFFER_EMPTY;

	format->write(processes, count, &options, &out);
	*ret_document = json_loadb(out.data, out.length, 0, NULL);
	assert_non_null(*ret_document);
	aw__buffer_finish(&out);
	return json_array_get(json_object_get(*ret_document, "runs"), 0);
}

static const char *text_at(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "";
}

static void sarif__has_times_to_the_millisecond(void **state)
{
	struct aw__model *model = aw__model_create();
	const struct aw__report_process process = { .model = model };
	json_t *document, *invocation;

	items_hello(model, 42); /* 2023-11-14 22:13:20, at 1000 ns */
	items_found(model, 1000 + 123456789, 1, AW__NEVER_AWAITED, 0, 0, 0, 0, 0);
	items_found(model, 1000 + UINT64_C(5007654321), 2, AW__NEVER_AWAITED, 0, 0, 0, 0, 0);
	invocation = json_array_get(
		json_object_get(write_sarif(&process, 1, &document), "invocations"), 0);
	assert_string_equal(text_at(invocation, "startTimeUtc"), "2023-11-14T22:13:20.123Z");
	assert_string_equal(text_at(invocation, "endTimeUtc"), "2023-11-14T22:13:25.007Z");
	json_decref(document);
	aw__model_destroy(model);
}

/* Each result refers to its rule and to its process. */
static void sarif__results_know_their_rules_and_processes(void **state)
{
	static const char allow[] = "[allow]\nkind = never-awaited\nreason = known\n";
	struct aw__model *models[2] = { aw__model_create(), aw__model_create() };
	struct aw__report_process processes[2] = { { .model = models[0] }, { .model = models[1] } };
	struct aw__verdicts verdicts;
	struct aw__problem problem;
	struct aw__allow_list *list =
		aw__allow_list_parse("allow", allow, strlen(allow), "2026-11-21", &problem);
	json_t *document, *run, *result, *rules;
	size_t i, seen[2] = { 0 };

	for (uint64_t kind = 1; kind < AW__FINDING_KINDS; kind++)
		for (uint64_t n = 0; n < 3; n++)
			items_found(models[1], 5, 10 * kind + n, kind, 0, 0, 0, 0, 0);
	items_found(models[0], 5, 1, AW__NEVER_AWAITED, 0, 0, 0, 0, 0);
	aw__verdicts_init(&verdicts, list, models[0]);
	processes[0].verdicts = &verdicts;
	run = write_sarif(processes, 2, &document);
	rules = json_object_get(json_object_get(json_object_get(run, "tool"), "driver"), "rules");
	json_array_foreach(json_object_get(run, "results"), i, result) {
		const json_t *rule = json_array_get(
			rules, (size_t)json_integer_value(json_object_get(result, "ruleIndex")));
		const size_t process = (size_t)json_integer_value(
			json_object_get(json_object_get(result, "provenance"), "invocationIndex"));

		assert_string_equal(text_at(rule, "id"), text_at(result, "ruleId"));
		assert_in_range(process, 0, 1);
		seen[process]++;
		assert_int_equal(json_integer_value(json_object_get(result, "occurrenceCount")),
				 process == 0 ? 1 : 3);
		assert_int_equal(json_array_size(json_object_get(result, "suppressions")),
				 process == 0);
	}
	assert_int_equal(seen[0], 1);
	assert_int_equal(seen[1], AW__FINDING_KINDS - 1);
	assert_string_equal(text_at(json_array_get(rules, AW__NEVER_AWAITED), "name"),
			    "NeverAwaited");
	json_decref(document);
	aw__verdicts_finish(&verdicts);
	aw__allow_list_destroy(list);
	aw__model_destroy(models[0]);
	aw__model_destroy(models[1]);
}

static json_t *first_result(struct aw__model *model, json_t **ret_document)
{
	const struct aw__report_process process = { .model = model };

	return json_array_get(json_object_get(write_sarif(&process, 1, ret_document), "results"),
			      0);
}

static json_t *physical(const json_t *frame)
{
	return json_object_get(json_object_get(frame, "location"), "physicalLocation");
}

static void sarif__places_are_below_the_root(void **state)
{
	struct aw__model *model = aw__model_create();
	json_t *document, *frames;

	native_stack(model, 20, 0, 3, (const uint64_t[]){ FOREIGN, NO_LINE, NO_NAME });
	items_found(model, 1, 1, AW__NEVER_AWAITED, 0, 0, 20, 0, 0);
	frames = json_object_get(
		json_array_get(json_object_get(first_result(model, &document), "stacks"), 0),
		"frames");
	assert_int_equal(json_array_size(frames), 3);
	assert_null(physical(json_array_get(frames, 0))); /* where libc was built */
	assert_string_equal(
		text_at(json_object_get(physical(json_array_get(frames, 1)), "artifactLocation"),
			"uri"),
		"src/a%20b.c");
	assert_null(json_object_get(physical(json_array_get(frames, 1)), "region"));
	assert_null(physical(json_array_get(frames, 2)));
	json_decref(document);
	aw__model_destroy(model);
}

/* Two ancestors that were created by the same code are listed as one stack. */
static void sarif__lists_each_stack_once(void **state)
{
	struct aw__model *model = aw__model_create();
	const struct items_error error = { .id = 500, .stack = 20 };
	json_t *document;

	function_stack(model, 20, 30, "raiser");
	function_stack(model, 40, 50, "child");
	function_stack(model, 30, 0, "main");
	items_stack(model, 50, 0, 0, 1, (const uint64_t[]){ 32 });
	items_error(model, &error);
	items_found(model, 1, 1, AW__NEVER_RETRIEVED, 0, 500, 40, 0, 0);
	assert_int_equal(json_array_size(json_object_get(first_result(model, &document), "stacks")),
			 3);
	json_decref(document);
	aw__model_destroy(model);
}

static const char *message_of_stack(const json_t *result, size_t nth)
{
	return text_at(
		json_object_get(json_array_get(json_object_get(result, "stacks"), nth), "message"),
		"text");
}

static const char *message_of_step(const json_t *result, size_t nth)
{
	const json_t *flow = json_array_get(json_object_get(result, "codeFlows"), 0);
	const json_t *thread = json_array_get(json_object_get(flow, "threadFlows"), 0);
	const json_t *step = json_array_get(json_object_get(thread, "locations"), nth);

	return text_at(json_object_get(json_object_get(step, "location"), "message"), "text");
}

static void sarif__names_the_task_behind_each_stack(void **state)
{
	struct aw__model *model = aw__model_create();
	const struct items_error error = { .id = 500, .stack = 20, .task = 2 };
	json_t *document, *result;

	function_stack(model, 20, 40, "raiser");
	function_stack(model, 40, 50, "child");
	function_stack(model, 50, 60, "parent");
	function_stack(model, 60, 0, "main");
	items_told(model, 1, 1, 9, 0, 50, 0, "main task");
	items_told(model, 1, 2, 1, 0, 40, 0, NULL);
	items_error(model, &error);
	items_found(model, 1, 1, AW__NEVER_RETRIEVED, 2, 500, 40, 0, 0);
	result = first_result(model, &document);
	assert_string_equal(message_of_stack(result, 0), "the error was raised here");
	assert_string_equal(message_of_stack(result, 1), "Task-2 was created here");
	assert_string_equal(message_of_stack(result, 2),
			    "created by main task, which was created here");
	assert_string_equal(message_of_stack(result, 3),
			    "created by Task-9, which was created here");
	assert_string_equal(message_of_step(result, 0),
			    "created by Task-9, which was created here");
	assert_string_equal(message_of_step(result, 1),
			    "created by main task, which was created here");
	assert_string_equal(message_of_step(result, 2), "the task was created here");
	json_decref(document);
	aw__model_destroy(model);
}

static void sarif__steps_are_numbered_and_bounded(void **state)
{
	enum { DEEP = 63, MOST = 64 };
	struct aw__model *model = aw__model_create();
	const struct items_error error = { .id = 500, .stack = 20 };
	uint64_t places[DEEP];
	json_t *document, *flow, *steps, *step;
	size_t i;

	for (uint32_t n = 0; n < 12; n++)
		function_stack(model, 100 + 10 * n, n > 0 ? 90 + 10 * n : 0, "ancestor");
	for (size_t n = 0; n < DEEP; n++)
		places[n] = 102;
	items_stack(model, 20, 0, 0, DEEP, places);
	items_error(model, &error);
	items_found(model, 1, 1, AW__NEVER_RETRIEVED, 0, 500, 210, 0, 102);
	flow = json_array_get(json_object_get(first_result(model, &document), "codeFlows"), 0);
	steps = json_object_get(json_array_get(json_object_get(flow, "threadFlows"), 0),
				"locations");
	assert_int_equal(json_array_size(steps), MOST);
	json_array_foreach(steps, i, step)
		assert_int_equal(json_integer_value(json_object_get(step, "executionOrder")),
				 i + 1);
	json_decref(document);
	aw__model_destroy(model);
}

/* ---- identity ---- */

/* The identity of a finding with `depth` ancestors, all created in the same function except for the last. */
static uint64_t identity_of_chain(uint32_t depth, const char *last)
{
	struct aw__model *model = aw__model_create();
	uint64_t identity;

	for (uint32_t n = 1; n <= depth; n++)
		function_stack(model, 10 * n, n < depth ? 10 * n + 10 : 0,
			       n < depth ? "spawner" : last);
	items_found(model, 1, 1, AW__NEVER_AWAITED, 0, 0, 10, 0, 0);
	identity = aw__identity_group(model, aw__model_found(model, 1)->group);
	aw__model_destroy(model);
	return identity;
}

static void identity__goes_back_to_the_nearest_sixteen(void **state)
{
	assert_true(identity_of_chain(16, "one") != identity_of_chain(16, "two"));
	assert_true(identity_of_chain(17, "one") == identity_of_chain(17, "two"));
	assert_true(identity_of_chain(15, "one") != identity_of_chain(16, "one"));
}

static uint64_t identity_of_frames(size_t count, const uint64_t *addresses)
{
	struct aw__model *model = aw__model_create();
	uint64_t identity;

	native_stack(model, 20, 0, count, addresses);
	identity = aw__identity_stack(model, 20);
	aw__model_destroy(model);
	return identity;
}

static void identity__is_of_the_programs_own_frames(void **state)
{
	assert_true(identity_of_frames(2, (const uint64_t[]){ NO_LINE, OWN }) ==
		    identity_of_frames(1, (const uint64_t[]){ NO_LINE }));
	assert_true(identity_of_frames(2, (const uint64_t[]){ NO_LINE, FOREIGN }) !=
		    identity_of_frames(1, (const uint64_t[]){ NO_LINE }));
	/* code without a name is identified by its module, wherever that is loaded */
	assert_true(identity_of_frames(1, (const uint64_t[]){ NO_NAME }) ==
		    identity_of_frames(1, (const uint64_t[]){ MOVED }));
	assert_true(identity_of_frames(1, (const uint64_t[]){ NO_NAME }) !=
		    identity_of_frames(1, (const uint64_t[]){ OTHER }));
}

static uint64_t identity_of_error(const char *type, const char *function)
{
	struct aw__model *model = aw__model_create();
	const struct items_error error = { .id = 500, .type = 7, .stack = 20 };
	uint64_t identity;

	items_type(model, 7, type, 0);
	function_stack(model, 20, 0, function);
	items_error(model, &error);
	items_found(model, 1, 1, AW__NEVER_RETRIEVED, 0, 500, 0, 0, 0);
	identity = aw__identity_group(model, aw__model_found(model, 1)->group);
	aw__model_destroy(model);
	return identity;
}

static void identity__is_of_the_errors_type_and_code(void **state)
{
	assert_true(identity_of_error("OSError", "raiser") ==
		    identity_of_error("OSError", "raiser.constprop.0"));
	assert_true(identity_of_error("OSError", "raiser") !=
		    identity_of_error("OSError", "another"));
	assert_true(identity_of_error("OSError", "raiser") !=
		    identity_of_error("ValueError", "raiser"));
}

static void allow__is_about_the_programs_own_frames(void **state)
{
	static const char allow[] = "[allow]\nfunction = aw_run\nreason = r\n"
				    "[allow]\nfunction = bug\nreason = r\n";
	struct aw__model *model = aw__model_create();
	struct aw__problem problem;
	struct aw__allow_list *list =
		aw__allow_list_parse("allow", allow, strlen(allow), "2026-11-21", &problem);

	native_stack(model, 20, 0, 1, (const uint64_t[]){ OWN });
	native_stack(model, 21, 0, 2, (const uint64_t[]){ OWN, NO_LINE });
	items_found(model, 1, 1, AW__NEVER_AWAITED, 0, 0, 20, 0, 0);
	items_found(model, 2, 2, AW__NEVER_AWAITED, 0, 0, 21, 0, 0);
	assert_null(aw__allow_list_match(list, model, aw__model_found(model, 1)));
	assert_ptr_equal(aw__allow_list_match(list, model, aw__model_found(model, 2)),
			 &list->entries[1]);
	aw__allow_list_destroy(list);
	aw__model_destroy(model);
}

static int tear_down(void **state)
{
	return aw__alloc_live() == 0 ? 0 : -1;
}

#define TEST(f) cmocka_unit_test_teardown(f, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sarif__has_times_to_the_millisecond),
		TEST(sarif__results_know_their_rules_and_processes),
		TEST(sarif__places_are_below_the_root),
		TEST(sarif__lists_each_stack_once),
		TEST(sarif__names_the_task_behind_each_stack),
		TEST(sarif__steps_are_numbered_and_bounded),
		TEST(identity__goes_back_to_the_nearest_sixteen),
		TEST(identity__is_of_the_programs_own_frames),
		TEST(identity__is_of_the_errors_type_and_code),
		TEST(allow__is_about_the_programs_own_frames),
	};

	return cmocka_run_group_tests_name("sarif", tests, NULL, NULL);
}
