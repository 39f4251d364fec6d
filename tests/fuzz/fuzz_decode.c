/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: the decoder, and a model of the decoded items; some thousand inputs a second. Writing all
 * reports of each would take a hundred times as long: fuzz_report.c does that, with the inputs that were found
 * here.
 */
#include "base/alloc.h"
#include "fuzz.h"
#include "messages.h"
#include "viewer/model/model.h"

/* For any input, the model's counts are consistent, and its lists end. */
static void check_model(const struct aw__model *model)
{
	const struct aw__task *task = aw__model_task_roots(model);
	struct aw__circles circles;
	uint64_t live = 0, kept = 0;
	int depth = 0;

	for (; task != NULL; task = aw__model_task_next(task, &depth))
		live += task->live;
	MUST(live == aw__model_counts(model)->tasks_live);
	MUST(live == aw__model_task_live_count(model));
	for (size_t i = 0; i < aw__model_found_group_count(model); i++) {
		const struct aw__found_group *group = aw__model_found_group_at(model, i);

		MUST(group->kept <= group->count);
		kept += group->kept;
	}
	MUST(kept == aw__model_found_count(model));
	aw__circles_find(model, &circles);
	for (size_t i = 0; i < circles.count; i++)
		MUST(circles.items[i].count > 0);
	aw__circles_finish(&circles);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct aw__decoder *decoder = feed_messages(data, size);
	struct aw__model *model = aw__model_create();
	struct aw__item item;

	while (next_message_item(decoder, &item))
		aw__model_ingest(model, &item);
	check_model(model);
	aw__model_destroy(model);
	aw__decoder_destroy(decoder);
	MUST(aw__alloc_live() == 0);
	return 0;
}
