/* SPDX-License-Identifier: MIT */
/*
 * One process of `awry ps` and of the processes view: reads its black box into a model, and prints it as a row of
 * the table.
 */
#include "viewer/cli/process_row.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"

const char *aw__process_row_state(const struct aw__process_row *row)
{
	switch (row->box->state) {
	case AW__OWNER_ALIVE:
		return "alive";
	case AW__OWNER_STOPPED:
		return "stopped";
	case AW__OWNER_REPLACED:
		return "replaced";
	default:
		return row->ended ? "ended" : "gone";
	}
}

bool aw__process_row_read(struct aw__process_row *row, const struct aw__source_box *box)
{
	struct aw__problem problem;
	struct aw__source *source = aw__source_open(box->path, AW__SOURCE_BRIEF, &problem);
	uint64_t now_ns = aw__clock_realtime_ns();
	struct aw__item item;

	if (source == NULL)
		return false;
	memset(row, 0, sizeof(*row));
	row->box = box;
	row->model = aw__model_create();
	while (aw__source_next(source, &item, &problem) == AW__SOURCE_GOT)
		aw__model_ingest(row->model, &item);
	aw__source_close(source);
	row->ended = aw__model_ended(row->model);
	if (aw__model_hello(row->model)->realtime_ns < now_ns)
		row->age_ns = now_ns - aw__model_hello(row->model)->realtime_ns;
	return true;
}

static void cell(struct aw__buffer *out, size_t *from, size_t width)
{
	aw__text_pad(out, *from, width);
	aw__buffer_text(out, "  ");
	*from = out->length;
}

static void cell_right(struct aw__buffer *out, size_t *from, size_t width)
{
	aw__text_align_right(out, *from, width);
	cell(out, from, width);
}

void aw__process_row_head(struct aw__buffer *out)
{
	aw__buffer_text(out,
			"PID      STATE    RUNTIME       TASKS  FINDINGS           AGE  PROGRAM\n");
}

void aw__process_row_print(const struct aw__process_row *row, struct aw__buffer *out)
{
	const struct aw__hello *hello = aw__model_hello(row->model);
	size_t from = out->length;

	aw__buffer_format(out, "%u", row->box->location.pid);
	cell(out, &from, 7);
	aw__buffer_text(out, aw__process_row_state(row));
	cell(out, &from, 7);
	aw__text_escape(out, hello->runtime, strlen(hello->runtime), true);
	cell(out, &from, 8);
	aw__text_number(out, aw__model_counts(row->model)->tasks_live);
	cell_right(out, &from, 9);
	aw__text_number(out, aw__model_finding_count(row->model));
	cell_right(out, &from, 8);
	aw__text_duration(out, row->age_ns);
	cell_right(out, &from, 12);
	aw__text_escape(out, hello->program, strlen(hello->program), true);
	aw__buffer_char(out, '\n');
}

void aw__process_row_finish(struct aw__process_row *row)
{
	aw__model_destroy(row->model);
}
