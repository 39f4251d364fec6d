/* SPDX-License-Identifier: MIT */
/*
 * Completes the recording of a process that was killed. Its agent writes a record to the file first, and then releases it in the
 * box. So the box has every record that is not in the file, and perhaps some that are: those are recognized by their contents.
 */
#include <inttypes.h>
#include <string.h>
#include <xxhash.h>

#include "base/map.h"
#include "proto/encode.h"
#include "proto/finding.h"
#include "viewer/source/source_internal.h"

/* What the recording has. */
struct written {
	uint64_t end;	  /* offset of the end of its last whole frame */
	uint64_t last_ns; /* time of its last event */
	struct aw__map definitions;
	struct aw__map events; /* by their hashes, those that may be in the box, too */
	struct aw__map held;   /* errors that findings held-error reported */
	uint64_t lost[AW__LOST_KINDS];
};

static char present; /* value of all keys */

static void written_finish(struct written *written)
{
	aw__map_finish(&written->definitions);
	aw__map_finish(&written->events);
	aw__map_finish(&written->held);
}

static uint64_t hash_of(const struct aw__event *event)
{
	uint64_t words[4 + AW__EVENT_ARGS] = { (uint64_t)event->kind, event->thread, event->time_ns,
					       event->subject };
	uint64_t hash;

	memcpy(words + 4, event->args, sizeof(event->args));
	hash = XXH3_64bits(words, sizeof(words));
	if (event->list_length > 0)
		hash = XXH3_64bits_withSeed(event->list, event->list_length * sizeof(uint64_t),
					    hash);
	if (event->text_length > 0)
		hash = XXH3_64bits_withSeed(event->text, event->text_length, hash);
	return hash;
}

static void note_event(struct written *written, const struct aw__event *event, uint64_t since_ns)
{
	if (event->time_ns > written->last_ns)
		written->last_ns = event->time_ns;
	if (event->time_ns >= since_ns)
		aw__map_put(&written->events, hash_of(event), &present);
	if (event->kind == AW__FINDING && event->finding.kind == AW__HELD_ERROR)
		aw__map_put(&written->held, event->finding.error, &present);
	if (event->kind == AW__EVENTS_LOST && event->lost.what < AW__LOST_KINDS)
		written->lost[event->lost.what] += event->lost.count;
}

static void note(struct written *written, const struct aw__item *item, uint64_t since_ns)
{
	if (item->kind == AW__ITEM_DEFINITION)
		aw__map_put(&written->definitions, item->definition.id, &present);
	else if (item->kind == AW__ITEM_EVENT)
		note_event(written, &item->event, since_ns);
}

static bool is_same(const struct aw__hello *one, const struct aw__hello *other)
{
	return one->pid == other->pid && one->process_start_ticks == other->process_start_ticks &&
	       one->monotonic_ns == other->monotonic_ns && one->realtime_ns == other->realtime_ns;
}

/* What a box has beyond the file. */
struct unwritten {
	uint64_t oldest_ns, last_ns; /* times of its events; UINT64_MAX and 0 if there is none */
};

/* False also if the box is of another process or another recording than `hello`. */
static bool look_at(const char *box_path, const struct aw__hello *hello, struct unwritten *ret,
		    struct aw__problem *problem)
{
	struct aw__source *box = aw__source_open(box_path, AW__SOURCE_UNWRITTEN, problem);
	enum aw__source_status status = AW__SOURCE_GOT;
	struct aw__item item;

	*ret = (struct unwritten){ .oldest_ns = UINT64_MAX };
	while (box != NULL && (status = aw__source_next(box, &item, problem)) == AW__SOURCE_GOT) {
		if (item.kind == AW__ITEM_HELLO && !is_same(&item.hello, hello))
			break;
		if (item.kind != AW__ITEM_EVENT || item.event.time_ns == 0)
			continue;
		if (item.event.time_ns < ret->oldest_ns)
			ret->oldest_ns = item.event.time_ns;
		if (item.event.time_ns > ret->last_ns)
			ret->last_ns = item.event.time_ns;
	}
	aw__source_close(box);
	return box != NULL && status == AW__SOURCE_END;
}

/* The first item of a recording. False if that is no hello. */
static bool read_hello(struct aw__source *source, struct aw__hello *ret,
		       struct aw__problem *problem)
{
	struct aw__item item;

	if (aw__source_kind(source) != AW__SOURCE_TRACE ||
	    aw__source_next(source, &item, problem) != AW__SOURCE_GOT ||
	    item.kind != AW__ITEM_HELLO)
		return false;
	*ret = item.hello;
	return true;
}

/* Read on to the end. False also if the recording was closed. */
static bool read_recording(struct aw__source *source, uint64_t since_ns,
			   struct written *ret_written, struct aw__problem *problem)
{
	enum aw__source_status status;
	struct aw__item item;

