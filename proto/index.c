/* SPDX-License-Identifier: MIT */
/*
 * The index of a trace: keeps its checkpoints, timeline and marks in memory, writes them behind the recording, reads
 * them, and checks them. viewer/replay builds and uses it.
 */
#include "proto/index.h"

#include <string.h>

#include "base/alloc.h"
#include "proto/frame.h"

enum { ROW_HEAD = 1, ROW_CHECKPOINT, ROW_DEFINITIONS, ROW_BUCKET, ROW_MARK };

enum {
	HEAD_DATA_BYTES,
	HEAD_EVENTS,
	HEAD_FIRST_NS,
	HEAD_LAST_NS,
	HEAD_BUCKET_NS,
	HEAD_FIRST_OFFSET,
	HEAD_FIRST_HEADER,
	HEAD_LAST_OFFSET,
	HEAD_LAST_HEADER,
	HEAD_NUMBERS
};

#define CHECKPOINT_NUMBERS 6u
#define BUCKET_NUMBERS	   (3u + AW__EVENT_KINDS)
#define MARK_NUMBERS	   5u
#define OFFSETS_IN_A_ROW   4096u

void aw__index_init(struct aw__index *index)
{
	memset(index, 0, sizeof(*index));
	index->bucket_ns = 1;
	index->buckets = aw__alloc_must_zeroed(AW__INDEX_BUCKETS, sizeof(*index->buckets));
}

void aw__index_finish(struct aw__index *index)
{
	for (size_t i = 0; i < index->checkpoint_count; i++)
		aw__buffer_finish(&index->checkpoints[i].image);
	aw__alloc_free(index->checkpoints);
	aw__alloc_free(index->definitions);
	aw__alloc_free(index->buckets);
	aw__alloc_free(index->marks);
	memset(index, 0, sizeof(*index));
}

static void *grown(void *items, size_t count, size_t *capacity, size_t size)
{
	if (count < *capacity)
		return items;
	*capacity = *capacity > 0 ? *capacity * 2 : 64;
	return aw__alloc_must_resize(items, *capacity * size);
}

struct aw__checkpoint *aw__index_add_checkpoint(struct aw__index *index)
{
	struct aw__checkpoint *checkpoint;

	index->checkpoints = grown(index->checkpoints, index->checkpoint_count,
				   &index->checkpoint_capacity, sizeof(*checkpoint));
	checkpoint = &index->checkpoints[index->checkpoint_count++];
	memset(checkpoint, 0, sizeof(*checkpoint));
	return checkpoint;
}

void aw__index_add_definitions(struct aw__index *index, uint64_t offset)
{
	index->definitions = grown(index->definitions, index->definition_count,
				   &index->definition_capacity, sizeof(offset));
	index->definitions[index->definition_count++] = offset;
}

void aw__index_add_mark(struct aw__index *index, const struct aw__index_mark *mark)
{
	if (index->mark_count >= AW__INDEX_MARKS)
		return;
	index->marks = grown(index->marks, index->mark_count, &index->mark_capacity, sizeof(*mark));
	index->marks[index->mark_count++] = *mark;
}

/* ---- writing ---- */

static void put(struct aw__rows_writer *writer, uint32_t kind, const uint64_t *numbers,
		size_t count)
{
	struct aw__wire_row row = { kind, (uint32_t)count, 0, numbers, NULL };

	aw__rows_put(writer, &row);
}

static void put_head(struct aw__rows_writer *writer, const struct aw__index *index)
{
	const uint64_t numbers[HEAD_NUMBERS] = {
		[HEAD_DATA_BYTES] = index->data_bytes,
		[HEAD_EVENTS] = index->events,
		[HEAD_FIRST_NS] = index->first_ns,
		[HEAD_LAST_NS] = index->last_ns,
		[HEAD_BUCKET_NS] = index->bucket_ns,
		[HEAD_FIRST_OFFSET] = index->first.offset,
		[HEAD_FIRST_HEADER] = index->first.header,
		[HEAD_LAST_OFFSET] = index->last.offset,
		[HEAD_LAST_HEADER] = index->last.header,
	};

	put(writer, ROW_HEAD, numbers, HEAD_NUMBERS);
}

