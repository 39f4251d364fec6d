/* SPDX-License-Identifier: MIT */
/*
 * Builds the index of a trace while it is read, for `awry index` and for commands that make recordings.
 * Checkpoints are 262,144 events apart, or more: all images together take at most an eighth of the recording, and fit in
 * IMAGES_BYTES of memory while the index is built.
 */
#include "viewer/replay/build.h"

#include <string.h>

#include "base/alloc.h"
#include "proto/frame.h"
#include "viewer/model/image.h"

#define EVENTS_APART	(1u << 18)
#define BYTES_PER_IMAGE 8u
#define IMAGES_BYTES	(UINT64_C(128) << 20)
#define FIRST_BUCKET_NS 1000u

struct aw__building {
	struct aw__source *source;
	const struct aw__model *model;
	struct aw__index index;
	struct aw__rows_writer *writer;
	uint64_t frame, end; /* of the current frame */
	uint64_t events, latest_ns;
	uint64_t apart;	      /* events between two checkpoints */
	uint64_t bytes_apart; /* of the recording, for each byte of the last image */
	uint64_t images_bytes;
	struct aw__index_bucket *bucket; /* the last bucket with an event */
};

struct aw__building *aw__building_create(struct aw__source *source, const struct aw__model *model,
					 uint64_t apart)
{
	struct aw__building *building = aw__alloc_must_zeroed(1, sizeof(*building));

	building->source = source;
	building->model = model;
	building->end = AW__FRAME_PREAMBLE_BYTES;
	building->apart = apart > 0 ? apart : EVENTS_APART;
	building->bytes_apart = apart > 0 ? 0 : BYTES_PER_IMAGE;
	aw__index_init(&building->index);
	building->index.bucket_ns = FIRST_BUCKET_NS;
	return building;
}

void aw__building_destroy(struct aw__building *building)
{
	if (building == NULL)
		return;
	aw__index_finish(&building->index);
	aw__rows_writer_destroy(building->writer);
	aw__alloc_free(building);
}

/* ---- checkpoints ---- */

static void put_row(void *arg, const struct aw__wire_row *row)
{
	aw__rows_put(arg, row);
}

static void save(struct aw__building *building, struct aw__buffer *out)
{
	struct aw__buffer nowhere = AW__BUFFER_EMPTY;

	if (building->writer == NULL)
		building->writer = aw__rows_writer_create(out);
	if (building->writer == NULL)
		aw__alloc_exhausted();
	aw__rows_writer_redirect(building->writer, out);
	aw__model_save(building->model, put_row, building->writer);
	aw__rows_writer_redirect(building->writer, &nowhere);
	if (out->failed)
		aw__alloc_exhausted();
}

/* Drop every other checkpoint, but not the first. */
static void thin_out(struct aw__building *building)
{
	struct aw__index *index = &building->index;
	size_t kept = 0;

	building->images_bytes = 0;
	building->apart *= 2;
	for (size_t i = 0; i < index->checkpoint_count; i++) {
		if (i % 2 != 0) {
			aw__buffer_finish(&index->checkpoints[i].image);
			continue;
		}
		index->checkpoints[kept] = index->checkpoints[i];
		building->images_bytes += index->checkpoints[kept++].image.length;
	}
	index->checkpoint_count = kept;
}

static void add_checkpoint(struct aw__building *building, uint64_t offset)
{
	struct aw__checkpoint *checkpoint = aw__index_add_checkpoint(&building->index);

	checkpoint->frame.offset = offset;
	checkpoint->time_ns = building->latest_ns;
	checkpoint->events = building->events;
	save(building, &checkpoint->image);
	building->images_bytes += checkpoint->image.length;
	if (building->images_bytes > IMAGES_BYTES)
		thin_out(building);
}

static bool is_due(const struct aw__building *building, uint64_t offset)
{
	const struct aw__index *index = &building->index;
	const struct aw__checkpoint *last;

	if (index->checkpoint_count == 0)
		return true;
	last = &index->checkpoints[index->checkpoint_count - 1];
	return building->events - last->events >= building->apart &&
	       offset - last->frame.offset >= last->image.length * building->bytes_apart;
}

/* ---- the histogram ---- */

static void merge(struct aw__index_bucket *to, const struct aw__index_bucket *one,
		  const struct aw__index_bucket *other)
{
	struct aw__index_bucket sum = *other;
	uint64_t others = 0;

	for (size_t kind = 0; kind < AW__EVENT_KINDS; kind++) {
		others += other->events[kind];
		sum.events[kind] += one->events[kind];
	}
	if (others == 0 && other->live == 0) /* no event has reached it yet */
		sum.live = one->live;
	if (one->lag_ns > sum.lag_ns)
		sum.lag_ns = one->lag_ns;
	*to = sum;
}

/* Double the buckets' width: everything moves into the first half. */
static void widen(struct aw__building *building)
{
	struct aw__index_bucket *buckets = building->index.buckets;

	for (size_t i = 0; i < AW__INDEX_BUCKETS / 2; i++)
		merge(&buckets[i], &buckets[2 * i], &buckets[2 * i + 1]);
	memset(buckets + AW__INDEX_BUCKETS / 2, 0, AW__INDEX_BUCKETS / 2 * sizeof(*buckets));
	building->index.bucket_ns *= 2;
	if (building->bucket != NULL)
		building->bucket = buckets + (building->bucket - buckets) / 2;
}

