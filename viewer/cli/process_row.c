/* SPDX-License-Identifier: MIT */
/*
 * One process of `awry ps` and of the processes view: reads its black box into a model, and prints it as a row of
 * the table.
 */
#include "viewer/cli/process_row.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "viewer/cli/python_words.h"
#include "viewer/cli/run_python.h"

#define MOST_BYTES 65536u /* of a command line, and 64 words of it: options come first */
#define MOST_WORDS 64u

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

static size_t read_command_line(uint32_t pid, char *ret, size_t size)
{
	char path[40];
	ssize_t length = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/cmdline", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	length = read(fd, ret, size - 1);
	close(fd);
	ret[length > 0 ? length : 0] = '\0';
	return length > 0 ? (size_t)length : 0;
}

static void name_script(const struct aw__python_words *words, struct aw__buffer *out)
{
	if (words->program == AW__PYTHON_CODE)
		aw__buffer_text(out, "-c");
	else if (words->name != NULL)
		aw__buffer_format(out, "%s%s", words->program == AW__PYTHON_MODULE ? "-m " : "",
				  words->name);
}

/* The kernel has the command line only while the process runs; the number may meanwhile be another process's. */
static void find_script(struct aw__process_row *row)
{
	const struct aw__location *location = &row->box->location;
	const char *program = aw__model_hello(row->model)->program;
	const char *words[MOST_WORDS];
	struct aw__python_words python;
	static char text[MOST_BYTES];
	size_t length, count = 0;

	if (!aw__owner_runs(row->box->state) || !aw__python_is_name(program, strlen(program)))
		return;
	length = read_command_line(location->pid, text, sizeof(text));
	if (location->start_ticks == 0 ||
	    aw__location_start_ticks((pid_t)location->pid, NULL) != location->start_ticks)
		return;
	for (size_t at = 0; at < length && count < MOST_WORDS; at += strlen(text + at) + 1)
		words[count++] = text + at;
	if (count < 2)
		return;
	aw__python_words_read(words + 1, count - 1, &python);
	name_script(&python, &row->script);
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
	find_script(row);
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
	if (row->script.length > 0)
		aw__buffer_char(out, ' ');
	aw__text_escape(out, aw__buffer_string(&row->script), row->script.length, true);
	aw__buffer_char(out, '\n');
}

void aw__process_row_finish(struct aw__process_row *row)
{
	aw__model_destroy(row->model);
	aw__buffer_finish(&row->script);
}