static void put_checkpoints(struct aw__rows_writer *writer, const struct aw__index *index)
{
	for (size_t i = 0; i < index->checkpoint_count; i++) {
		const struct aw__checkpoint *at = &index->checkpoints[i];
		const uint64_t numbers[CHECKPOINT_NUMBERS] = {
			at->frame.offset, at->frame.header, at->time_ns,
			at->events,	  at->image_offset, at->image_bytes,
		};

		put(writer, ROW_CHECKPOINT, numbers, CHECKPOINT_NUMBERS);
	}
}

static bool is_empty(const struct aw__index_bucket *bucket)
{
	static const struct aw__index_bucket empty;

	return memcmp(bucket, &empty, sizeof(empty)) == 0;
}

static void put_buckets(struct aw__rows_writer *writer, const struct aw__index *index)
{
	for (size_t i = 0; i < AW__INDEX_BUCKETS; i++) {
		const struct aw__index_bucket *bucket = &index->buckets[i];
		uint64_t numbers[BUCKET_NUMBERS] = { i, bucket->live, bucket->lag_ns };

		if (is_empty(bucket))
			continue;
		memcpy(numbers + 3, bucket->events, sizeof(bucket->events));
		put(writer, ROW_BUCKET, numbers, BUCKET_NUMBERS);
	}
}

static void put_marks(struct aw__rows_writer *writer, const struct aw__index *index)
{
	for (size_t i = 0; i < index->mark_count; i++) {
		const struct aw__index_mark *mark = &index->marks[i];
		const uint64_t numbers[MARK_NUMBERS] = { mark->event, mark->time_ns, mark->kind,
							 mark->finding, mark->task };

		put(writer, ROW_MARK, numbers, MARK_NUMBERS);
	}
}

void aw__index_write(const struct aw__index *index, struct aw__buffer *out)
{
	const size_t from = out->length;
	struct aw__rows_writer *writer = aw__rows_writer_create(out);
	struct aw__trailer trailer = { .version = AW__INDEX_VERSION,
				       .data_bytes = index->data_bytes };

	if (writer == NULL) {
		out->failed = true;
		return;
	}
	put_head(writer, index);
	put_checkpoints(writer, index);
	for (size_t i = 0; i < index->definition_count; i += OFFSETS_IN_A_ROW) {
		size_t left = index->definition_count - i;

		put(writer, ROW_DEFINITIONS, index->definitions + i,
		    left < OFFSETS_IN_A_ROW ? left : OFFSETS_IN_A_ROW);
	}
	put_buckets(writer, index);
	put_marks(writer, index);
	aw__rows_flush(writer);
	aw__rows_writer_destroy(writer);
	trailer.directory_bytes = out->length - from;
	aw__trailer_write(out, &trailer);
}

/* ---- reading ---- */

struct reading {
	struct aw__index *index;
	bool has_head;
	uint64_t image_at; /* where the next image begins */
};

static bool take_head(struct reading *reading, const struct aw__wire_row *row)
{
	struct aw__index *index = reading->index;
	const uint64_t *n = row->numbers;

	if (reading->has_head || row->number_count != HEAD_NUMBERS)
		return false;
	reading->has_head = true;
	index->events = n[HEAD_EVENTS];
	index->first_ns = n[HEAD_FIRST_NS];
	index->last_ns = n[HEAD_LAST_NS];
	index->bucket_ns = n[HEAD_BUCKET_NS];
	index->first = (struct aw__index_frame){ n[HEAD_FIRST_OFFSET], n[HEAD_FIRST_HEADER] };
	index->last = (struct aw__index_frame){ n[HEAD_LAST_OFFSET], n[HEAD_LAST_HEADER] };
	return n[HEAD_DATA_BYTES] == index->data_bytes && index->bucket_ns > 0 &&
	       index->first_ns <= index->last_ns &&
	       index->first.offset == AW__FRAME_PREAMBLE_BYTES &&
	       index->last.offset >= index->first.offset && index->last.offset < index->data_bytes;
}

static bool take_checkpoint(struct reading *reading, const struct aw__wire_row *row)
{
	struct aw__index *index = reading->index;
	const struct aw__checkpoint *before =
		index->checkpoint_count > 0 ? &index->checkpoints[index->checkpoint_count - 1]
					    : NULL;
	const uint64_t *n = row->numbers;
	struct aw__checkpoint *at;

	if (row->number_count != CHECKPOINT_NUMBERS || n[0] > index->data_bytes ||
	    n[3] > index->events || n[4] != reading->image_at || n[5] > UINT64_MAX - n[4])
		return false;
	if (before != NULL &&
	    (n[0] <= before->frame.offset || n[2] < before->time_ns || n[3] < before->events))
		return false;
	reading->image_at = n[4] + n[5];
	at = aw__index_add_checkpoint(index);
	at->frame = (struct aw__index_frame){ n[0], n[1] };
	at->time_ns = n[2];
	at->events = n[3];
	at->image_offset = n[4];
	at->image_bytes = n[5];
	return true;
}

