/* SPDX-License-Identifier: MIT */
/*
 * Time travel in the viewer: shows all processes as of one time, moves that time by one event or by a fraction of the
 * recording, and collects the events around it for the time view.
 */
#include "viewer/tui/time_travel.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "viewer/tui/app.h"

#define MOST_EVENTS 65536 /* events that are read for a step */

static size_t process_count(const struct aw__app *app)
{
	return app->host->count(app->host->arg);
}

/* Convert to the current process's own clock; 0 if the time is before its start. */
static uint64_t own_ns(const struct aw__app *app, uint64_t real_ns)
{
	uint64_t zero_ns = aw__model_realtime_ns(app->model, 0);

	return real_ns - zero_ns <= UINT64_MAX / 2 ? real_ns - zero_ns : 0;
}

/* The timeline of a process. It is large, and only one is used at a time, so all processes share one. */
static struct aw__tui_timeline *timeline_of(struct aw__app *app)
{
	if (app->timeline == NULL)
		app->timeline = aw__alloc_must_zeroed(1, sizeof(*app->timeline));
	app->host->timeline(aw__app_process(app), app->timeline);
	return app->timeline;
}

bool aw__time_travel_span(struct aw__app *app, uint64_t *ret_first_ns, uint64_t *ret_last_ns)
{
	uint64_t first_ns = UINT64_MAX, last_ns = 0;

	for (size_t i = 0; app->host->timeline != NULL && i < process_count(app); i++) {
		const struct aw__tui_timeline *timeline;
		uint64_t from_ns, to_ns;

		aw__app_enter(app, (unsigned)i);
		timeline = timeline_of(app);
		if (timeline->first_ns == 0)
			continue;
		from_ns = aw__model_realtime_ns(app->model, timeline->first_ns);
		to_ns = aw__model_realtime_ns(app->model, timeline->last_ns);
		first_ns = from_ns < first_ns ? from_ns : first_ns;
		last_ns = to_ns > last_ns ? to_ns : last_ns;
	}
	*ret_first_ns = first_ns;
	*ret_last_ns = last_ns;
	return last_ns != 0;
}

uint64_t aw__time_travel_moment(struct aw__app *app)
{
	uint64_t first_ns, last_ns;

	if (app->shown_ns != 0)
		return app->shown_ns;
	return aw__time_travel_span(app, &first_ns, &last_ns) ? last_ns : 0;
}

static bool seek_all(struct aw__app *app, uint64_t real_ns)
{
	struct aw__problem problem;

	for (size_t i = 0; i < process_count(app); i++) {
		uint64_t time_ns;

		aw__app_enter(app, (unsigned)i);
		time_ns = real_ns == AW__TUI_NOW ? AW__TUI_NOW : own_ns(app, real_ns);
		if (!app->host->seek(aw__app_process(app), time_ns, &problem)) {
			aw__app_say(app, "%s", problem.text);
			return false;
		}
	}
	return true;
}

static void show(struct aw__app *app)
{
	app->stale = true;
	aw__app_refresh(app, app->clock_ns);
}

void aw__time_travel_leave(struct aw__app *app)
{
	if (app->shown_ns == 0)
		return;
	app->shown_ns = 0;
	seek_all(app, AW__TUI_NOW);
	show(app);
}

void aw__time_travel_seek(struct aw__app *app, uint64_t real_ns)
{
	uint64_t first_ns, last_ns;

	if (app->host->seek == NULL || !aw__time_travel_span(app, &first_ns, &last_ns))
		return;
	if (real_ns < first_ns)
		real_ns = first_ns;
	if (real_ns > last_ns)
		real_ns = last_ns;
	if (!seek_all(app, real_ns)) {
		seek_all(app, AW__TUI_NOW);
		app->shown_ns = 0;
		return;
	}
	app->shown_ns = real_ns;
	show(app);
}

void aw__time_travel_scrub(struct aw__app *app, int64_t parts, uint64_t of)
{
	uint64_t first_ns, last_ns, moment_ns = aw__time_travel_moment(app), step_ns;

	if (of == 0 || !aw__time_travel_span(app, &first_ns, &last_ns))
		return;
	step_ns = (last_ns - first_ns) / of;
	step_ns = (step_ns > 0 ? step_ns : 1) * (uint64_t)(parts < 0 ? -parts : parts);
	if (parts < 0)
		aw__time_travel_seek(app, moment_ns - first_ns > step_ns ? moment_ns - step_ns
									 : first_ns);
	else
		aw__time_travel_seek(app,
				     last_ns - moment_ns > step_ns ? moment_ns + step_ns : last_ns);
}

