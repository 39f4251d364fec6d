/* SPDX-License-Identifier: MIT */
/* Tests of each report format with a recording in which every name and text is hostile: the output is well-formed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include <awry/agent.h>

#include "base/alloc.h"
#include "base/text.h"
#include "model_items.h"
#include "viewer/report/report.h"

static const char *const hostile[] = {
	"</script><img src=x onerror=alert(1)><!--",
	"]]>&<\"'>\x01\x1b[31m\xff\xfe\xed\xa0\x80\xef\xbf\xbf",
	"line\r\n::error file=a,line=1::gotcha%0A\n::stop-commands::x",
	"[a](http://x/) {0} \xe2\x80\xae\xe2\x80\xa8",
	"",
	"/../../etc/passwd",
	"-- \\ \t\v\f\x7f\xc2\x85",
};

#define HOSTILE (sizeof(hostile) / sizeof(hostile[0]))

static int tear_down(void **state)
{
	return aw__alloc_live() == 0 ? 0 : -1;
}

/* One finding of each kind, known and unknown ones, for each text: as message, name, file, function and type. */
static struct aw__model *make_model(void)
{
	struct aw__model *model = aw__model_create();

	items_hello(model, 42);
	for (uint32_t i = 0; i < HOSTILE; i++) {
		uint32_t at = 100 * (i + 1);
		struct items_error error = { .time_ns = 10,
					     .id = 5000 + i,
					     .type = at + 3,
					     .task = at,
					     .site = at + 2,
					     .stack = at + 5,
					     .cause = 5000 + (i + 1) % HOSTILE,
					     .context = 9999,
					     .child_count = 1,
					     .children = { 5000 + i },
					     .message = hostile[i] };

		items_string(model, at + 1, hostile[i]);
		items_place(model, at + 2, at + 1, at + 1, i);
		items_type(model, at + 3, hostile[i], at + 3);
		items_stack(model, at + 4, at + 5, 0, 1, (const uint64_t[]){ at + 2 });
		items_stack(model, at + 5, at + 4, AW__STACK_CUT, 2,
			    (const uint64_t[]){ at + 2, 77 });
		items_told(model, 10, at, at, at + 2, at + 4, AW__TASK_WAITING, hostile[i]);
		items_error(model, &error);
		items_event(model, AW__ERROR_NOTE, 5, 5000 + i, NULL, 0, NULL, hostile[i]);
		for (uint64_t kind = 0; kind <= AW__FINDING_KINDS; kind++)
			items_found(model, 20 + i, 10000 + 100 * i + kind, kind, at, 5000 + i,
				    at + 4 + kind % 2, UINT64_MAX, at + 2);
	}
	return model;
}

/* Write a report in the named format about `count` copies of the same hostile process. */
static void write_format(const char *name, size_t count, struct aw__buffer *out)
{
	const struct aw__report_format *format = aw__report_format_find(name, strlen(name));
	struct aw__report_options options = { .folder = "/work" };
	struct aw__report_process processes[2];
	struct aw__model *model = make_model();

	assert_non_null(format);
	processes[0] = processes[1] = (struct aw__report_process){ .model = model };
	format->write(processes, count, &options, out);
	assert_false(out->failed);
	aw__model_destroy(model);
}

static uint64_t group_count(void)
{
	struct aw__model *model = make_model();
	uint64_t count = aw__model_found_group_count(model);

	aw__model_destroy(model);
	return count;
}

static void formats__the_table_is_whole(void **state)
{
	const struct aw__report_format *format;
	size_t count = 0;

	for (; (format = aw__report_format_at(count)) != NULL; count++) {
		assert_ptr_equal(aw__report_format_find(format->name, strlen(format->name)),
				 format);
		assert_true(strlen(format->description) > 0 && strlen(format->extension) > 0);
	}
	assert_int_equal(count, 6);
	assert_null(aw__report_format_find("sari", 4));
}

static json_t *load(const struct aw__buffer *out)
{
	json_error_t error;
	json_t *document = json_loadb(out->data, out->length, 0, &error);

	if (document == NULL)
		print_message("%s\n", error.text);
	assert_non_null(document);
	return document;
}

static void json__is_well_formed_and_complete(void **state)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;
	json_t *document, *stacks;

	write_format("json", 1, &out);
	document = load(&out);
	assert_int_equal(json_array_size(json_object_get(document, "findings")), group_count());
	stacks = json_object_get(document, "stacks");
	assert_int_equal(json_array_size(stacks), 2 * HOSTILE);
	json_decref(document);
	aw__buffer_finish(&out);
}

static void sarif__is_well_formed_and_complete(void **state)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;
	json_t *document, *run, *results, *result;
	size_t i;

	write_format("sarif", 2, &out);
	document = load(&out);
	run = json_array_get(json_object_get(document, "runs"), 0);
	results = json_object_get(run, "results");
	assert_int_equal(json_array_size(results), 2 * group_count());
	assert_int_equal(json_array_size(json_object_get(run, "invocations")), 2);
	json_array_foreach(results, i, result) {
		json_t *message = json_object_get(result, "message");
		const char *text = json_string_value(json_object_get(message, "text"));

		assert_non_null(text);
		assert_null(strstr(text, "[a](http")); /* no link from the recording's text */
	}
	json_decref(document);
	aw__buffer_finish(&out);
}

