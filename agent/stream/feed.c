/* SPDX-License-Identifier: MIT */
/*
 * Encodes the records that one reader of the black box does not have yet: used once for each viewer and once for the
 * trace file. Adds the loops' lag histograms once a second, and GOODBYE at the end.
 */
#include "agent/stream/feed.h"

#include <string.h>

#include "base/clock.h"

#define BETWEEN_LAGS_NS 1000000000u

bool aw__feed_init(struct aw__feed *feed, const struct aw__box *box)
{
	struct aw__item greeting = { .kind = AW__ITEM_HELLO };

	memset(feed, 0, sizeof(*feed));
	feed->cursor = aw__box_cursor_create(box);
	feed->encoder = aw__encoder_create(&feed->out);
	if (feed->cursor == NULL || feed->encoder == NULL) {
		aw__feed_finish(feed);
		return false;
	}
	aw__box_hello(box, &greeting.hello);
	aw__encoder_begin(feed->encoder);
	aw__encoder_item(feed->encoder, &greeting);
	return !feed->out.failed;
}

void aw__feed_finish(struct aw__feed *feed)
{
	aw__box_cursor_destroy(feed->cursor);
	aw__encoder_destroy(feed->encoder);
	aw__buffer_finish(&feed->out);
	memset(feed, 0, sizeof(*feed));
}

/* At most once a second: they change all the time. */
static void ask_for_lags(struct aw__feed *feed)
{
	const uint64_t now_ns = aw__clock_monotonic_ns();

	if (now_ns - feed->lags_ns < BETWEEN_LAGS_NS)
		return;
	feed->lags_ns = now_ns;
	aw__box_cursor_lags(feed->cursor, now_ns);
}

bool aw__feed_fill(struct aw__feed *feed, size_t enough)
{
	struct aw__item item;

	if (!feed->marked) {
		ask_for_lags(feed);
		aw__box_cursor_mark(feed->cursor);
	}
	feed->marked = true;
	while (feed->out.length < enough && !feed->out.failed) {
		if (!aw__box_cursor_next(feed->cursor, &item)) {
			feed->marked = false;
			break;
		}
		aw__encoder_item(feed->encoder, &item);
		feed->items++;
	}
	aw__encoder_flush(feed->encoder);
	return !feed->marked;
}

/* Lags of the loops that are still open: those of closed loops are in the rings. */
static void tell_last_lags(struct aw__feed *feed)
{
	struct aw__item item;

	aw__box_cursor_lags(feed->cursor, aw__clock_monotonic_ns());
	while (aw__box_cursor_next(feed->cursor, &item))
		aw__encoder_item(feed->encoder, &item);
}

void aw__feed_goodbye(struct aw__feed *feed)
{
	struct aw__item item = { .kind = AW__ITEM_GOODBYE };

	tell_last_lags(feed);
	item.goodbye.monotonic_ns = aw__clock_monotonic_ns();
	item.goodbye.events_lost = aw__box_cursor_lost(feed->cursor);
	aw__encoder_item(feed->encoder, &item);
}
