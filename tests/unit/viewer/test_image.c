/* SPDX-License-Identifier: MIT */
/* Tests of images: a model that is loaded continues like the one that was saved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "proto/rows.h"
#include "random_items.h"
#include "viewer/model/image.h"
#include "viewer/report/report.h"

#define ITEMS 3000u
#define SEEDS 20u

static void put_row(void *arg, const struct aw__wire_row *row)
{
	aw__rows_put(arg, row);
}

static bool take_row(void *arg, const struct aw__wire_row *row)
{
	return aw__image_load_row(arg, row);
}

static void save(const struct aw__model *model, struct aw__buffer *out)
{
	struct aw__rows_writer *writer = aw__rows_writer_create(out);

	assert_non_null(writer);
	aw__model_save(model, put_row, writer);
	aw__rows_flush(writer);
	aw__rows_writer_destroy(writer);
	assert_false(out->failed);
}

static bool load(struct aw__model *model, const struct aw__buffer *image)
{
	struct aw__image_loading *loading = aw__image_load_begin(model);
	struct aw__problem problem;
	bool good = aw__rows_read(image->data, image->length, take_row, loading, &problem);

	return aw__image_load_end(loading) && good;
}

static void assert_same_reports(const struct aw__model *one, const struct aw__model *other)
{
	struct aw__report_options look = { .ascii = true };
	struct aw__buffer a = AW__BUFFER_EMPTY, b = AW__BUFFER_EMPTY;

	aw__report_findings(one, &look, &a);
	aw__report_errors(one, &look, &a);
	aw__report_tree(one, &look, aw__model_now_ns(one), &a);
	aw__report_findings(other, &look, &b);
	aw__report_errors(other, &look, &b);
	aw__report_tree(other, &look, aw__model_now_ns(other), &b);
	assert_string_equal(aw__buffer_string(&a), aw__buffer_string(&b));
	aw__buffer_finish(&a);
	aw__buffer_finish(&b);
}

static void feed(struct aw__model *model, uint64_t seed, unsigned from, unsigned to,
		 bool definitions_only)
{
	struct random random = { .state = seed * 2654435761u + 1, .time_ns = 1000000 };
	struct aw__item item = random_hello();

	if (from == 0)
		aw__model_ingest(model, &item);
	for (unsigned i = 0; i < to; i++) {
		random_item(&random, &item);
		if (i >= from && (!definitions_only || item.kind == AW__ITEM_DEFINITION))
			aw__model_ingest(model, &item);
	}
}

static void image__continues_as_the_saved_model(void **state)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct aw__model *whole = aw__model_create(), *other = aw__model_create();
		struct aw__buffer image = AW__BUFFER_EMPTY;
		unsigned half = (unsigned)(seed * 41 % ITEMS);

		feed(whole, seed, 0, half, false);
		save(whole, &image);
		feed(other, seed, 0, ITEMS, true);
		aw__model_reset(other);
		assert_true(load(other, &image));
		assert_int_equal(random_sum(whole), random_sum(other));
		feed(whole, seed, half, ITEMS, false);
		feed(other, seed, half, ITEMS, false);
		assert_int_equal(random_sum(whole), random_sum(other));
		assert_same_reports(whole, other);
		aw__buffer_finish(&image);
		aw__model_destroy(whole);
		aw__model_destroy(other);
	}
}

static void image__hostile_rows_leave_a_usable_model(void **state)
{
	struct random random = { .state = 99 };
	unsigned refused = 0;

	for (unsigned round = 0; round < 500; round++) {
		struct aw__model *model = aw__model_create();
		struct aw__image_loading *loading = aw__image_load_begin(model);
		struct aw__item item;
		bool good = true;

		for (unsigned i = 0; good && i < 40; i++) {
			struct aw__wire_row row = { 1 + (uint32_t)random_below(&random, 24),
						    (uint32_t)random_below(&random, 30),
						    (uint32_t)random_below(&random, 5),
						    random.numbers, "text" };

			for (unsigned n = 0; n < 30; n++)
				random.numbers[n] = random_below(&random, 3);
			good = aw__image_load_row(loading, &row);
		}
		refused += !(aw__image_load_end(loading) && good);
		for (unsigned i = 0; i < 50; i++) {
			random_item(&random, &item);
			aw__model_ingest(model, &item);
		}
		aw__model_destroy(model);
	}
	assert_int_equal(refused, 500);
}

static int nothing_is_left(void **state)
{
	return aw__alloc_live() == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(image__continues_as_the_saved_model, nothing_is_left),
		cmocka_unit_test_teardown(image__hostile_rows_leave_a_usable_model,
					  nothing_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