/* Checks that tags match and that the text between them is valid in XML. Returns the number of elements. */
static size_t check_xml(const char *text, size_t length)
{
	const char *end = text + length;
	char stack[32][32];
	size_t depth = 0, count = 0;

	for (const char *at = text; at < end;) {
		uint32_t code;
		size_t bytes = aw__text_decode(at, (size_t)(end - at), &code), name;
		const char *close;

		assert_true(bytes > 0);
		assert_true(code >= 0x20 || code == '\n');
		assert_true(code != 0xfffe && code != 0xffff);
		if (code != '<') {
			assert_true(code != '&' || strchr("agql#", at[1]) != NULL);
			at += bytes;
			continue;
		}
		close = memchr(at, '>', (size_t)(end - at));
		assert_non_null(close);
		assert_null(memchr(at + 1, '<', (size_t)(close - at - 1)));
		name = strspn(at + 1, "/?abcdefghijklmnopqrstuvwxyz");
		assert_in_range(name, 1, 31);
		if (at[1] == '/') {
			assert_true(depth > 0);
			depth--;
			assert_int_equal(strlen(stack[depth]), name - 1);
			assert_memory_equal(stack[depth], at + 2, name - 1);
		} else if (at[1] != '?') {
			count++;
			if (close[-1] != '/') {
				assert_true(depth < 32);
				snprintf(stack[depth++], 32, "%.*s", (int)name, at + 1);
			}
		}
		at = close + 1;
	}
	assert_int_equal(depth, 0);
	return count;
}

static void formats__of_no_process_are_well_formed(void **state)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;
	json_t *document, *run;

	write_format("sarif", 0, &out);
	document = load(&out);
	run = json_array_get(json_object_get(document, "runs"), 0);
	assert_int_equal(json_array_size(json_object_get(run, "results")), 0);
	assert_true(json_is_array(json_object_get(run, "results")));
	json_decref(document);
	aw__buffer_clear(&out);
	write_format("junit", 0, &out);
	assert_int_equal(check_xml(out.data, out.length), 1);
	aw__buffer_clear(&out);
	write_format("html", 0, &out);
	assert_non_null(strstr(out.data, "id=\"data\">[]</script>"));
	aw__buffer_clear(&out);
	write_format("github", 0, &out);
	assert_int_equal(out.length, 0);
	aw__buffer_finish(&out);
}

static void junit__is_well_formed_and_complete(void **state)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;
	size_t failures = 0;

	write_format("junit", 1, &out);
	assert_true(check_xml(out.data, out.length) > 2 * group_count());
	for (const char *at = out.data; (at = strstr(at, "<failure ")) != NULL; at++)
		failures++;
	assert_int_equal(failures, group_count());
	aw__buffer_finish(&out);
}

static void github__is_one_line_a_group(void **state)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;
	size_t lines = 0;
	char *rest = NULL;

	write_format("github", 1, &out);
	for (size_t i = 0; i < out.length; i++) /* no terminal control characters */
		assert_true((unsigned char)out.data[i] >= ' ' || out.data[i] == '\n');
	for (char *line = strtok_r(out.data, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		assert_true(strncmp(line, "::error ", 8) == 0 ||
			    strncmp(line, "::warning ", 10) == 0 ||
			    strncmp(line, "::notice ", 9) == 0);
		lines++;
	}
	assert_int_equal(lines, group_count());
	aw__buffer_finish(&out);
}

static void html__holds_no_element_but_its_own(void **state)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;
	const char *data, *end;
	size_t scripts = 0, findings = 0;
	json_t *documents;

	write_format("html", 2, &out);
	assert_null(strstr(out.data, "<img"));
	assert_null(strstr(out.data, "<!--"));
	for (const char *at = out.data; (at = strstr(at, "</script")) != NULL; at++)
		scripts++;
	assert_int_equal(scripts, 2);
	for (const char *at = out.data; (at = strstr(at, "<details class=\"finding")) != NULL; at++)
		findings++;
	assert_int_equal(findings, 2 * group_count());
	data = strstr(out.data, "id=\"data\">");
	assert_non_null(data);
	data += strlen("id=\"data\">");
	end = strstr(data, "</script>");
	documents = json_loadb(data, (size_t)(end - data), 0, NULL);
	assert_int_equal(json_array_size(documents), 2);
	json_decref(documents);
	aw__buffer_finish(&out);
}

#define TEST(f) cmocka_unit_test_teardown(f, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(formats__the_table_is_whole),
		TEST(formats__of_no_process_are_well_formed),
		TEST(json__is_well_formed_and_complete),
		TEST(sarif__is_well_formed_and_complete),
		TEST(junit__is_well_formed_and_complete),
		TEST(github__is_one_line_a_group),
		TEST(html__holds_no_element_but_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
