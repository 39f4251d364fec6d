/* SPDX-License-Identifier: MIT */
/*
 * The time view (7): lanes of events, live tasks, errors, findings and lag over time, and below them the events
 * around the time that is shown.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <awry/agent.h>

#include "base/alloc.h"
#include "base/text.h"
#include "viewer/tui/phrases.h"
#include "viewer/tui/time_travel.h"

#define LABEL 10  /* width of the lanes' names */
#define LANES 6	  /* lines above the events */
#define MOST  200 /* events that are listed at most */

enum lane { EVENTS, ALIVE, ERRORS, FINDINGS, LAG, LANE_COUNT };

static const char *const names[LANE_COUNT] = { "events", "alive", "errors", "findings", "lag" };

static int lane_width(const struct aw__app *app)
{
	return app->width - LABEL - 1;
}

static int column_of(const struct aw__app *app, uint64_t real_ns, uint64_t first_ns,
		     uint64_t last_ns)
{
	uint64_t span_ns = last_ns > first_ns ? last_ns - first_ns : 1;
	double part = real_ns > first_ns ? (double)(real_ns - first_ns) / (double)span_ns : 0;
	int column = (int)(part * lane_width(app));

	return column < lane_width(app) ? column : lane_width(app) - 1;
}

static uint64_t value_of(const struct aw__tui_bucket *bucket, enum lane lane)
{
	const uint64_t values[LANE_COUNT] = { bucket->events, bucket->live, bucket->errors,
					      bucket->findings, bucket->lag_ns };

	return values[lane];
}

static void add_value(uint64_t *column, uint64_t value, enum lane lane)
{
	if (lane == ALIVE || lane == LAG)
		*column = value > *column ? value : *column;
	else
		*column += value;
}

/* The time that the columns show. */
struct span {
	uint64_t first_ns, last_ns;
};

static int column_at(const struct aw__app *app, uint64_t monotonic_ns, const struct span *span)
{
	return column_of(app, aw__model_realtime_ns(app->model, monotonic_ns), span->first_ns,
			 span->last_ns);
}

/* Set the number of live tasks in all columns of a bucket: it is the same where no events are. */
static void fill_alive(const struct aw__app *app, uint64_t begin_ns, uint64_t live,
		       const struct span *span, uint64_t *columns)
{
	const int from = column_at(app, begin_ns, span);
	const int to = column_at(app, begin_ns + app->timeline->bucket_ns, span);

	for (int x = from; x == from || x < to; x++)
		add_value(&columns[ALIVE * lane_width(app) + x], live, ALIVE);
}

static void fill_bucket(const struct aw__app *app, uint64_t begin_ns,
			const struct aw__tui_bucket *bucket, const struct span *span,
			uint64_t *columns)
{
	const int x = column_at(app, begin_ns, span);

	for (int lane = 0; lane < LANE_COUNT; lane++)
		add_value(&columns[lane * lane_width(app) + x], value_of(bucket, (enum lane)lane),
			  (enum lane)lane);
}

static void fill_process(const struct aw__app *app, const struct span *span, uint64_t *columns)
{
	const struct aw__tui_timeline *timeline = app->timeline;
	uint64_t live = 0;

	for (size_t i = 0; timeline->first_ns != 0 && i < AW__TUI_BUCKETS; i++) {
		const struct aw__tui_bucket *bucket = &timeline->buckets[i];
		const uint64_t begin_ns = timeline->first_ns + i * timeline->bucket_ns;

		if (bucket->events > 0)
			live = bucket->live;
		if (begin_ns <= timeline->last_ns)
			fill_alive(app, begin_ns, live, span, columns);
		if (bucket->events > 0 || bucket->lag_ns > 0)
			fill_bucket(app, begin_ns, bucket, span, columns);
	}
}

/* Add the buckets of all processes to the columns. */
static void fill_columns(struct aw__app *app, const struct span *span, uint64_t *columns)
{
	for (size_t i = 0; i < app->host->count(app->host->arg); i++) {
		aw__app_enter(app, (unsigned)i);
		app->host->timeline(aw__app_process(app), app->timeline);
		fill_process(app, span, columns);
	}
}

