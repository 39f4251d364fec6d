/* SPDX-License-Identifier: MIT */
/*
 * Reads a trace into a session: by its index, if it has one, or else from its beginning, up to --at. Only `awry
 * index`, and the commands that make recordings, write an index into the file; commands that show one never change
 * it.
 */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "viewer/cli/cli.h"
#include "viewer/cli/progress.h"
#include "viewer/replay/build.h"
#include "viewer/replay/find.h"

/* shorter traces are read quickly without one */
#define WORTH_AN_INDEX_BYTES (8u << 20)

static void hear(void *arg, const struct aw__item *item)
{
	struct aw__session *session = arg;

	if (item->kind == AW__ITEM_DEFINITION)
		aw__symbols_define(session->symbols, &item->definition);
}

static bool move(struct aw__session *session)
{
	const struct aw__moment *at = aw__cli_at();
	struct aw__problem problem;
	bool done;

	if (at->kind == AW__AT_TIME) {
		session->now_ns = aw__replay_index(session->replay)->first_ns + at->value;
		done = aw__replay_to_time(session->replay, session->now_ns, &problem);
	} else if (at->kind == AW__AT_EVENT) {
		done = aw__replay_to_event(session->replay, at->value, &problem);
	} else {
		done = aw__replay_to_end(session->replay, &problem);
	}
	if (done)
		return true;
	aw__cli_warn("%s: %s", session->target, problem.text);
	return false;
}

/* Try the trace's index; if it can be used, the model is moved to --at. */
static bool use_index(struct aw__session *session)
{
	struct aw__problem problem;
	bool used = false;

	if (!aw__cli_uses_index())
		return false;
	switch (aw__replay_open(session->source, session->model, hear, session, &used,
				&session->replay, &problem)) {
	case AW__REPLAY_GOOD:
		if (move(session))
			return true;
		used = true;
		break;
	case AW__REPLAY_WRONG:
		aw__cli_warn("%s: %s; it is not used", session->target, problem.text);
		break;
	case AW__REPLAY_NONE:
		break;
	}
	if (used)
		aw__session_restart(session);
	return false;
}

uint64_t aw__session_bytes(const struct aw__session *session)
{
	uint64_t bytes = aw__source_bytes(session->source);
	struct aw__trailer trailer;

	return aw__find_trailer(session->source, &trailer) && trailer.data_bytes < bytes
		       ? trailer.data_bytes
		       : bytes;
}

bool aw__session_jump(struct aw__session *session)
{
	return aw__source_kind(session->source) == AW__SOURCE_TRACE && use_index(session);
}

/* Whether this item comes after --at, if the trace is read without an index. */
static bool is_later(struct aw__session *session, const struct aw__item *item, uint64_t events)
{
	const struct aw__moment *at = aw__cli_at();

	if (at->kind == AW__AT_EVENT)
		return item->kind == AW__ITEM_EVENT && events >= at->value;
	if (at->kind != AW__AT_TIME)
		return false;
	if (item->kind == AW__ITEM_EVENT && session->now_ns == 0 && item->event.time_ns != 0)
		session->now_ns = item->event.time_ns + at->value;
	if (session->now_ns == 0)
		return false;
	return (item->kind == AW__ITEM_EVENT && item->event.time_ns > session->now_ns) ||
	       (item->kind == AW__ITEM_GOODBYE && item->goodbye.monotonic_ns > session->now_ns);
}

/* Whether the damaged frame is part of an index that is not used. */
static bool is_of_index(struct aw__session *session)
{
	struct aw__trailer trailer;

	return aw__find_trailer(session->source, &trailer) &&
	       aw__source_position(session->source) > trailer.data_bytes;
}

/* Read from the beginning; only up to --at, unless an index is built. */
static enum aw__source_status read_all(struct aw__session *session, struct aw__building *building,
				       struct aw__problem *problem)
{
	struct aw__progress progress;
	enum aw__source_status status;
	struct aw__item item;
	uint64_t events = 0;

