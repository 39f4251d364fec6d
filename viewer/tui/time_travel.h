/* SPDX-License-Identifier: MIT */
/*
 * Time: all processes are shown as they are, or as of one moment. Clocks are aligned: a moment is a time of the day
 * (ns since 1970), which each process has on a monotonic clock of its own.
 */
#ifndef AW__TUI_TIME_TRAVEL_H
#define AW__TUI_TIME_TRAVEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct aw__app;
struct aw__tui_event;

/** The first and last time of all processes. False if there is none. */
bool aw__time_travel_span(struct aw__app *app, uint64_t *ret_first_ns, uint64_t *ret_last_ns);
/** The time that is shown; at present that of the last event. */
uint64_t aw__time_travel_moment(struct aw__app *app);
/** Show all processes as of a time. */
void aw__time_travel_seek(struct aw__app *app, uint64_t real_ns);
/** Return to the present. */
void aw__time_travel_leave(struct aw__app *app);
/** Move by one event, forward or back. */
void aw__time_travel_step(struct aw__app *app, bool back);
/** Move by a fraction of the recording, forward or back. */
void aw__time_travel_scrub(struct aw__app *app, int64_t parts, uint64_t of);

/* An event of one of the processes. */
struct aw__time_travel_event {
	uint64_t real_ns;
	unsigned process;
	const struct aw__tui_event *event;
};

/**
 * The last `before` events up to the moment, and the first `after` of those that come after it, in the order of
 * time.
 *
 * @param ret_events  room for both; their events stay until the next call of any function of this header
 * @param ret_now     the index of the first after the moment
 *
 * Returns how many.
 */
size_t aw__time_travel_events(struct aw__app *app, size_t before, size_t after,
			      struct aw__time_travel_event *ret_events, size_t *ret_now);

#endif
