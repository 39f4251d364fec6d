/* SPDX-License-Identifier: MIT */
/* The page of a loop, with a histogram of its iterations; and the page of one blocked iteration, with its stack. */
#include <inttypes.h>

#include "base/text.h"
#include "viewer/tui/histogram.h"
#include "viewer/tui/phrases.h"

/* Recordings without histograms: build one of the iterations that blocked the loop. */
static void find_blocked(const struct aw__app *app, uint64_t loop, struct aw__lags *ret_lags)
{
	*ret_lags = (struct aw__lags){ 0 };
	for (size_t i = 0; i < aw__model_found_count(app->model); i++) {
		const struct aw__found *found = aw__model_found_at(app->model, i);
		uint64_t ns = aw__found_ns(found);

		if (found->kind != AW__BLOCKED_LOOP || found->loop != loop)
			continue;
		ret_lags->counts[aw__lag_bucket(ns)]++;
		if (ns > ret_lags->longest_ns)
			ret_lags->longest_ns = ns;
	}
}

static void append_summary(const struct aw__lags *lags, struct aw__buffer *out)
{
	aw__phrases_field(out, "iterations");
	aw__text_number(out, aw__lags_count(lags));
	aw__buffer_text(out, ", p50 ");
	aw__text_duration(out, aw__lags_quantile_ns(lags, 500));
	aw__buffer_text(out, ", p99 ");
	aw__text_duration(out, aw__lags_quantile_ns(lags, 990));
	aw__buffer_text(out, ", longest ");
	aw__text_duration(out, lags->longest_ns);
	aw__buffer_text(out, "\n");
}

static void append_lags(const struct aw__app *app, const struct aw__loop *loop,
			struct aw__buffer *out)
{
	struct aw__lags lags = loop->lags;
	bool all = aw__lags_count(&lags) > 0;

	if (all)
		append_summary(&lags, out);
	else
		find_blocked(app, loop->id, &lags);
	if (aw__lags_count(&lags) == 0)
		return;
	aw__buffer_text(out, all ? "\n  All its iterations, by how long they took:\n\n"
				 : "\n  Iterations that blocked it, by how long they took:\n\n");
	aw__histogram_append(app, &lags, out);
}

static void append_loop(struct aw__app *app, const struct aw__loop *loop, struct aw__buffer *out)
{
	aw__buffer_text(out, AW__BOLD);
	if (loop->label != NULL)
		aw__phrases_foreign(app, out, loop->label);
	aw__buffer_format(out, AW__PLAIN "  loop #%" PRIu64 "\n\n", loop->id);
	aw__phrases_field(out, "thread");
	aw__buffer_format(out, "%" PRIu64 "  ", loop->tid);
	aw__phrases_foreign(app, out, aw__model_thread_name(app->model, loop->thread));
	aw__buffer_char(out, '\n');
	aw__phrases_field(out, "now");
	aw__buffer_text(out, loop->closed ? "closed" : loop->busy_since_ns != 0 ? "busy" : "idle");
	if (!loop->closed && loop->busy_since_ns != 0 && loop->busy_since_ns <= app->now_ns) {
		aw__buffer_text(out, " for ");
		aw__text_duration(out, app->now_ns - loop->busy_since_ns);
	}
	if (loop->task != 0) {
		aw__phrases_link(app, out, 't', loop->task);
		aw__buffer_text(out, ", with ");
		aw__phrases_task(app, out, loop->task);
	}
	aw__buffer_char(out, '\n');
	aw__phrases_field(out, "blocked");
	aw__phrases_count(out, loop->blocked_count, "time");
	if (loop->blocked_count > 0) {
		aw__buffer_text(out, ", ");
		aw__text_duration(out, loop->blocked_ns);
		aw__buffer_text(out, " in all, ");
		aw__text_duration(out, loop->blocked_max_ns);
		aw__buffer_text(out, " at most");
	}
	aw__buffer_char(out, '\n');
	append_lags(app, loop, out);
}

static void append_iteration(struct aw__app *app, const struct aw__found *found,
			     struct aw__buffer *out)
{
	uint64_t group = aw__subject_group(app, found->group);

	aw__phrases_link(app, out, 'g', group);
	aw__buffer_text(out, AW__MAGENTA "The loop was blocked" AW__PLAIN " at ");
	aw__phrases_clock(app, out, found->time_ns);
	aw__buffer_text(out, found->lasted_ns != 0 ? " for " : " for at least ");
	aw__text_duration(out, aw__found_ns(found));
	if (found->text != NULL) {
		aw__buffer_text(out, "\n  ");
		aw__phrases_foreign(app, out, found->text);
	}
	aw__buffer_text(out, "\n\n");
	if (found->task != 0) {
		aw__phrases_field(out, "task");
		aw__phrases_link(app, out, 't', found->task);
		aw__phrases_task(app, out, found->task);
		aw__buffer_text(out, "\n\n");
	}
	aw__phrases_chain(app, out, found->stack,
			  "The thread was here, most recent call first:", found->task, true);
}

static void write_page(struct aw__app *app, const struct aw__subject *subject,
		       struct aw__buffer *out)
{
	const struct aw__found *found = aw__model_found(app->model, subject->id);
	const struct aw__loop *loop = aw__model_loop(app->model, subject->loop);

	if (found != NULL)
		append_iteration(app, found, out);
	else if (loop != NULL)
		append_loop(app, loop, out);
	else
		aw__buffer_text(out, "  Nothing is known of it (any more).\n");
}

static const char *lacks(struct aw__app *app, const struct aw__subject *subject)
{
	(void)app;
	return subject->loop != 0 || subject->id != 0 ? NULL : "no loop is chosen";
}

const struct aw__page aw__page_loop = { "loop", write_page, lacks };
