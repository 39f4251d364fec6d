/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: a model of fuzz_decode.c's messages is written as every report, and exported in every format. It is
 * slow, so its inputs are those that fuzz_decode has found.
 */
#include "base/alloc.h"
#include "fuzz.h"
#include "messages.h"
#include "viewer/export/export.h"
#include "viewer/report/report.h"

struct outlet {
	FILE *null;
	struct aw__export *exports[16];
	size_t count;
};

static void open_outlet(struct outlet *outlet)
{
	outlet->null = fopen("/dev/null", "w");
	MUST(outlet->null != NULL);
	for (const struct aw__exporter *exporter;
	     (exporter = aw__exporter_at(outlet->count)) != NULL; outlet->count++) {
		MUST(outlet->count < 16);
		outlet->exports[outlet->count] = aw__export_open(exporter, outlet->null);
	}
}

static void close_outlet(struct outlet *outlet)
{
	struct aw__problem problem;

	for (size_t i = 0; i < outlet->count; i++)
		aw__export_close(outlet->exports[i], &problem);
	fclose(outlet->null);
}

static void report(const struct aw__model *model)
{
	const struct aw__report_options options = { .ascii = true };
	const struct aw__report_process process = { .model = model };
	struct aw__buffer out = { 0 };

	aw__report_findings(model, &options, &out);
	aw__report_errors(model, &options, &out);
	aw__report_tree(model, &options, aw__model_now_ns(model), &out);
	for (size_t i = 0; i < out.length; i++)
		MUST(out.data[i] == '\n' || (out.data[i] >= ' ' && out.data[i] <= '~'));
	for (size_t i = 0; aw__report_format_at(i) != NULL; i++)
		aw__report_format_at(i)->write(&process, 1, &options, &out);
	aw__report_errors_json(model, &out);
	aw__report_tree_json(model, aw__model_now_ns(model), &out);
	MUST(!out.failed);
	aw__buffer_finish(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct aw__decoder *decoder = feed_messages(data, size);
	struct aw__model *model = aw__model_create();
	struct outlet outlet = { 0 };
	struct aw__item item;

	open_outlet(&outlet);
	while (next_message_item(decoder, &item)) {
		aw__model_ingest(model, &item);
		for (size_t i = 0; i < outlet.count; i++)
			aw__export_item(outlet.exports[i], &item);
	}
	report(model);
	close_outlet(&outlet);
	aw__model_destroy(model);
	aw__decoder_destroy(decoder);
	MUST(aw__alloc_live() == 0);
	return 0;
}
