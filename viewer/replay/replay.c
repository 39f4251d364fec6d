/* SPDX-License-Identifier: MIT */
/*
 * Time travel in an indexed trace, for --at and the viewer: loads the checkpoint before the wanted time or event,
 * and replays the trace from there.
 */
#include "viewer/replay/replay.h"

#include <string.h>

#include "base/alloc.h"
#include "proto/frame.h"
#include "viewer/model/image.h"
#include "viewer/replay/find.h"

struct aw__replay {
	struct aw__source *source;
	struct aw__model *model;
	struct aw__index index;
	struct aw__buffer kept; /* the index's bytes, if the file does not have them */
	struct aw__buffer image;
	uint64_t events, time_ns;
	bool placed;  /* the source is at the position of the model */
	bool pending; /* `item` was taken from the source, and not ingested */
	struct aw__item item;
};

static struct aw__replay *create(struct aw__source *source, struct aw__model *model)
{
	struct aw__replay *replay = aw__alloc_must_zeroed(1, sizeof(*replay));

	replay->source = source;
	replay->model = model;
	return replay;
}

void aw__replay_close(struct aw__replay *replay)
{
	if (replay == NULL)
		return;
	aw__index_finish(&replay->index);
	aw__buffer_finish(&replay->kept);
	aw__buffer_finish(&replay->image);
	aw__alloc_free(replay);
}

const struct aw__index *aw__replay_index(const struct aw__replay *replay)
{
	return &replay->index;
}

uint64_t aw__replay_events(const struct aw__replay *replay)
{
	return replay->events;
}

uint64_t aw__replay_time_ns(const struct aw__replay *replay)
{
	return replay->time_ns;
}

/* ---- checkpoints ---- */

static const void *image_of(struct aw__replay *replay, const struct aw__checkpoint *checkpoint)
{
	char *to;

	if (replay->kept.length > 0)
		return replay->kept.data + (checkpoint->image_offset - replay->index.data_bytes);
	aw__buffer_clear(&replay->image);
	to = aw__buffer_reserve(&replay->image, checkpoint->image_bytes);
	if (to == NULL ||
	    !aw__source_copy(replay->source, checkpoint->image_offset, to, checkpoint->image_bytes))
		return NULL;
	return to;
}

static bool take_row(void *arg, const struct aw__wire_row *row)
{
	return aw__image_load_row(arg, row);
}

static bool is_there(struct aw__replay *replay, const struct aw__checkpoint *checkpoint)
{
	unsigned char header[AW__FRAME_HEADER_BYTES];

	return checkpoint->frame.offset == replay->index.data_bytes ||
	       (aw__source_copy(replay->source, checkpoint->frame.offset, header, sizeof(header)) &&
		memcmp(header, &checkpoint->frame.header, sizeof(header)) == 0);
}

/* Skip the hello, which was read already. */
static void pass_hello(struct aw__replay *replay)
{
	const struct aw__index_frame *first = &replay->index.first;
	const struct aw__hello *hello = aw__model_hello(replay->model);
	struct aw__item item = { .kind = AW__ITEM_HELLO };

	aw__source_seek(replay->source,
			first->offset + AW__FRAME_HEADER_BYTES + (uint32_t)first->header);
	if (hello == NULL)
		return;
	item.hello = *hello;
	aw__model_ingest(replay->model, &item);
}

static bool load(struct aw__replay *replay, const struct aw__checkpoint *checkpoint,
		 struct aw__problem *problem)
{
	const void *image = image_of(replay, checkpoint);
	struct aw__image_loading *loading;
	bool good;

	replay->placed = replay->pending = false;
	aw__model_reset(replay->model);
	if (image == NULL || !is_there(replay, checkpoint))
		return aw__problem_set(problem, "the index does not fit the recording any more");
	loading = aw__image_load_begin(replay->model);
	good = aw__rows_read(image, checkpoint->image_bytes, take_row, loading, problem);
	if (!aw__image_load_end(loading) || !good) {
		aw__model_reset(replay->model);
		return aw__problem_set(problem, "the index is damaged");
	}
	aw__source_seek(replay->source, checkpoint->frame.offset);
	if (checkpoint == replay->index.checkpoints)
		pass_hello(replay);
	replay->events = checkpoint->events;
	replay->time_ns = checkpoint->time_ns;
	replay->placed = true;
	aw__source_forget(replay->source);
	return true;
}