	aw__progress_begin(&progress, building != NULL ? "indexing" : NULL, false);
	for (;;) {
		status = aw__source_next(session->source, &item, problem);
		if (status == AW__SOURCE_DAMAGED) {
			if (!is_of_index(session))
				aw__session_damaged(session, problem);
			continue;
		}
		if (status != AW__SOURCE_GOT ||
		    (building == NULL && is_later(session, &item, events)))
			break;
		if (building != NULL)
			aw__building_see(building, &item);
		aw__session_ingest(session, &item);
		events += item.kind == AW__ITEM_EVENT;
		aw__progress_show(&progress, aw__source_bytes_read(session->source),
				  aw__source_bytes(session->source));
	}
	aw__progress_end(&progress);
	return status;
}

/* The end of the recording: the beginning of an index that was not used, or the end of the file. */
static uint64_t end_of_data(struct aw__session *session, const struct aw__building *building)
{
	struct aw__trailer trailer;

	if (aw__find_trailer(session->source, &trailer) &&
	    trailer.data_bytes == aw__building_position(building))
		return trailer.data_bytes;
	return aw__source_position(session->source);
}

/* Make the built index the session's: from now on its model can be moved. */
static bool finish_index(struct aw__session *session, struct aw__building *building)
{
	uint64_t end = end_of_data(session, building);
	struct aw__buffer bytes = AW__BUFFER_EMPTY;
	struct aw__problem problem;
	struct aw__index index;

	if (!aw__building_finish(building, end, &index, &bytes, &problem))
		return false;
	if (!session->failed && aw__source_append(session->source, session->target, end, bytes.data,
						  bytes.length, &problem))
		aw__buffer_finish(&bytes);
	session->replay = aw__replay_create(session->source, session->model, &index, &bytes);
	return true;
}

/* --at after the end of the recording shows its end, with a warning. */
static void tell_if_beyond(struct aw__session *session)
{
	const struct aw__model_counts *counts = aw__model_counts(session->model);
	const struct aw__moment *at = aw__cli_at();
	const uint64_t events = session->replay != NULL ? aw__replay_index(session->replay)->events
							: aw__model_event_count(session->model);
	struct aw__buffer length = AW__BUFFER_EMPTY;

	if (at->kind == AW__AT_EVENT && at->value > events) {
		aw__cli_warn("%s: has only %" PRIu64 " events; its end is shown", session->target,
			     events);
	} else if (at->kind == AW__AT_TIME && session->now_ns > counts->last_ns) {
		aw__text_duration(&length, aw__model_span_ns(session->model, 0));
		aw__cli_warn("%s: is only %s long; its end is shown", session->target,
			     aw__buffer_string(&length));
		session->now_ns = counts->last_ns;
	}
	aw__buffer_finish(&length);
}

/* `ret_ended`: the trace was read to its end. */
static bool read_trace(struct aw__session *session, enum aw__indexing indexing, bool *ret_ended)
{
	bool moves = aw__cli_at()->kind != AW__AT_END;
	struct aw__building *building = NULL;
	enum aw__source_status status;
	struct aw__problem problem;

	*ret_ended = true;
	if (use_index(session)) {
		*ret_ended = aw__replay_is_at_end(session->replay);
		return !session->failed;
	}
	if (indexing == AW__INDEX_ALWAYS ||
	    (indexing == AW__INDEX_LONG &&
	     aw__source_bytes(session->source) >= WORTH_AN_INDEX_BYTES))
		building = aw__building_create(session->source, session->model, 0);
	status = read_all(session, building, &problem);
	if (status == AW__SOURCE_GOT)
		*ret_ended = false;
	else
		aw__session_tell_end(session, status, &problem);
	if (building != NULL && finish_index(session, building) && moves) {
		session->failed |= !move(session);
		*ret_ended = aw__replay_is_at_end(session->replay);
	}
	aw__building_destroy(building);
	return !session->failed;
}

bool aw__session_read_trace(struct aw__session *session, enum aw__indexing indexing)
{
	bool ended;
	const bool read = read_trace(session, indexing, &ended);

	if (read && ended)
		tell_if_beyond(session);
	return read;
}

void aw__session_index_file(const char *path)
{
	struct aw__session session;
	struct stat status;

	if (stat(path, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0 ||
	    !aw__session_open(&session, path, 0))
		return;
	if (aw__source_kind(session.source) == AW__SOURCE_TRACE &&
	    aw__source_bytes(session.source) >= WORTH_AN_INDEX_BYTES)
		aw__session_read_trace(&session, AW__INDEX_LONG);
	aw__session_close(&session);
}