static const char *bar(const struct aw__app *app, uint64_t value, uint64_t most)
{
	static const char *const blocks[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const ascii[] = { ".", ":", "-", "=", "+", "*", "%", "#" };
	size_t level = value >= most ? 7 : (size_t)((double)value / (double)most * 8);

	if (value == 0)
		return " ";
	return app->ascii ? ascii[level] : blocks[level];
}

static void draw_lane(const struct aw__app *app, struct aw__grid *grid, int y, enum lane lane,
		      const uint64_t *columns)
{
	uint8_t ink = lane == FINDINGS ? AW__INK_MAGENTA
		      : lane == ERRORS ? AW__INK_RED
		      : lane == LAG    ? AW__INK_YELLOW
				       : AW__INK_CYAN;
	uint64_t most = 1;

	aw__grid_put(grid, y, 1, LABEL, names[lane], AW__INK_DIM);
	for (int x = 0; x < lane_width(app); x++)
		most = columns[x] > most ? columns[x] : most;
	for (int x = 0; x < lane_width(app); x++)
		aw__grid_put(grid, y, LABEL + x, LABEL + x + 1, bar(app, columns[x], most), ink);
}

static void append_clock(uint64_t real_ns, struct aw__buffer *out)
{
	time_t seconds = (time_t)(real_ns / 1000000000u);
	struct tm tm;

	if (localtime_r(&seconds, &tm) != NULL)
		aw__buffer_format(out, "%02d:%02d:%02d.%06u", tm.tm_hour, tm.tm_min, tm.tm_sec,
				  (unsigned)(real_ns % 1000000000u / 1000u));
}

static void draw_axis(const struct aw__app *app, struct aw__grid *grid, int y, uint64_t first_ns,
		      uint64_t last_ns)
{
	struct aw__buffer text = AW__BUFFER_EMPTY;
	int end;

	append_clock(first_ns, &text);
	end = aw__grid_put(grid, y, LABEL, app->width - 1, aw__buffer_string(&text), AW__INK_DIM);
	aw__buffer_clear(&text);
	append_clock(last_ns, &text);
	if (app->width - 1 - (int)text.length > end)
		aw__grid_put(grid, y, app->width - 1 - (int)text.length, app->width - 1,
			     aw__buffer_string(&text), AW__INK_DIM);
	aw__buffer_finish(&text);
}

static void append_error(const struct aw__app *app, uint64_t id, struct aw__buffer *out)
{
	const struct aw__error *error = aw__model_error(app->model, id);

	if (error != NULL && error->told)
		aw__phrases_error(app, out, error);
	else
		aw__buffer_format(out, "error #%" PRIu64, id);
}

static void append_subject(const struct aw__app *app, const struct aw__tui_event *event,
			   struct aw__buffer *out)
{
	const char *subject = aw__event_specs[event->kind].subject;

	if (event->kind == AW__FINDING)
		aw__buffer_text(out, aw__finding_spec(event->args[0])->id);
	else if (subject != NULL && strcmp(subject, "task") == 0)
		aw__phrases_task(app, out, event->subject);
	else if (subject != NULL && strcmp(subject, "error") == 0)
		append_error(app, event->subject, out);
	else
		aw__buffer_format(out, "%s #%" PRIu64, subject != NULL ? subject : "?",
				  event->subject);
}

static void append_more(const struct aw__app *app, const struct aw__tui_event *event,
			struct aw__buffer *out)
{
	if (event->kind == AW__TASK_WAIT) {
		aw__buffer_text(out, " for ");
		aw__phrases_wait(app, out, (uint8_t)event->args[0], event->args[1]);
	} else if (event->kind == AW__TASK_DONE) {
		aw__buffer_format(out, ", %s", aw__outcome_name(event->args[0]));
	} else if (event->kind == AW__TASK_CREATED && event->args[0] != 0) {
		aw__buffer_text(out, " by ");
		aw__phrases_task(app, out, event->args[0]);
	} else if (event->kind == AW__LOOP_UNBLOCKED) {
		aw__buffer_text(out, " after ");
		aw__text_duration(out, event->args[0]);
	} else if (event->kind == AW__LOOP_BLOCKED) {
		aw__buffer_text(out, " for ");
		aw__text_duration(out, event->args[0]);
	} else if (event->kind == AW__EVENTS_LOST) {
		aw__buffer_text(out, ", ");
		aw__text_number(out, event->args[0]);
		aw__buffer_text(out, " of them");
	}
}

static void draw_event(struct aw__app *app, struct aw__grid *grid, int y,
		       const struct aw__time_travel_event *past, bool is_now)
{
	struct aw__buffer text = AW__BUFFER_EMPTY;
	const struct aw__hello *hello;

	aw__app_enter(app, past->process);
	hello = aw__model_hello(app->model);
	append_clock(past->real_ns, &text);
	if (app->host->count(app->host->arg) > 1 && hello != NULL)
		aw__buffer_format(&text, "  %u", hello->pid);
	aw__buffer_format(&text, "  %-16s  ", aw__event_specs[past->event->kind].name);
	append_subject(app, past->event, &text);
	append_more(app, past->event, &text);
	aw__grid_put(grid, y, 1, app->width, aw__buffer_string(&text),
		     past->event->kind == AW__FINDING ? AW__INK_MAGENTA
		     : past->event->kind == AW__ERROR ? AW__INK_RED
						      : AW__INK_PLAIN);
	if (is_now)
		aw__grid_add_ink(grid, y, 0, app->width, AW__INK_REVERSE);
	aw__buffer_finish(&text);
}

static void draw_events(struct aw__app *app, struct aw__grid *grid, int from_y, int to_y)
{
	struct aw__time_travel_event events[MOST];
	size_t height = to_y > from_y ? (size_t)(to_y - from_y) : 0, now, count;

	if (height > MOST)
		height = MOST;
	if (height == 0)
		return;
	count = aw__time_travel_events(app, (height + 1) / 2, height / 2, events, &now);
	for (size_t i = 0; i < count; i++)
		draw_event(app, grid, from_y + (int)i, &events[i], i + 1 == now);
}

static void draw(struct aw__app *app, struct aw__grid *grid, int from_y, int to_y)
{
	uint64_t first_ns, last_ns, *columns;
	int width = lane_width(app), x;

	if (!aw__time_travel_span(app, &first_ns, &last_ns)) {
		aw__grid_put(grid, from_y + 1, 1, app->width, "Nothing has happened yet.",
			     AW__INK_DIM);
		return;
	}
	columns = aw__alloc_must_zeroed((size_t)(width * LANE_COUNT), sizeof(*columns));
	fill_columns(app, &(struct span){ first_ns, last_ns }, columns);
	draw_axis(app, grid, from_y, first_ns, last_ns);
	for (int lane = 0; lane < LANE_COUNT && from_y + 1 + lane < to_y; lane++)
		draw_lane(app, grid, from_y + 1 + lane, (enum lane)lane, columns + lane * width);
	aw__alloc_free(columns);
	x = LABEL + column_of(app, aw__time_travel_moment(app), first_ns, last_ns);
	for (int y = from_y; y <= from_y + LANE_COUNT && y < to_y; y++)
		aw__grid_add_ink(grid, y, x, x + 1, AW__INK_REVERSE);
	draw_events(app, grid, from_y + LANES + 1, to_y);
}

static void open_event(struct aw__app *app)
{
	struct aw__time_travel_event event;
	struct aw__subject subject = { 0 };
	const char *what;
	size_t now;

	if (aw__time_travel_events(app, 1, 0, &event, &now) == 0)
		return;
	subject.process = event.process;
	what = aw__event_specs[event.event->kind].subject;
	if (what != NULL && strcmp(what, "error") == 0)
		subject.error = event.event->subject;
	else if (what != NULL && strcmp(what, "task") == 0)
		subject.task = event.event->subject;
	else if (event.event->kind == AW__FINDING)
		subject.task = event.event->args[1];
	aw__sheet_open(app, subject.error != 0 ? &aw__page_error : &aw__page_task, &subject);
}

static bool act(struct aw__app *app, enum aw__action action)
{
	uint64_t width = (uint64_t)lane_width(app), first_ns, last_ns;

	switch (action) {
	case AW__DO_LEFT:
	case AW__DO_RIGHT:
		aw__time_travel_scrub(app, action == AW__DO_LEFT ? -1 : 1, width);
		return true;
	case AW__DO_PAGE_UP:
	case AW__DO_PAGE_DOWN:
		aw__time_travel_scrub(app, action == AW__DO_PAGE_UP ? -1 : 1, 10);
		return true;
	case AW__DO_UP:
	case AW__DO_DOWN:
		aw__time_travel_step(app, action == AW__DO_UP);
		return true;
	case AW__DO_FIRST:
		if (aw__time_travel_span(app, &first_ns, &last_ns))
			aw__time_travel_seek(app, first_ns);
		return true;
	case AW__DO_LAST:
		aw__time_travel_leave(app);
		return true;
	case AW__DO_OPEN:
		open_event(app);
		return true;
	default:
		return false;
	}
}

const struct aw__view aw__view_time = {
	.name = "time",
	.brief = "time",
	.draw = draw,
	.act = act,
};