	ret_written->end = aw__source_position(source);
	while ((status = aw__source_next(source, &item, problem)) == AW__SOURCE_GOT ||
	       status == AW__SOURCE_DAMAGED) {
		if (status == AW__SOURCE_DAMAGED)
			continue;
		if (item.kind == AW__ITEM_GOODBYE)
			return false;
		note(ret_written, &item, since_ns);
		ret_written->end = aw__source_position(source);
	}
	return status == AW__SOURCE_END;
}

/* Whether the file lacks an event of the box. What the recorder could not record is counted from the start: `event` gets the rest. */
static bool lacks(struct written *written, struct aw__event *event)
{
	const uint64_t what = event->kind == AW__EVENTS_LOST ? event->lost.what : 0;

	if (event->kind == AW__FINDING && event->finding.kind == AW__HELD_ERROR &&
	    aw__map_get(&written->held, event->finding.error) != NULL)
		return false;
	if (what != AW__LOST_DEFINITIONS && what != AW__LOST_THREADS)
		return aw__map_get(&written->events, hash_of(event)) == NULL;
	if (event->lost.count <= written->lost[what])
		return false;
	event->lost.count -= written->lost[what];
	return true;
}

static bool is_wanted(struct written *written, struct aw__item *item)
{
	switch (item->kind) {
	case AW__ITEM_DEFINITION:
		return aw__map_get(&written->definitions, item->definition.id) == NULL;
	case AW__ITEM_EVENT:
		return lacks(written, &item->event);
	default:
		return false;
	}
}

struct rest {
	struct aw__buffer records; /* definitions, then what was recorded */
	struct aw__buffer
		rows; /* the snapshot, which belongs behind them: it shows how it was at the end */
	struct aw__encoder *record_encoder, *row_encoder;
	uint64_t end_ns;
};

static void put(struct rest *rest, struct written *written, struct aw__item *item,
		bool *in_snapshot)
{
	struct aw__event *event = item->kind == AW__ITEM_EVENT ? &item->event : NULL;

	if (event != NULL && event->kind == AW__SNAPSHOT_BEGIN)
		*in_snapshot = true;
	if (event != NULL && *in_snapshot) {
		*in_snapshot = event->kind != AW__SNAPSHOT_END;
		event->time_ns = rest->end_ns;
		aw__encoder_item(rest->row_encoder, item);
	} else if (is_wanted(written, item)) {
		aw__encoder_item(rest->record_encoder, item);
	}
}

static bool fill(struct rest *rest, const char *box_path, struct written *written,
		 struct aw__problem *problem)
{
	struct aw__source *box = aw__source_open(box_path, AW__SOURCE_UNWRITTEN, problem);
	enum aw__source_status status = AW__SOURCE_FAILED;
	struct aw__item item;
	bool in_snapshot = false;

	while (box != NULL && !rest->records.failed && !rest->rows.failed &&
	       (status = aw__source_next(box, &item, problem)) == AW__SOURCE_GOT)
		put(rest, written, &item, &in_snapshot);
	aw__source_close(box);
	aw__encoder_flush(rest->record_encoder);
	aw__encoder_flush(rest->row_encoder);
	aw__buffer_append(&rest->records, aw__buffer_string(&rest->rows), rest->rows.length);
	if (rest->records.failed || rest->rows.failed)
		return aw__problem_set(problem, "out of memory");
	return status == AW__SOURCE_END;
}

static bool append_rest(struct aw__source *source, const char *path, const char *box_path,
			struct written *written, uint64_t end_ns, struct aw__problem *problem)
{
	struct rest rest = { .records = AW__BUFFER_EMPTY,
			     .rows = AW__BUFFER_EMPTY,
			     .end_ns = end_ns };
	bool done;

	rest.record_encoder = aw__encoder_create(&rest.records);
	rest.row_encoder = aw__encoder_create(&rest.rows);
	if (rest.record_encoder == NULL || rest.row_encoder == NULL)
		done = aw__problem_set(problem, "out of memory");
	else
		done = fill(&rest, box_path, written, problem) &&
		       aw__source_append(source, path, written->end, rest.records.data,
					 rest.records.length, problem);
	aw__encoder_destroy(rest.record_encoder);
	aw__encoder_destroy(rest.row_encoder);
	aw__buffer_finish(&rest.records);
	aw__buffer_finish(&rest.rows);
	return done;
}

bool aw__source_complete(const char *path, const char *box_path, bool *ret_done,
			 struct aw__problem *problem)
{
	struct written written = { 0 };
	struct unwritten unwritten;
	struct aw__hello hello;
	struct aw__source *source;

	*ret_done = false;
	problem->text[0] = '\0';
	source = aw__source_open(path, 0, problem);
	if (source == NULL)
		return false;
	if (read_hello(source, &hello, problem) && look_at(box_path, &hello, &unwritten, problem) &&
	    read_recording(source, unwritten.oldest_ns, &written, problem))
		*ret_done = append_rest(source, path, box_path, &written,
					written.last_ns > unwritten.last_ns ? written.last_ns
									    : unwritten.last_ns,
					problem);
	written_finish(&written);
	aw__source_close(source);
	return *ret_done || problem->text[0] == '\0';
}
