/* SPDX-License-Identifier: MIT */
/*
 * Time travel: a model that can show a recording at any time.
 *
 * The state "at T" includes every item before the first event that is later than T. Events of several threads are only
 * roughly sorted by time in a recording, so this is a position in the recording.
 *
 * A move loads the checkpoint before its target, and replays from there: a bounded number of events, however long the
 * recording is.
 */
#ifndef AW__REPLAY_H
#define AW__REPLAY_H

#include "proto/index.h"
#include "viewer/model/model.h"
#include "viewer/source/source.h"

struct aw__replay;

/** Called with the Hello and with each definition, which the model gets, too. */
typedef void aw__replay_hear(void *arg, const struct aw__item *item);

enum aw__replay_found {
	AW__REPLAY_GOOD,
	AW__REPLAY_NONE, /* there is no index; nothing was read from the source */
	AW__REPLAY_WRONG, /* the index does not fit the trace; `ret_used`: whether anything was read */
};

/**
 * Use the index at the end of a trace.
 *
 * @param source      borrowed; nothing was read from it
 * @param model       borrowed; empty. On success it has all definitions, and is at the beginning
 * @param ret_used    after AW__REPLAY_WRONG: whether source and model were used, and must be reset
 * @param ret_replay  set on success
 */
enum aw__replay_found aw__replay_open(struct aw__source *source, struct aw__model *model,
				      aw__replay_hear *hear, void *arg, bool *ret_used,
				      struct aw__replay **ret_replay, struct aw__problem *problem);
/**
 * Use an index that was just built, while the whole trace was read into the model.
 *
 * @param index_take  emptied
 * @param bytes_take  the bytes of the index, if the file does not have them; emptied
 */
struct aw__replay *aw__replay_create(struct aw__source *source, struct aw__model *model,
				     struct aw__index *index_take, struct aw__buffer *bytes_take);
void aw__replay_close(struct aw__replay *replay);

/** Move the model. False, for all three functions: the recording or its index is damaged. */
bool aw__replay_to_time(struct aw__replay *replay, uint64_t time_ns, struct aw__problem *problem);
/** Move behind the first `events` of aw__replay_index()->events. */
bool aw__replay_to_event(struct aw__replay *replay, uint64_t events, struct aw__problem *problem);
/** Move to the end of the recording. */
bool aw__replay_to_end(struct aw__replay *replay, struct aw__problem *problem);

/** The number of events so far, and the latest of their times (0: before the first). */
uint64_t aw__replay_events(const struct aw__replay *replay);
uint64_t aw__replay_time_ns(const struct aw__replay *replay);

/** Whether the model is at the end of the recording. */
bool aw__replay_is_at_end(const struct aw__replay *replay);

/** Move by one event. `ret_event` (may be NULL) is valid until the next call. False at the end, or with a problem. */
bool aw__replay_step(struct aw__replay *replay, struct aw__event *ret_event,
		     struct aw__problem *problem);

/** Called with an event; returns false to stop. */
typedef bool aw__replay_take(void *arg, uint64_t number, const struct aw__event *event);
/**
 * Pass the events between two times, both included. The model does not change, but the next move loads a checkpoint.
 */
bool aw__replay_between(struct aw__replay *replay, uint64_t from_ns, uint64_t to_ns,
			aw__replay_take *take, void *arg, struct aw__problem *problem);

/** The index: totals, timeline, and the positions of findings. */
const struct aw__index *aw__replay_index(const struct aw__replay *replay);

#endif