static struct aw__index_bucket *bucket_at(struct aw__building *building, uint64_t time_ns)
{
	const struct aw__index *index = &building->index;
	uint64_t since = time_ns > index->first_ns ? time_ns - index->first_ns : 0;

	while (since / index->bucket_ns >= AW__INDEX_BUCKETS)
		widen(building);
	return &index->buckets[since / index->bucket_ns];
}

/* Buckets after the last one with an event have as many live tasks as that had at its end. */
static void carry_on(struct aw__building *building, struct aw__index_bucket *bucket)
{
	const uint64_t live = aw__model_counts(building->model)->tasks_live;

	if (building->bucket != NULL && bucket > building->bucket)
		for (struct aw__index_bucket *at = building->bucket; at < bucket; at++)
			at->live = live;
	if (building->bucket == NULL || bucket > building->bucket)
		building->bucket = bucket;
	building->bucket->live = live;
}

static void note_time(struct aw__building *building, uint64_t time_ns)
{
	if (time_ns > building->latest_ns)
		building->latest_ns = time_ns;
}

static void see_event(struct aw__building *building, const struct aw__event *event)
{
	struct aw__index *index = &building->index;
	struct aw__index_bucket *bucket;

	if (index->first_ns == 0)
		index->first_ns = event->time_ns;
	bucket = bucket_at(building, event->time_ns);
	bucket->events[event->kind]++;
	carry_on(building, bucket);
	if (aw__event_blocked_ns(event) > bucket->lag_ns)
		bucket->lag_ns = aw__event_blocked_ns(event);
	if (event->kind == AW__FINDING)
		aw__index_add_mark(index, &(struct aw__index_mark){
						  .event = building->events,
						  .time_ns = event->time_ns,
						  .kind = event->finding.kind,
						  .finding = event->subject,
						  .task = event->finding.task,
					  });
	building->events++;
	note_time(building, event->time_ns);
}

void aw__building_see(struct aw__building *building, const struct aw__item *item)
{
	const uint64_t end = aw__source_position(building->source);

	if (end != building->end) {
		building->frame = building->end;
		building->end = end;
		if (is_due(building, building->frame))
			add_checkpoint(building, building->frame);
		if (item->kind == AW__ITEM_DEFINITION)
			aw__index_add_definitions(&building->index, building->frame);
	}
	if (item->kind == AW__ITEM_EVENT)
		see_event(building, &item->event);
	else if (item->kind == AW__ITEM_GOODBYE)
		note_time(building, item->goodbye.monotonic_ns);
}

/* ---- the end ---- */

static bool look(struct aw__building *building, struct aw__index_frame *frame)
{
	unsigned char header[AW__FRAME_HEADER_BYTES];

	if (!aw__source_copy(building->source, frame->offset, header, sizeof(header)))
		return false;
	memcpy(&frame->header, header, sizeof(header));
	return true;
}

static bool look_at_frames(struct aw__building *building)
{
	struct aw__index *index = &building->index;
	bool good = true;

	index->first.offset = AW__FRAME_PREAMBLE_BYTES;
	index->last.offset = building->frame;
	good = look(building, &index->first) && look(building, &index->last);
	for (size_t i = 0; good && i + 1 < index->checkpoint_count; i++)
		good = look(building, &index->checkpoints[i].frame);
	return good;
}

/* Move the images from their checkpoints to the bytes of the index. */
static void gather(struct aw__index *index, struct aw__buffer *out)
{
	for (size_t i = 0; i < index->checkpoint_count; i++) {
		struct aw__checkpoint *checkpoint = &index->checkpoints[i];

		checkpoint->image_offset = index->data_bytes + out->length;
		checkpoint->image_bytes = checkpoint->image.length;
		aw__buffer_append(out, checkpoint->image.data, checkpoint->image.length);
		aw__buffer_finish(&checkpoint->image);
	}
	aw__index_write(index, out);
}

uint64_t aw__building_position(const struct aw__building *building)
{
	return building->end;
}

bool aw__building_finish(struct aw__building *building, uint64_t data_bytes,
			 struct aw__index *ret_index, struct aw__buffer *ret_bytes,
			 struct aw__problem *problem)
{
	struct aw__index *index = &building->index;
	struct aw__buffer out = AW__BUFFER_EMPTY;

	if (index->checkpoint_count == 0)
		return aw__problem_set(problem, "the recording is empty");
	add_checkpoint(building, data_bytes);
	index->data_bytes = data_bytes;
	index->events = building->events;
	index->last_ns = building->latest_ns;
	if (!look_at_frames(building))
		return aw__problem_set(problem, "it was cut meanwhile");
	gather(index, &out);
	if (out.failed) {
		aw__buffer_finish(&out);
		return aw__problem_set(problem, "out of memory");
	}
	*ret_bytes = out;
	*ret_index = *index;
	aw__index_init(index);
	return true;
}
