/* SPDX-License-Identifier: MIT */
/*
 * A recording that can be looked at as of any moment: a model that moves through time.
 *
 * "At T" is what had been recorded before the first event later than T. Events of several threads are in the order
 * of time only as far as the reader that wrote them looked: so it is a place in the recording, too.
 *
 * Moving takes the checkpoint before, and replays from there: a bounded number of events, wherever in however long
 * a recording.
 */
#ifndef AW__REPLAY_H
#define AW__REPLAY_H

#include "proto/index.h"
#include "viewer/model/model.h"
#include "viewer/source/source.h"

struct aw__replay;

/** Gets the Hello and each definition, as the model does. */
typedef void aw__replay_hear(void *arg, const struct aw__item *item);

enum aw__replay_found {
	AW__REPLAY_GOOD,
	AW__REPLAY_NONE, /* there is no index; nothing was read from the source */
	AW__REPLAY_WRONG, /* there is one that does not fit. If anything was read, it was `ret_used` */
};

/**
 * Use the index at the end of a trace.
 *
 * @param source      borrowed; nothing was read from it
 * @param model       borrowed; empty. On success it has all definitions, and is at the beginning
 * @param ret_used    whether source and model are used up, when it was wrong
 * @param ret_replay  set on success
 */
enum aw__replay_found aw__replay_open(struct aw__source *source, struct aw__model *model,
				      aw__replay_hear *hear, void *arg, bool *ret_used,
				      struct aw__replay **ret_replay, struct aw__problem *problem);
/**
 * Use an index that was just built, while the whole trace was read into the model.
 *
 * @param index_take  emptied
 * @param bytes_take  of the index, to be kept if they are not in the file; emptied
 */
struct aw__replay *aw__replay_create(struct aw__source *source, struct aw__model *model,
				     struct aw__index *index_take, struct aw__buffer *bytes_take);
void aw__replay_close(struct aw__replay *replay);

/** Where the model is. Of all three false means that the recording, or its index, is damaged. */
bool aw__replay_to_time(struct aw__replay *replay, uint64_t time_ns, struct aw__problem *problem);
/** So many events have happened, of aw__replay_index()->events. */
bool aw__replay_to_event(struct aw__replay *replay, uint64_t events, struct aw__problem *problem);
/** Everything. */
bool aw__replay_to_end(struct aw__replay *replay, struct aw__problem *problem);

/** How many events have happened, and the latest moment that one of them names (0: before the first). */
uint64_t aw__replay_events(const struct aw__replay *replay);
uint64_t aw__replay_time_ns(const struct aw__replay *replay);

/** Whether the model is at the end of the recording. */
bool aw__replay_is_at_end(const struct aw__replay *replay);

/** One event on. `ret_event` (may be NULL) is valid until the next call. False at the end, or with a problem. */
bool aw__replay_step(struct aw__replay *replay, struct aw__event *ret_event,
		     struct aw__problem *problem);

/** Takes an event; false to end. */
typedef bool aw__replay_take(void *arg, uint64_t number, const struct aw__event *event);
/**
 * Give the events from one moment to another, both included; the model stays, but the next move starts afresh.
 */
bool aw__replay_between(struct aw__replay *replay, uint64_t from_ns, uint64_t to_ns,
			aw__replay_take *take, void *arg, struct aw__problem *problem);

/** The index: totals, timeline, and the positions of findings. */
const struct aw__index *aw__replay_index(const struct aw__replay *replay);

#endif
