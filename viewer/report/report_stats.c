/* SPDX-License-Identifier: MIT */
/* `awry stats`: counts, losses, rates and sizes as text. */
#include "viewer/report/report_internal.h"

#include <inttypes.h>

#include "base/text.h"

#define NUMBER_WIDTH 13 /* of the column of numbers: "9,999,999,999" */

static void begin(struct aw__writing *writing, const char *label)
{
	size_t from = writing->out->length;

	aw__buffer_text(writing->out, label);
	aw__text_pad(writing->out, from, 20);
}

static void begin_number(struct aw__writing *writing, const char *label, uint64_t number)
{
	size_t from;

	begin(writing, label);
	from = writing->out->length;
	aw__text_number(writing->out, number);
	aw__text_align_right(writing->out, from, NUMBER_WIDTH);
}

static void row(struct aw__writing *writing, const char *label, uint64_t number)
{
	begin_number(writing, label, number);
	aw__buffer_char(writing->out, '\n');
}

static void row_if(struct aw__writing *writing, const char *label, uint64_t number)
{
	if (number > 0)
		row(writing, label, number);
}

static void show_process(struct aw__writing *writing, const struct aw__report_source *source)
{
	const struct aw__hello *hello = aw__model_hello(writing->model);

	if (hello == NULL)
		return;
	begin(writing, "program");
	aw__writing_foreign(writing, hello->program);
	aw__buffer_char(writing->out, '\n');
	begin(writing, "process");
	aw__buffer_format(writing->out, "%u, %s\n", hello->pid,
			  aw__model_ended(writing->model) ? "ended"
			  : source->lives		  ? "alive"
					  : "ended without closing the stream (killed?)");
	begin(writing, "runtime");
	aw__writing_foreign(writing, hello->runtime);
	aw__buffer_format(writing->out, " (protocol %u.%u)\n", hello->major, hello->minor);
}

static void show_source(struct aw__writing *writing, const struct aw__report_source *source)
{
	begin(writing, "source");
	aw__buffer_text(writing->out, source->what);
	if (source->bytes > 0) {
		aw__buffer_text(writing->out, ", ");
		aw__text_size(writing->out, source->bytes);
	}
	if (source->cut)
		aw__buffer_text(writing->out, ", cut in the middle of a frame");
	aw__buffer_char(writing->out, '\n');
	row_if(writing, "damaged frames", source->damaged);
}

static void show_rates(struct aw__writing *writing, const struct aw__model_counts *counts,
		       const struct aw__report_source *source)
{
	const uint64_t events = aw__model_event_count(writing->model);
	const uint64_t span_ns = aw__model_span_ns(writing->model, source->now_ns);
	size_t from;

	begin(writing, "duration");
	from = writing->out->length;
	aw__text_duration(writing->out, span_ns);
	aw__text_align_right(writing->out, from, NUMBER_WIDTH);
	aw__buffer_char(writing->out, '\n');
	begin_number(writing, "events", events);
	if (span_ns >= 1000000) {
		aw__buffer_text(writing->out, ", ");
		aw__text_number(writing->out, (uint64_t)((double)events * 1e9 / (double)span_ns));
		aw__buffer_text(writing->out, " a second");
	}
	if (source->bytes > 0 && events > 0)
		aw__buffer_format(writing->out, ", %.1f bytes of the recording each",
				  (double)source->bytes / (double)events);
	aw__buffer_char(writing->out, '\n');
	for (size_t kind = 1; kind < AW__EVENT_KINDS; kind++) {
		struct aw__buffer label = AW__BUFFER_EMPTY;

		aw__buffer_format(&label, "  %s", aw__event_specs[kind].name);
		row_if(writing, aw__buffer_string(&label), counts->events[kind]);
		aw__buffer_finish(&label);
	}
}

static void show_losses(struct aw__writing *writing, const struct aw__model_counts *counts)
{
	if (counts->history > 0) {
		begin_number(writing, "overwritten events", counts->history);
		aw__buffer_text(writing->out, ", before you attached\n");
	}
	row(writing, "lost events", counts->lost_events);
	row_if(writing, "  of findings", counts->lost_important);
	row_if(writing, "unlisted tasks", counts->unlisted_tasks);
	row_if(writing, "left out",
	       counts->tasks_beyond + counts->errors_beyond + counts->findings_beyond +
		       counts->definitions_beyond);
	row_if(writing, "invalid items", counts->nonsense);
}

static void show_loops(struct aw__writing *writing)
{
	for (size_t i = 0; i < aw__model_loop_count(writing->model); i++) {
		const struct aw__loop *loop = aw__model_loop_at(writing->model, i);
		const struct aw__lags *lags = &loop->lags;

		if (aw__lags_count(lags) == 0)
			continue;
		begin_number(writing, "iterations", aw__lags_count(lags));
		aw__buffer_text(writing->out, " of ");
		if (loop->label != NULL)
			aw__writing_foreign(writing, loop->label);
		else
			aw__buffer_format(writing->out, "loop #%" PRIu64, loop->id);
		aw__buffer_text(writing->out, ": median ");
		aw__text_duration(writing->out, aw__lags_quantile_ns(lags, 500));
		aw__buffer_text(writing->out, ", 99th percentile ");
		aw__text_duration(writing->out, aw__lags_quantile_ns(lags, 990));
		aw__buffer_text(writing->out, ", longest ");
		aw__text_duration(writing->out, lags->longest_ns);
		aw__buffer_char(writing->out, '\n');
	}
}

void aw__report_stats(const struct aw__model *model, const struct aw__report_options *options,
		      const struct aw__report_source *source, struct aw__buffer *out)
{
	const struct aw__model_counts *counts = aw__model_counts(model);
	struct aw__writing writing;

	aw__writing_init(&writing, model, options, out);
	show_process(&writing, source);
	show_source(&writing, source);
	show_rates(&writing, counts, source);
	row(&writing, "definitions", counts->definitions);
	row(&writing, "tasks created", counts->tasks_created);
	row(&writing, "tasks finished", counts->tasks_finished);
	row_if(&writing, "  with an error", counts->tasks_error);
	row_if(&writing, "  cancelled", counts->tasks_cancelled);
	row_if(&writing, "tasks destroyed", counts->findings[AW__DESTROYED_PENDING]);
	row(&writing, "tasks alive", counts->tasks_live);
	row(&writing, "errors", counts->errors);
	row_if(&writing, "  lost", counts->errors_lost);
	row_if(&writing, "  retrieved", counts->errors_retrieved);
	row(&writing, "findings", aw__model_finding_count(model));
	for (size_t kind = 0; kind < AW__FINDING_KINDS; kind++) {
		struct aw__buffer label = AW__BUFFER_EMPTY;

		aw__buffer_format(&label, "  %s", aw__finding_specs[kind].id);
		row_if(&writing, aw__buffer_string(&label), counts->findings[kind]);
		aw__buffer_finish(&label);
	}
	show_loops(&writing);
	show_losses(&writing, counts);
	aw__writing_finish(&writing);
}
