/* SPDX-License-Identifier: MIT */
/*
 * Writes the rows of an index (checkpoint images, directory) as compressed frames, and its trailer. decode_rows.c
 * reads them.
 */
#include "proto/rows.h"

#include <string.h>
#include <zstd.h>

#include "awry.pb-c.h"
#include "base/alloc.h"
#include "proto/encode_frame.h"

/* A frame is written when one of its columns might not hold the next row. */
#define ROW_COUNT   2048u
#define SAME_PLACE  32u
#define NUMBERS	    (32768u + AW__ROW_MOST_NUMBERS)
#define TEXT_BYTES  (262144u + AW__ROW_MOST_TEXT)
#define COMPRESSION 1

struct aw__rows_writer {
	struct aw__buffer *out;
	Awry__Rows rows;
	uint8_t kind[ROW_COUNT];
	uint32_t number_count[ROW_COUNT];
	int64_t number_delta[NUMBERS];
	uint32_t text_length[ROW_COUNT];
	uint8_t text[TEXT_BYTES];
	uint64_t last[AW__ROW_KINDS][SAME_PLACE];
	struct aw__buffer message, packed;
	ZSTD_CCtx *zstd;
};

static void start(struct aw__rows_writer *writer)
{
	awry__rows__init(&writer->rows);
	writer->rows.kind.data = writer->kind;
	writer->rows.number_count = writer->number_count;
	writer->rows.number_delta = writer->number_delta;
	writer->rows.text_length = writer->text_length;
	writer->rows.text.data = writer->text;
	memset(writer->last, 0, sizeof(writer->last));
}

struct aw__rows_writer *aw__rows_writer_create(struct aw__buffer *out)
{
	struct aw__rows_writer *writer = aw__alloc(sizeof(*writer));

	if (writer == NULL)
		return NULL;
	writer->out = out;
	writer->message = writer->packed = (struct aw__buffer)AW__BUFFER_EMPTY;
	writer->zstd = ZSTD_createCCtx();
	start(writer);
	if (writer->zstd != NULL)
		return writer;
	aw__alloc_free(writer);
	return NULL;
}

void aw__rows_writer_destroy(struct aw__rows_writer *writer)
{
	if (writer == NULL)
		return;
	ZSTD_freeCCtx(writer->zstd);
	aw__buffer_finish(&writer->message);
	aw__buffer_finish(&writer->packed);
	aw__alloc_free(writer);
}

void aw__rows_writer_redirect(struct aw__rows_writer *writer, struct aw__buffer *out)
{
	aw__rows_flush(writer);
	writer->out = out;
}

/* Packs and compresses the gathered rows. Returns the compressed size; 0 if there is no memory. */
static size_t compress(struct aw__rows_writer *writer, size_t length)
{
	Awry__Message message = AWRY__MESSAGE__INIT;
	const size_t bound = ZSTD_compressBound(length);
	uint8_t *plain = (uint8_t *)aw__buffer_reserve(&writer->message, length);
	void *packed = aw__buffer_reserve(&writer->packed, bound);
	size_t size;

	if (plain == NULL || packed == NULL)
		return 0;
	message.body_case = AWRY__MESSAGE__BODY_ROWS;
	message.rows = &writer->rows;
	awry__message__pack(&message, plain);
	size = ZSTD_compressCCtx(writer->zstd, packed, bound, plain, length, COMPRESSION);
	return ZSTD_isError(size) ? 0 : size;
}

void aw__rows_flush(struct aw__rows_writer *writer)
{
	Awry__Message inner = AWRY__MESSAGE__INIT, message = AWRY__MESSAGE__INIT;
	Awry__Packed packed = AWRY__PACKED__INIT;

	if (writer->rows.kind.len == 0)
		return;
	inner.body_case = AWRY__MESSAGE__BODY_ROWS;
	inner.rows = &writer->rows;
	packed.length = (uint32_t)awry__message__get_packed_size(&inner);
	packed.zstd.len = compress(writer, packed.length);
	packed.zstd.data = (uint8_t *)writer->packed.data;
	message.body_case = AWRY__MESSAGE__BODY_PACKED;
	message.packed = &packed;
	if (packed.zstd.len > 0)
		aw__encode_frame(writer->out, &message);
	else
		writer->out->failed = true;
	start(writer);
}

static void put_numbers(struct aw__rows_writer *writer, const struct aw__wire_row *row)
{
	Awry__Rows *m = &writer->rows;
	uint64_t *last = writer->last[row->kind];

	for (uint32_t n = 0; n < row->number_count; n++) {
		uint64_t before = n < SAME_PLACE ? last[n] : row->numbers[n - 1];

		m->number_delta[m->n_number_delta++] = (int64_t)(row->numbers[n] - before);
		if (n < SAME_PLACE)
			last[n] = row->numbers[n];
	}
}

void aw__rows_put(struct aw__rows_writer *writer, const struct aw__wire_row *row)
{
	Awry__Rows *m = &writer->rows;
	size_t i;

	if (row->kind == 0 || row->kind >= AW__ROW_KINDS ||
	    row->number_count > AW__ROW_MOST_NUMBERS || row->text_length > AW__ROW_MOST_TEXT) {
		writer->out->failed = true;
		return;
	}
	if (m->kind.len == ROW_COUNT || m->n_number_delta + row->number_count > NUMBERS ||
	    m->text.len + row->text_length > TEXT_BYTES)
		aw__rows_flush(writer);
	i = m->kind.len++;
	m->n_number_count = m->n_text_length = m->kind.len;
	writer->kind[i] = (uint8_t)row->kind;
	writer->number_count[i] = row->number_count;
	put_numbers(writer, row);
	writer->text_length[i] = row->text_length;
	if (row->text_length > 0)
		memcpy(writer->text + m->text.len, row->text, row->text_length);
	m->text.len += row->text_length;
}

void aw__trailer_write(struct aw__buffer *out, const struct aw__trailer *trailer)
{
	Awry__Message message = AWRY__MESSAGE__INIT;
	Awry__Trailer m = AWRY__TRAILER__INIT;

	m.version = trailer->version;
	m.data_bytes = trailer->data_bytes;
	m.directory_bytes = trailer->directory_bytes;
	message.body_case = AWRY__MESSAGE__BODY_TRAILER;
	message.trailer = &m;
	aw__encode_frame(out, &message);
}
