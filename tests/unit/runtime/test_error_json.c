/* SPDX-License-Identifier: MIT */
/* Tests of errors as JSON: parsed back by jansson, for trees, any bytes, and a bound on the length. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <awry/error.h>
#include <jansson.h>

#include "base/alloc.h"

static AW_ERROR_TYPE(DataError, aw_ValueError);

static int no_leak(void **state)
{
	return aw__alloc_live() != 0;
}

/* Consumes `err`. jansson rejects text that is not UTF-8, and duplicate keys. */
static json_t *parsed(aw_error *err, size_t max_bytes)
{
	char *text = aw_error_json(err, max_bytes);
	json_error_t problem;
	json_t *document;

	aw_error_unref(err);
	assert_non_null(text);
	document = json_loads(text, JSON_REJECT_DUPLICATES, &problem);
	if (document == NULL)
		print_message("%s: %s\n", problem.text, text);
	free(text);
	assert_non_null(document);
	return document;
}

static json_t *error_at(json_t *document, size_t index)
{
	return json_array_get(json_object_get(document, "errors"), index);
}

static const char *str(json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static json_int_t number(json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);

	return json_is_integer(value) ? json_integer_value(value) : -1;
}

static void error_json__one(void **state)
{
	aw_error *err = aw__raise("f.c", 12, "parse", DataError, "bad \"price\"\n");
	json_t *document, *one, *attributes;

	err = aw__passed("g.c", 7, "fetch", err);
	err = aw_error_note(err, "note %d", 1);
	err = aw_error_with_int(err, "status", 500);
	err = aw_error_with_int(err, "status", INT64_MIN);
	err = aw_error_with_str(err, "sym\"bol", "BTC");
	err = aw_error_with_bytes(err, "partial", "\0\xff", 2);
	document = parsed(err, 0);
	one = error_at(document, 0);
	assert_int_equal(number(document, "count"), 1);
	assert_string_equal(str(one, "type"), "DataError");
	assert_string_equal(json_string_value(json_array_get(json_object_get(one, "bases"), 1)),
			    "Exception");
	assert_string_equal(str(one, "message"), "bad \"price\"\n");
	assert_string_equal(str(json_object_get(one, "site"), "file"), "f.c");
	assert_int_equal(number(json_object_get(one, "site"), "line"), 12);
	assert_int_equal(json_array_size(json_object_get(one, "passed")), 1);
	assert_string_equal(str(json_array_get(json_object_get(one, "passed"), 0), "function"),
			    "fetch");
	assert_true(json_is_null(json_object_get(one, "cause")));
	assert_string_equal(json_string_value(json_array_get(json_object_get(one, "notes"), 0)),
			    "note 1");
	attributes = json_object_get(one, "attributes");
	assert_int_equal(number(attributes, "status"), INT64_MIN);
	assert_string_equal(str(attributes, "sym\"bol"), "BTC");
	assert_string_equal(str(json_object_get(attributes, "partial"), "hex"), "00ff");
	assert_int_equal(json_object_size(attributes), 3);
	json_decref(document);
}

static void error_json__tree_is_a_list(void **state)
{
	aw_error *cause = aw_raise(aw_KeyError, "'k'");
	aw_error *errs[] = { aw_raise_from(aw_error_ref(cause), aw_TypeError, "t"),
			     aw_raise(aw_OSError, "o") };
	json_t *document = parsed(aw_raise_in(cause, aw_error_group("g", errs, 2)), 0);
	json_t *group = error_at(document, 0), *children = json_object_get(group, "children");

	assert_int_equal(number(document, "count"), 4);
	assert_int_equal(json_array_size(json_object_get(document, "errors")), 4);
	assert_int_equal(number(group, "context"), 1);
	assert_string_equal(str(error_at(document, 1), "type"), "KeyError");
	assert_int_equal(json_integer_value(json_array_get(children, 0)), 2);
	assert_int_equal(number(error_at(document, 2), "cause"), 1);
	assert_true(json_is_true(json_object_get(error_at(document, 2), "suppress_context")));
	assert_string_equal(str(error_at(document, 3), "message"), "o");
	json_decref(document);
}

static void error_json__any_bytes_become_utf8(void **state)
{
	char all[256];
	json_t *document;

	for (int i = 0; i < 255; i++)
		all[i] = (char)(i + 1);
	all[255] = '\0';
	document = parsed(aw_error_note(aw_raise(aw_ValueError, "%s", all), "\xc3(%s\xe2\x98", all),
			  0);
	assert_non_null(strstr(str(error_at(document, 0), "message"), "\xef\xbf\xbd"));
	assert_int_equal(str(error_at(document, 0), "message")[0], 1);
	json_decref(document);
}

static void error_json__is_bounded(void **state)
{
	aw_error *err = aw_raise(aw_ValueError, "%0100000d", 7);
	json_t *document;
	size_t listed;

	for (int i = 0; i < 200000; i++)
		err = aw_raise_from(err, aw_RuntimeError, "step %d", i);
	document = parsed(err, 100000);
	listed = json_array_size(json_object_get(document, "errors"));
	assert_int_equal(number(document, "count"), 200001);
	assert_in_range(listed, 100, 1000);
	assert_int_equal(number(error_at(document, listed - 1), "cause"), listed);
	json_decref(document);

	err = aw_raise(aw_ValueError, "%0100000d", 7);
	for (int i = 0; i < 10000; i++)
		err = aw_error_note(aw_error_with_int(err, "k", i), "note %d", i);
	document = parsed(err, 4096);
	assert_int_equal(json_array_size(json_object_get(document, "errors")), 1);
	assert_in_range(strlen(str(error_at(document, 0), "message")), 1000, 1100);
	assert_in_range(json_array_size(json_object_get(error_at(document, 0), "notes")), 10, 1000);
	json_decref(document);
}

static void error_json__nothing(void **state)
{
	assert_null(aw_error_json(NULL, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(error_json__one, no_leak),
		cmocka_unit_test_teardown(error_json__tree_is_a_list, no_leak),
		cmocka_unit_test_teardown(error_json__any_bytes_become_utf8, no_leak),
		cmocka_unit_test_teardown(error_json__is_bounded, no_leak),
		cmocka_unit_test_teardown(error_json__nothing, no_leak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
