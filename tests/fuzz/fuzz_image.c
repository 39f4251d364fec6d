/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: any rows as the image of a model. It is refused, or becomes a model that can be reported, and saved
 * again.
 */
#include "base/alloc.h"
#include "fuzz.h"
#include "fuzz_rows.h"
#include "tests/unit/viewer/model_items.h"
#include "viewer/model/image.h"
#include "viewer/report/report.h"

static void count(void *arg, const struct aw__wire_row *row)
{
	*(uint64_t *)arg += row->number_count;
}

static void use(struct aw__model *model)
{
	const struct aw__report_options options = { .ascii = true };
	struct aw__buffer out = { 0 };
	uint64_t numbers = 0;

	aw__report_findings(model, &options, &out);
	aw__report_errors(model, &options, &out);
	aw__report_tree(model, &options, aw__model_now_ns(model), &out);
	for (size_t i = 0; i < out.length; i++)
		MUST(out.data[i] == '\n' || (out.data[i] >= ' ' && out.data[i] <= '~'));
	aw__buffer_finish(&out);
	items_done(model, 99000, 1, 0, 0); /* the model accepts further events */
	items_created(model, 99001, 77, 1, 10, 20, "after");
	aw__model_save(model, count, &numbers);
}

static bool load(struct aw__model *model, struct fuzz_rows *rows)
{
	struct aw__image_loading *loading = aw__image_load_begin(model);
	struct aw__wire_row row;
	bool good = true;

	while (good && fuzz_rows_next(rows, &row))
		good = aw__image_load_row(loading, &row);
	return aw__image_load_end(loading) && good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fuzz_rows rows;
	struct aw__model *model = aw__model_create();

	rows.at = data;
	rows.end = data + size;
	items_hello(model, 42);
	items_string(model, 1, "main.c");
	items_string(model, 2, "main");
	items_place(model, 10, 2, 1, 30);
	items_type(model, 14, "ValueError", 0);
	items_stack(model, 20, 0, 0, 1, (const uint64_t[]){ 10 | UINT64_C(1) << 63 });
	if (load(model, &rows))
		use(model);
	aw__model_destroy(model);
	MUST(aw__alloc_live() == 0);
	return 0;
}
