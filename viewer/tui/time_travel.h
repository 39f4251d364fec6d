/* SPDX-License-Identifier: MIT */
/*
 * Time travel: all processes are shown as of the present, or of one past time. Times are wall-clock times (ns since
 * 1970); each is converted to the monotonic clock of each process.
 */
#ifndef AW__TUI_TIME_TRAVEL_H
#define AW__TUI_TIME_TRAVEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct aw__app;
struct aw__tui_event;

/** The first and last time of all processes. False if nothing has happened yet. */
bool aw__time_travel_span(struct aw__app *app, uint64_t *ret_first_ns, uint64_t *ret_last_ns);
/** The time that is shown; in the present, the time of the last event. */
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
 * The last `before` events up to the shown time and the first `after` events after it, sorted by time.
 *
 * @param ret_events  room for before + after; valid until the next call of any function of this header
 * @param ret_now     the index of the first event after the shown time
 *
 * Returns the number of events.
 */
size_t aw__time_travel_events(struct aw__app *app, size_t before, size_t after,
			      struct aw__time_travel_event *ret_events, size_t *ret_now);

#endif