/* ---- events ---- */

static int by_time(const void *a, const void *b)
{
	const struct aw__time_travel_event *x = a, *y = b;

	if (x->real_ns != y->real_ns)
		return x->real_ns < y->real_ns ? -1 : 1;
	if (x->process != y->process)
		return x->process < y->process ? -1 : 1;
	return (x->event > y->event) - (x->event < y->event);
}

/* Read the events between two times into app->nearby, sorted; at most MOST_EVENTS. */
static size_t read_between(struct aw__app *app, uint64_t from_ns, uint64_t to_ns)
{
	struct aw__buffer *found = &app->nearby;
	size_t count = process_count(app), most, filled = 0;

	aw__buffer_clear(found);
	if (app->near_events == NULL)
		app->near_events = aw__alloc_must_zeroed(MOST_EVENTS, sizeof(*app->near_events));
	most = MOST_EVENTS / (count > 0 ? count : 1);
	for (size_t i = 0; i < count; i++) {
		const struct aw__tui_event *events = app->near_events + filled;
		size_t got;

		aw__app_enter(app, (unsigned)i);
		got = app->host->events(aw__app_process(app), own_ns(app, from_ns),
					own_ns(app, to_ns), app->near_events + filled, most);
		for (size_t j = 0; j < got; j++) {
			struct aw__time_travel_event event = {
				.real_ns = aw__model_realtime_ns(app->model, events[j].time_ns),
				.process = (unsigned)i,
				.event = &events[j],
			};

			aw__buffer_append(found, &event, sizeof(event));
		}
		filled += got;
	}
	count = found->length / sizeof(struct aw__time_travel_event);
	if (count > 0)
		qsort(found->data, count, sizeof(struct aw__time_travel_event), by_time);
	return count;
}

static struct aw__time_travel_event *nearby(const struct aw__app *app)
{
	return (struct aw__time_travel_event *)(void *)app->nearby.data;
}

static size_t first_after(const struct aw__time_travel_event *events, size_t count,
			  uint64_t moment_ns)
{
	size_t at = 0;

	while (at < count && events[at].real_ns <= moment_ns)
		at++;
	return at;
}

/* Read events around a time: double the range until it has enough events on both sides, or all. */
static size_t read_around(struct aw__app *app, uint64_t moment_ns, size_t before, size_t after,
			  size_t *ret_now)
{
	uint64_t first_ns, last_ns, reach_ns = 1000000;
	size_t count = 0;

	*ret_now = 0;
	if (app->host->events == NULL || !aw__time_travel_span(app, &first_ns, &last_ns))
		return 0;
	for (;; reach_ns = reach_ns <= UINT64_MAX / 8 ? reach_ns * 8 : UINT64_MAX) {
		/* the time may be just before the first event: see aw__time_travel_step() */
		uint64_t from_ns = moment_ns > first_ns && moment_ns - first_ns > reach_ns
					   ? moment_ns - reach_ns
					   : first_ns;
		uint64_t to_ns = last_ns > moment_ns && last_ns - moment_ns > reach_ns
					 ? moment_ns + reach_ns
					 : last_ns;

		count = read_between(app, from_ns, to_ns);
		*ret_now = first_after(nearby(app), count, moment_ns);
		if ((from_ns == first_ns || *ret_now >= before) &&
		    (to_ns == last_ns || count - *ret_now >= after))
			return count;
	}
}

size_t aw__time_travel_events(struct aw__app *app, size_t before, size_t after,
			      struct aw__time_travel_event *ret_events, size_t *ret_now)
{
	size_t now, count = read_around(app, aw__time_travel_moment(app), before, after, &now);
	size_t from = now > before ? now - before : 0, to = now + after;

	if (to > count)
		to = count;
	if (to > from)
		memcpy(ret_events, nearby(app) + from, (to - from) * sizeof(*ret_events));
	*ret_now = now - from;
	return to - from;
}

void aw__time_travel_step(struct aw__app *app, bool back)
{
	uint64_t moment_ns = aw__time_travel_moment(app);
	size_t now, count;

	count = back ? read_around(app, moment_ns - 1, 1, 0, &now)
		     : read_around(app, moment_ns, 0, 1, &now);
	if (back && now > 0)
		aw__time_travel_seek(app, nearby(app)[now - 1].real_ns);
	else if (!back && now < count)
		aw__time_travel_seek(app, nearby(app)[now].real_ns);
	else
		aw__app_say(app, back ? "this is the first event" : "this is the last event");
}