/* ---- moving ---- */

/* Read the next item into `item`, where it stays until it is ingested. False at the end, or with a problem. */
static bool peek(struct aw__replay *replay, bool *ret_failed, struct aw__problem *problem)
{
	enum aw__source_status status;

	*ret_failed = false;
	if (replay->pending)
		return true;
	do /* damage is reported where the trace is read as a whole */
		status = aw__source_next(replay->source, &replay->item, problem);
	while (status == AW__SOURCE_DAMAGED);
	replay->pending = status == AW__SOURCE_GOT;
	*ret_failed = status != AW__SOURCE_GOT && status != AW__SOURCE_END;
	return replay->pending;
}

static void note_time(struct aw__replay *replay, uint64_t time_ns)
{
	if (time_ns > replay->time_ns)
		replay->time_ns = time_ns;
}

static void ingest(struct aw__replay *replay)
{
	const struct aw__item *item = &replay->item;

	replay->pending = false;
	aw__model_ingest(replay->model, item);
	if (item->kind == AW__ITEM_GOODBYE)
		note_time(replay, item->goodbye.monotonic_ns);
	if (item->kind != AW__ITEM_EVENT)
		return;
	replay->events++;
	note_time(replay, item->event.time_ns);
}

static bool is_later(const struct aw__item *item, uint64_t time_ns)
{
	if (item->kind == AW__ITEM_GOODBYE)
		return item->goodbye.monotonic_ns > time_ns;
	return item->kind == AW__ITEM_EVENT && item->event.time_ns > time_ns;
}

/* Load the checkpoint, unless the model is already between it and the target. */
static bool start(struct aw__replay *replay, const struct aw__checkpoint *checkpoint,
		  bool is_before, struct aw__problem *problem)
{
	if (replay->placed && is_before && replay->events >= checkpoint->events)
		return true;
	return load(replay, checkpoint, problem);
}

bool aw__replay_to_time(struct aw__replay *replay, uint64_t time_ns, struct aw__problem *problem)
{
	bool failed = false;

	if (!start(replay, aw__index_before_time(&replay->index, time_ns),
		   replay->time_ns <= time_ns, problem))
		return false;
	while (peek(replay, &failed, problem) && !is_later(&replay->item, time_ns))
		ingest(replay);
	return !failed;
}

bool aw__replay_to_event(struct aw__replay *replay, uint64_t events, struct aw__problem *problem)
{
	bool failed = false;

	if (events >= replay->index.events)
		return aw__replay_to_end(replay, problem);
	if (!start(replay, aw__index_before_event(&replay->index, events), replay->events <= events,
		   problem))
		return false;
	while (peek(replay, &failed, problem) &&
	       !(replay->item.kind == AW__ITEM_EVENT && replay->events >= events))
		ingest(replay);
	return !failed;
}

bool aw__replay_to_end(struct aw__replay *replay, struct aw__problem *problem)
{
	return load(replay, &replay->index.checkpoints[replay->index.checkpoint_count - 1],
		    problem);
}

bool aw__replay_is_at_end(const struct aw__replay *replay)
{
	return !replay->pending;
}

bool aw__replay_step(struct aw__replay *replay, struct aw__event *ret_event,
		     struct aw__problem *problem)
{
	bool failed = false, was_event = false;

	if (!replay->placed && !aw__replay_to_event(replay, replay->events, problem))
		return false;
	while (!was_event && peek(replay, &failed, problem)) {
		was_event = replay->item.kind == AW__ITEM_EVENT;
		if (was_event && ret_event != NULL)
			*ret_event = replay->item.event;
		ingest(replay);
	}
	if (!was_event && !failed)
		aw__problem_set(problem, "this is the end of the recording");
	return was_event;
}

