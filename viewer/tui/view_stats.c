/* SPDX-License-Identifier: MIT */
/* The statistics view (9): counts and losses of every process. */
#include <inttypes.h>

#include "base/text.h"
#include "viewer/tui/phrases.h"

#define NUMBER_WIDTH 13 /* of the column of numbers: "9,999,999,999" */

static void begin_number(struct aw__buffer *out, const char *label, uint64_t number)
{
	size_t from;

	aw__buffer_format(out, "  %-22s", label);
	from = out->length;
	aw__text_number(out, number);
	aw__text_align_right(out, from, NUMBER_WIDTH);
}

static void row(struct aw__buffer *out, const char *label, uint64_t number)
{
	begin_number(out, label, number);
	aw__buffer_char(out, '\n');
}

static void row_if(struct aw__buffer *out, const char *label, uint64_t number)
{
	if (number > 0)
		row(out, label, number);
}

static void append_process(const struct aw__app *app, struct aw__buffer *out)
{
	const struct aw__hello *hello = aw__model_hello(app->model);

	if (hello == NULL) {
		aw__buffer_text(out, "A process that has not sent anything yet\n");
		return;
	}
	aw__buffer_text(out, AW__BOLD);
	aw__phrases_foreign(app, out, hello->program);
	aw__buffer_format(out, AW__PLAIN ", process %u, runtime ", hello->pid);
	aw__phrases_foreign(app, out, hello->runtime);
	aw__buffer_format(out, ", %s\n\n",
			  aw__model_ended(app->model) ? "ended"
			  : aw__app_process(app)->ended
				  ? "ended without closing the stream (killed?)"
				  : "running");
}

static void append_losses(const struct aw__model_counts *counts, struct aw__buffer *out)
{
	aw__buffer_text(out, counts->lost_events > 0 ? AW__RED : "");
	row(out, "lost events", counts->lost_events);
	row_if(out, "  of task events", counts->lost_records);
	row_if(out, "  of findings", counts->lost_important);
	aw__buffer_text(out, AW__PLAIN);
	if (counts->history > 0) {
		begin_number(out, "overwritten events", counts->history);
		aw__buffer_text(out, ", before you attached\n");
	}
	row_if(out, "unlisted tasks", counts->unlisted_tasks);
	row_if(out, "left out: tasks", counts->tasks_beyond);
	row_if(out, "left out: errors", counts->errors_beyond);
	row_if(out, "left out: findings", counts->findings_beyond);
	row_if(out, "left out: handles", counts->handles_beyond);
	row_if(out, "left out: definitions", counts->definitions_beyond);
	row_if(out, "invalid items", counts->nonsense);
}

static void append_tasks(const struct aw__model_counts *counts, struct aw__buffer *out)
{
	row(out, "tasks created", counts->tasks_created);
	row(out, "tasks finished", counts->tasks_finished);
	row_if(out, "  with a result", counts->tasks_result);
	row_if(out, "  with an error", counts->tasks_error);
	row_if(out, "  cancelled", counts->tasks_cancelled);
	row(out, "tasks alive", counts->tasks_live);
	row(out, "errors", counts->errors);
	row_if(out, "  lost", counts->errors_lost);
	row_if(out, "  retrieved", counts->errors_retrieved);
	row_if(out, "handles opened", counts->handles_opened);
	row_if(out, "handles closed", counts->handles_closed);
}

static void append_events(const struct aw__app *app, const struct aw__model_counts *counts,
			  struct aw__buffer *out)
{
	const uint64_t total = aw__model_event_count(app->model);
	const uint64_t span_ns = aw__model_span_ns(app->model, app->now_ns);
	size_t from;

	aw__buffer_format(out, "  %-22s", "duration");
	from = out->length;
	aw__text_duration(out, span_ns);
	aw__text_align_right(out, from, NUMBER_WIDTH);
	aw__buffer_char(out, '\n');
	begin_number(out, "events", total);
	if (span_ns >= 1000000) {
		aw__buffer_text(out, ", ");
		aw__text_number(out, (uint64_t)((double)total * 1e9 / (double)span_ns));
		aw__buffer_text(out, " a second");
	}
	aw__buffer_char(out, '\n');
	for (size_t kind = 1; kind < AW__EVENT_KINDS; kind++) {
		struct aw__buffer label = AW__BUFFER_EMPTY;

		aw__buffer_format(&label, "  %s", aw__event_specs[kind].name);
		row_if(out, aw__buffer_string(&label), counts->events[kind]);
		aw__buffer_finish(&label);
	}
	row(out, "definitions", counts->definitions);
}

static void append_findings(const struct aw__model_counts *counts, struct aw__buffer *out)
{
	for (size_t kind = 0; kind < AW__FINDING_KINDS; kind++)
		row_if(out, aw__finding_specs[kind].id, counts->findings[kind]);
}

static void write(struct aw__app *app, struct aw__buffer *out)
{
	for (size_t i = 0; i < app->host->count(app->host->arg); i++) {
		const struct aw__model_counts *counts;

		aw__app_enter(app, (unsigned)i);
		counts = aw__model_counts(app->model);
		aw__buffer_text(out, i > 0 ? "\n" : "");
		append_process(app, out);
		append_losses(counts, out);
		append_tasks(counts, out);
		append_findings(counts, out);
		append_events(app, counts, out);
	}
}

const struct aw__view aw__view_stats = {
	.name = "stats",
	.brief = "stat",
	.text = write,
};
