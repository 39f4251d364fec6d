/* SPDX-License-Identifier: MIT */
/*
 * Time: all processes are shown as they are, or as of one moment. Clocks are aligned: a moment is a time of the day
 * (ns since 1970), which each process has on a monotonic clock of its own.
 */
#ifndef AW__TUI_PAST_H
#define AW__TUI_PAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct aw__app;
struct aw__tui_event;

/** The first and the last moment of which anything is known. False if there is none. */
bool aw__past_span(struct aw__app *app, uint64_t *ret_first_ns, uint64_t *ret_last_ns);
/** The moment that is shown: that of the last event, if it is the present. */
uint64_t aw__past_moment(struct aw__app *app);
/** Show a moment. */
void aw__past_seek(struct aw__app *app, uint64_t real_ns);
/** Back to the present. */
void aw__past_leave(struct aw__app *app);
/** One event on, or back. */
void aw__past_step(struct aw__app *app, bool back);
/** A part of the whole time on, or back. */
void aw__past_scrub(struct aw__app *app, int64_t parts, uint64_t of);

/* An event of one of the processes. */
struct aw__past_event {
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
size_t aw__past_events(struct aw__app *app, size_t before, size_t after,
		       struct aw__past_event *ret_events, size_t *ret_now);

#endif
