/* SPDX-License-Identifier: MIT */
/*
 * `awry export folded`: one line for each stack, "main;amain;bug;[waiting: sleep] 1200", in microseconds, for flame
 * graphs.
 */
#include "viewer/export/weigh.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

static void begin(struct aw__export *export)
{
	struct aw__weigh *weigh = aw__alloc_must(sizeof(*weigh));

	export->state = weigh;
	aw__weigh_init(weigh, export);
}

static void item(struct aw__export *export, const struct aw__item *it)
{
	if (it->kind == AW__ITEM_EVENT)
		aw__weigh_event(export->state, &it->event);
}

/* Escape a frame's name: semicolons and line breaks separate frames and lines here. */
static void frame_name(struct aw__export *export, const struct aw__frame *frame)
{
	struct aw__buffer raw = AW__BUFFER_EMPTY, *name = &export->scratch;

	aw__frame_function(&raw, frame);
	aw__buffer_clear(name);
	aw__text_escape(name, aw__buffer_string(&raw), raw.length, false);
	for (size_t i = 0; i < name->length; i++)
		if (name->data[i] == ';')
			name->data[i] = ':';
	aw__buffer_append(&export->out, aw__buffer_string(name), name->length);
	aw__buffer_char(&export->out, ';');
	aw__buffer_finish(&raw);
}

static void line(struct aw__export *export, const struct aw__weight *weight)
{
	struct aw__stitched stitched;
	char space[48];

	aw__weight_frames(export, weight, &stitched);
	if (stitched.cut)
		aw__buffer_text(&export->out, "[further frames are left out];");
	if (stitched.count == 0)
		aw__buffer_text(&export->out, "[unknown];");
	for (size_t i = stitched.count; i > 0; i--)
		frame_name(export, &stitched.frames[i - 1]);
	aw__buffer_format(&export->out, "[%s] %" PRIu64,
			  aw__phase_name(weight->phase, weight->wait_kind, space),
			  weight->ns / 1000);
	aw__write_line(export, "\n");
}

static void end(struct aw__export *export)
{
	struct aw__weigh *weigh = export->state;
	struct aw__weight **weights;
	uint64_t left_out_ns = 0;
	size_t count;

	weights = aw__weigh_sum(weigh, &count);
	for (size_t i = 0; i < count; i++) {
		if (weights[i]->ns < 1000)
			continue;
		if (aw__export_leaves_out(export))
			left_out_ns += weights[i]->ns;
		else
			line(export, weights[i]);
	}
	if (left_out_ns >= 1000) {
		aw__buffer_format(&export->out, "[left out] %" PRIu64, left_out_ns / 1000);
		aw__write_line(export, "\n");
	}
	aw__alloc_free(weights);
	aw__weigh_finish(weigh);
	aw__alloc_free(weigh);
}

const struct aw__exporter aw__folded_exporter = {
	.name = "folded",
	.description = "where tasks spend their time: for flamegraph.pl, inferno",
	.extension = "folded",
	.begin = begin,
	.item = item,
	.end = end,
};
