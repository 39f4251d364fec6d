/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: the directory of an index, given as rows, with a trailer that declares any length of recording. It
 * is refused, or consistent. The bytes are also tried directly as a frame of rows with a right checksum.
 */
#include "base/alloc.h"
#include "fuzz.h"
#include "proto/frame.h"
#include "proto/index.h"
#include "fuzz_rows.h"

enum { IMAGE_BYTES = 50 }; /* between the recording and the directory, as in the seed */

static void check(const struct aw__index *index)
{
	MUST(index->checkpoint_count > 0);
	for (uint64_t time_ns = 0; time_ns < 64; time_ns++)
		MUST(aw__index_before_time(index, time_ns << time_ns) != NULL);
	MUST(aw__index_before_event(index, index->events) != NULL);
	for (size_t i = 0; i < index->checkpoint_count; i++)
		MUST(index->checkpoints[i].frame.offset <= index->data_bytes);
	for (size_t i = 0; i < index->definition_count; i++)
		MUST(index->definitions[i] < index->data_bytes);
}

static void read_directory(const uint8_t *data, size_t size)
{
	static struct fuzz_rows rows;
	struct aw__buffer directory = { 0 };
	struct aw__rows_writer *writer = aw__rows_writer_create(&directory);
	struct aw__trailer trailer = { .version = AW__INDEX_VERSION };
	struct aw__problem problem;
	struct aw__wire_row row;
	struct aw__index index;

	MUST(writer != NULL);
	if (size >= 2)
		trailer.data_bytes = (uint64_t)data[0] << data[1] % 56;
	rows.at = data + (size >= 2 ? 2 : size);
	rows.end = data + size;
	while (fuzz_rows_next(&rows, &row))
		aw__rows_put(writer, &row);
	aw__rows_flush(writer);
	aw__rows_writer_destroy(writer);
	trailer.directory_bytes = directory.length;
	if (!directory.failed && directory.length > 0 &&
	    aw__index_read(&trailer, directory.data, trailer.data_bytes + IMAGE_BYTES, &index,
			   &problem)) {
		check(&index);
		aw__index_finish(&index);
	}
	aw__buffer_finish(&directory);
}

static bool ignore(void *arg, const struct aw__wire_row *row)
{
	MUST(row->number_count <= AW__ROW_MOST_NUMBERS && row->text_length <= AW__ROW_MOST_TEXT);
	return true;
}

static void read_frame(const uint8_t *data, size_t size)
{
	unsigned char header[AW__FRAME_HEADER_BYTES];
	struct aw__buffer frame = { 0 };
	struct aw__problem problem;

	if (size == 0 || size > AW__FRAME_MAX_BYTES)
		return;
	aw__frame_header(header, data, size);
	aw__buffer_append(&frame, header, sizeof(header));
	aw__buffer_append(&frame, data, size);
	aw__rows_read(frame.data, frame.length, ignore, NULL, &problem);
	aw__buffer_finish(&frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_directory(data, size);
	read_frame(data, size);
	MUST(aw__alloc_live() == 0);
	return 0;
}
