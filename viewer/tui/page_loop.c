/* SPDX-License-Identifier: MIT */
/* One loop: how long its blocked iterations took, as a histogram; or one of them, with its stack. */
#include <inttypes.h>

#include "base/text.h"
#include "viewer/tui/words.h"

#define MS UINT64_C(1000000)

/* Each row of the histogram ends below one of these. */
static const uint64_t limits[] = { 10 * MS,   20 * MS,	 50 * MS,   100 * MS,	200 * MS,  500 * MS,
				   1000 * MS, 2000 * MS, 5000 * MS, 10000 * MS, UINT64_MAX };
#define LIMITS (sizeof(limits) / sizeof(limits[0]))

static void count_lags(const struct aw__app *app, uint64_t loop, uint64_t counts[LIMITS])
{
	for (size_t i = 0; i < aw__model_found_count(app->model); i++) {
		const struct aw__found *found = aw__model_found_at(app->model, i);
		uint64_t ns = found->lasted_ns != 0 ? found->lasted_ns : found->value;
		size_t at = 0;

		if (found->kind != AW__BLOCKED_LOOP || found->loop != loop)
			continue;
		while (at + 1 < LIMITS && ns >= limits[at])
			at++;
		counts[at]++;
	}
}

static void append_bar(const struct aw__app *app, uint64_t count, uint64_t most,
		       struct aw__buffer *out)
{
	uint64_t width = app->width > 60 ? (uint64_t)app->width - 40 : 20;
	uint64_t length = count > 0 ? (count * width + most - 1) / most : 0;

	for (uint64_t i = 0; i < length; i++)
		aw__buffer_text(out, app->ascii ? "#" : "█");
	if (count == 0)
		return;
	aw__buffer_char(out, ' ');
	aw__text_number(out, count);
}

static void append_histogram(const struct aw__app *app, uint64_t loop, struct aw__buffer *out)
{
	uint64_t counts[LIMITS] = { 0 }, most = 0;

	count_lags(app, loop, counts);
	for (size_t i = 0; i < LIMITS; i++)
		most = counts[i] > most ? counts[i] : most;
	aw__buffer_text(out, "\n  Iterations that blocked it, by how long they took:\n\n");
	for (size_t i = 0; i < LIMITS; i++) {
		size_t from = out->length;

		aw__buffer_text(out, i + 1 < LIMITS ? "    below " : "    longer");
		if (i + 1 < LIMITS)
			aw__text_duration(out, limits[i]);
		aw__text_pad(out, from, 20);
		append_bar(app, counts[i], most, out);
		aw__buffer_char(out, '\n');
	}
}

static void append_loop(struct aw__app *app, const struct aw__loop *loop, struct aw__buffer *out)
{
	aw__buffer_text(out, AW__BOLD);
	if (loop->label != NULL)
		aw__words_foreign(app, out, loop->label);
	aw__buffer_format(out, AW__PLAIN "  loop #%" PRIu64 "\n\n", loop->id);
	aw__words_field(out, "thread");
	aw__buffer_format(out, "%" PRIu64 "  ", loop->tid);
	aw__words_foreign(app, out, aw__model_thread_name(app->model, loop->thread));
	aw__buffer_char(out, '\n');
	aw__words_field(out, "now");
	aw__buffer_text(out, loop->closed ? "closed" : loop->busy_since_ns != 0 ? "busy" : "idle");
	if (!loop->closed && loop->busy_since_ns != 0 && loop->busy_since_ns <= app->now_ns) {
		aw__buffer_text(out, " for ");
		aw__text_duration(out, app->now_ns - loop->busy_since_ns);
	}
	if (loop->task != 0) {
		aw__words_link(app, out, 't', loop->task);
		aw__buffer_text(out, ", with ");
		aw__words_task(app, out, loop->task);
	}
	aw__buffer_char(out, '\n');
	aw__words_field(out, "blocked");
	aw__words_count(out, loop->blocked_count, "time");
	if (loop->blocked_count > 0) {
		aw__buffer_text(out, ", ");
		aw__text_duration(out, loop->blocked_ns);
		aw__buffer_text(out, " in all, ");
		aw__text_duration(out, loop->blocked_max_ns);
		aw__buffer_text(out, " at most");
	}
	aw__buffer_char(out, '\n');
	append_histogram(app, loop->id, out);
}

static void append_iteration(struct aw__app *app, const struct aw__found *found,
			     struct aw__buffer *out)
{
	uint64_t group = aw__subject_group(app, found->group);

	aw__words_link(app, out, 'g', group);
	aw__buffer_text(out, AW__MAGENTA "The loop was blocked" AW__PLAIN " at ");
	aw__words_clock(app, out, found->time_ns);
	aw__buffer_text(out, found->lasted_ns != 0 ? " for " : " for at least ");
	aw__text_duration(out, found->lasted_ns != 0 ? found->lasted_ns : found->value);
	aw__buffer_text(out, "\n\n");
	if (found->task != 0) {
		aw__words_field(out, "task");
		aw__words_link(app, out, 't', found->task);
		aw__words_task(app, out, found->task);
		aw__buffer_text(out, "\n\n");
	}
	aw__words_chain(app, out, found->stack, "The thread was here, most recent call first:");
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