static bool take_definitions(struct aw__index *index, const struct aw__wire_row *row)
{
	for (uint32_t i = 0; i < row->number_count; i++) {
		uint64_t offset = row->numbers[i];

		if (offset >= index->data_bytes ||
		    (index->definition_count > 0 &&
		     offset <= index->definitions[index->definition_count - 1]))
			return false;
		aw__index_add_definitions(index, offset);
	}
	return true;
}

static bool take_bucket(struct aw__index *index, const struct aw__wire_row *row)
{
	struct aw__index_bucket *bucket;

	if (row->number_count != BUCKET_NUMBERS || row->numbers[0] >= AW__INDEX_BUCKETS)
		return false;
	bucket = &index->buckets[row->numbers[0]];
	bucket->live = row->numbers[1];
	bucket->lag_ns = row->numbers[2];
	memcpy(bucket->events, row->numbers + 3, sizeof(bucket->events));
	return true;
}

static bool take_mark(struct aw__index *index, const struct aw__wire_row *row)
{
	const uint64_t *n = row->numbers;
	struct aw__index_mark mark;

	if (row->number_count != MARK_NUMBERS || n[0] >= index->events)
		return false;
	mark = (struct aw__index_mark){ n[0], n[1], n[2], n[3], n[4] };
	aw__index_add_mark(index, &mark);
	return true;
}

static bool take(void *arg, const struct aw__wire_row *row)
{
	struct reading *reading = arg;

	if (!reading->has_head && row->kind != ROW_HEAD)
		return false;
	switch (row->kind) {
	case ROW_HEAD:
		return take_head(reading, row);
	case ROW_CHECKPOINT:
		return take_checkpoint(reading, row);
	case ROW_DEFINITIONS:
		return take_definitions(reading->index, row);
	case ROW_BUCKET:
		return take_bucket(reading->index, row);
	case ROW_MARK:
		return take_mark(reading->index, row);
	default:
		return false;
	}
}

static bool is_whole(const struct reading *reading, uint64_t directory_offset)
{
	const struct aw__index *index = reading->index;
	const struct aw__checkpoint *last;

	if (!reading->has_head || index->checkpoint_count == 0 ||
	    reading->image_at != directory_offset)
		return false;
	last = &index->checkpoints[index->checkpoint_count - 1];
	return index->checkpoints[0].frame.offset == AW__FRAME_PREAMBLE_BYTES &&
	       index->checkpoints[0].events == 0 && last->frame.offset == index->data_bytes &&
	       last->events == index->events;
}

bool aw__index_read(const struct aw__trailer *trailer, const void *directory,
		    uint64_t directory_offset, struct aw__index *ret_index,
		    struct aw__problem *problem)
{
	struct reading reading = { .index = ret_index, .image_at = trailer->data_bytes };

	aw__index_init(ret_index);
	ret_index->data_bytes = trailer->data_bytes;
	if (trailer->version != AW__INDEX_VERSION)
		aw__problem_set(problem, "the index was written by another version of awry");
	else if (aw__rows_read(directory, trailer->directory_bytes, take, &reading, problem)) {
		if (is_whole(&reading, directory_offset))
			return true;
		aw__problem_set(problem, "the index is inconsistent");
	}
	aw__index_finish(ret_index);
	return false;
}

/* ---- searching ---- */

const struct aw__checkpoint *aw__index_before_time(const struct aw__index *index, uint64_t time_ns)
{
	size_t low = 0, high = index->checkpoint_count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (index->checkpoints[middle].time_ns <= time_ns)
			low = middle;
		else
			high = middle;
	}
	return &index->checkpoints[low];
}

const struct aw__checkpoint *aw__index_before_event(const struct aw__index *index, uint64_t event)
{
	size_t low = 0, high = index->checkpoint_count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (index->checkpoints[middle].events <= event)
			low = middle;
		else
			high = middle;
	}
	return &index->checkpoints[low];
}
