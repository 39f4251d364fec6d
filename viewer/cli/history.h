/* SPDX-License-Identifier: MIT */
/* The timeline and the newest events of a session. */
#ifndef AW__CLI_HISTORY_H
#define AW__CLI_HISTORY_H

#include "viewer/tui/tui.h"

#define AW__HISTORY_EVENTS (1u << 17)

struct aw__history;

/** Ends the program if there is no memory. */
struct aw__history *aw__history_create(void);
/** Takes NULL. */
void aw__history_destroy(struct aw__history *history);
/** Add an event that was read; `live`: how many tasks are alive now. */
void aw__history_add(struct aw__history *history, const struct aw__event *event, uint64_t live);
void aw__history_timeline(const struct aw__history *history, struct aw__tui_timeline *ret_timeline);
/** The events between two times, both included; at most `most`. Returns how many. */
size_t aw__history_events(const struct aw__history *history, uint64_t from_ns, uint64_t to_ns,
			  struct aw__tui_event *ret_events, size_t most);
/** Whether it is a row of a snapshot, which is not shown as an event. */
bool aw__history_is_row(enum aw__event_kind kind);
/** Copy the fields of an event that are shown. */
void aw__history_copy(struct aw__tui_event *ret_event, const struct aw__event *event);
/** Count an event in a bucket. */
void aw__history_count(struct aw__tui_bucket *bucket, enum aw__event_kind kind, uint64_t count);

#endif
