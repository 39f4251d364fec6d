/* SPDX-License-Identifier: MIT */
/* Fuzz target: any text as a filter. It is parsed, or refused with three lines; matching stays within its bounds. */
#include <string.h>

#include "base/alloc.h"
#include "fuzz.h"
#include "tests/unit/viewer/model_items.h"
#include "viewer/model/task_filter.h"

static struct aw__model *small_model(void)
{
	struct aw__model *model = aw__model_create();

	items_hello(model, 42);
	items_string(model, 1, "main.c");
	items_string(model, 2, "fetch");
	items_place(model, 10, 2, 1, 30);
	items_created(model, 1000, 1, 0, 10, 0, "db/pool");
	items_created(model, 2000, 2, 1, 10, 0, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!");
	items_done(model, 9000, 2, 1, 0);
	return model;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct aw__problem problem;
	struct aw__filter *filter;
	char text[4 * AW__FILTER_MOST_BYTES];

	if (size >= sizeof(text))
		size = sizeof(text) - 1;
	memcpy(text, data, size);
	text[size] = '\0';
	filter = aw__filter_create(text, &problem);
	if (filter != NULL) {
		struct aw__model *model = small_model();

		for (uint64_t id = 1; id <= 2; id++)
			aw__filter_matches(filter, model, aw__model_task(model, id), 10000);
		aw__model_destroy(model);
		aw__filter_destroy(filter);
	} else {
		MUST(strlen(problem.text) > 0);
	}
	MUST(aw__alloc_live() == 0);
	return 0;
}