bool aw__replay_between(struct aw__replay *replay, uint64_t from_ns, uint64_t to_ns,
			aw__replay_take *take, void *arg, struct aw__problem *problem)
{
	const struct aw__checkpoint *checkpoint = aw__index_before_time(&replay->index, from_ns);
	uint64_t number = checkpoint->events, latest_ns = checkpoint->time_ns;
	bool failed = false, wanted = true;

	replay->placed = replay->pending = false;
	aw__source_seek(replay->source, checkpoint->frame.offset);
	while (wanted && latest_ns <= to_ns && peek(replay, &failed, problem)) {
		const struct aw__event *event = &replay->item.event;

		replay->pending = false;
		if (replay->item.kind != AW__ITEM_EVENT)
			continue;
		if (event->time_ns > latest_ns)
			latest_ns = event->time_ns;
		if (event->time_ns >= from_ns && event->time_ns <= to_ns)
			wanted = take(arg, number, event);
		number++;
	}
	return !failed;
}

/* ---- opening ---- */

/* Read the definitions of the frame at `offset`. */
static bool read_definitions(struct aw__replay *replay, uint64_t offset, aw__replay_hear *hear,
			     void *arg, struct aw__problem *problem)
{
	uint64_t end = 0;
	bool failed = false;

	aw__source_seek(replay->source, offset);
	while (peek(replay, &failed, problem) &&
	       (end == 0 || end == aw__source_position(replay->source))) {
		end = aw__source_position(replay->source);
		if (replay->item.kind != AW__ITEM_DEFINITION)
			return aw__problem_set(problem, "the index is damaged");
		hear(arg, &replay->item);
		ingest(replay);
	}
	replay->pending = false;
	return !failed && (end != 0 || aw__problem_set(problem, "the index is damaged"));
}

/* Read all definitions: they stay in the model, since images do not contain them. */
static bool begin(struct aw__replay *replay, aw__replay_hear *hear, void *arg,
		  struct aw__problem *problem)
{
	bool failed;

	if (!peek(replay, &failed, problem) || replay->item.kind != AW__ITEM_HELLO)
		return aw__problem_set(problem, "it does not begin with a greeting");
	hear(arg, &replay->item);
	ingest(replay);
	for (size_t i = 0; i < replay->index.definition_count; i++)
		if (!read_definitions(replay, replay->index.definitions[i], hear, arg, problem))
			return false;
	return load(replay, &replay->index.checkpoints[0], problem);
}

enum aw__replay_found aw__replay_open(struct aw__source *source, struct aw__model *model,
				      aw__replay_hear *hear, void *arg, bool *ret_used,
				      struct aw__replay **ret_replay, struct aw__problem *problem)
{
	struct aw__trailer trailer;
	struct aw__replay *replay;

	*ret_used = false;
	if (!aw__find_trailer(source, &trailer))
		return AW__REPLAY_NONE;
	replay = create(source, model);
	if (aw__find_index(source, &trailer, &replay->index, problem)) {
		*ret_used = true;
		aw__source_limit(source, replay->index.data_bytes);
		if (begin(replay, hear, arg, problem)) {
			*ret_replay = replay;
			return AW__REPLAY_GOOD;
		}
	}
	aw__replay_close(replay);
	return AW__REPLAY_WRONG;
}

struct aw__replay *aw__replay_create(struct aw__source *source, struct aw__model *model,
				     struct aw__index *index_take, struct aw__buffer *bytes_take)
{
	struct aw__replay *replay = create(source, model);

	replay->index = *index_take;
	replay->kept = *bytes_take;
	replay->events = replay->index.events;
	replay->time_ns = replay->index.last_ns;
	memset(index_take, 0, sizeof(*index_take));
	memset(bytes_take, 0, sizeof(*bytes_take));
	aw__source_limit(source, replay->index.data_bytes);
	return replay;
}
