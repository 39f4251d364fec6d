/* SPDX-License-Identifier: MIT */
/*
 * Messages behind right checksums, so that the fuzzer gets past them: the input is a sequence of a length in two
 * bytes and a payload. What the decoder makes of them goes into a model, of which everything is then written.
 */
#include "base/alloc.h"
#include "fuzz.h"
#include "proto/decode.h"
#include "proto/frame.h"
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

static void frame(struct aw__decoder *decoder, const uint8_t *payload, size_t length)
{
	unsigned char header[AW__FRAME_HEADER_BYTES];

	if (length == 0)
		return;
	aw__frame_header(header, payload, length);
	MUST(aw__decoder_feed(decoder, header, sizeof(header)));
	MUST(aw__decoder_feed(decoder, payload, length));
}

static void frames(struct aw__decoder *decoder, const uint8_t *data, size_t size)
{
	MUST(aw__decoder_feed(decoder, aw__frame_preamble, AW__FRAME_PREAMBLE_BYTES));
	for (size_t at = 0; at + 2 <= size;) {
		size_t length = data[at] | (size_t)data[at + 1] << 8;

		at += 2;
		if (length > size - at)
			length = size - at;
		frame(decoder, data + at, length);
		at += length;
	}
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
	struct aw__decoder *decoder = aw__decoder_create();
	struct aw__model *model = aw__model_create();
	struct aw__problem problem;
	struct outlet outlet = { 0 };
	enum aw__decode_status status;
	struct aw__item item;

	open_outlet(&outlet);
	frames(decoder, data, size);
	while ((status = aw__decoder_next(decoder, &item, &problem)) != AW__DECODE_MORE &&
	       status != AW__DECODE_BROKEN) {
		if (status != AW__DECODED)
			continue;
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
