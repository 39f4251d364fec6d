/* SPDX-License-Identifier: MIT */
/* awry ps */
#include "viewer/cli/cli.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"

enum { OPTION_JSON = 1000 };

static const struct argp_option options[] = {
	{ "json", OPTION_JSON, NULL, 0, "Print JSON", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	bool *json = state->input;

	switch (key) {
	case OPTION_JSON:
		*json = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "no argument is allowed, and '%s' is one", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

struct row {
	const struct aw__source_box *box;
	struct aw__model *model;
	bool ended;
	uint64_t age_ns;
};

static const char *state_of(const struct row *row)
{
	switch (row->box->state) {
	case AW__OWNER_ALIVE:
		return "alive";
	case AW__OWNER_STOPPED:
		return "stopped";
	default:
		return row->ended ? "ended" : "crashed";
	}
}

/* Fills a row from its box; false if that is gone by now, or no box. */
static bool read_row(struct row *row, const struct aw__source_box *box)
{
	struct aw__problem problem;
	struct aw__source *source = aw__source_open(box->path, AW__SOURCE_BRIEF, &problem);
	uint64_t now_ns = aw__clock_realtime_ns();
	struct aw__item item;

	if (source == NULL)
		return false;
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

static void print_row(struct aw__buffer *out, const struct row *row)
{
	const struct aw__hello *hello = aw__model_hello(row->model);
	size_t from = out->length;

	aw__buffer_format(out, "%u", row->box->location.pid);
	cell(out, &from, 7);
	aw__buffer_text(out, state_of(row));
	cell(out, &from, 7);
	aw__text_escape(out, hello->runtime, strlen(hello->runtime), true);
	cell(out, &from, 8);
	aw__text_number(out, aw__model_counts(row->model)->tasks_live);
	cell(out, &from, 9);
	aw__text_number(out, aw__model_finding_count(row->model));
	cell(out, &from, 8);
	aw__text_duration(out, row->age_ns);
	cell(out, &from, 12);
	aw__text_escape(out, hello->program, strlen(hello->program), true);
	aw__buffer_char(out, '\n');
}

static json_t *row_json(const struct row *row)
{
	const struct aw__hello *hello = aw__model_hello(row->model);
	struct aw__buffer program = AW__BUFFER_EMPTY;
	json_t *object;

	aw__text_valid(&program, hello->program, strlen(hello->program));
	object = json_pack("{si ss ss ss sI sI sI ss}", "pid", (int)row->box->location.pid, "state",
			   state_of(row), "runtime", hello->runtime, "program",
			   aw__buffer_string(&program), "live_tasks",
			   (json_int_t)aw__model_counts(row->model)->tasks_live, "findings",
			   (json_int_t)aw__model_finding_count(row->model), "age_ns",
			   (json_int_t)row->age_ns, "box", row->box->path);
	aw__buffer_finish(&program);
	return object;
}

static void print_json(struct aw__buffer *out, json_t *rows)
{
	json_t *document =
		json_pack("{si so}", "version", AW__REPORT_JSON_VERSION, "processes", rows);
	char *text = json_dumps(document, JSON_INDENT(2));

	if (text != NULL)
		aw__buffer_format(out, "%s\n", text);
	free(text);
	json_decref(document);
}

int aw__command_ps(int argc, char **argv)
{
	static const struct argp argp = {
		options,
		parse,
		NULL,
		"List every debuggable process of this user: alive, stopped, "
		"crashed, or ended.",
		NULL,
		NULL,
		NULL
	};
	struct aw__buffer out = AW__BUFFER_EMPTY;
	json_t *rows = json_array();
	struct aw__source_box *boxes;
	struct aw__problem problem;
	bool json = false;
	size_t count;
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &json);
	if (!aw__source_list(&boxes, &count, &problem))
		return aw__cli_fail("%s", problem.text);
	if (!json)
		aw__buffer_text(&out,
				"PID      STATE    RUNTIME   TASKS      FINDINGS  AGE           "
				"PROGRAM\n");
	for (size_t i = 0; i < count; i++) {
		struct row row = { 0 };

		if (!read_row(&row, &boxes[i]))
			continue;
		if (json)
			json_array_append_new(rows, row_json(&row));
		else
			print_row(&out, &row);
		aw__model_destroy(row.model);
	}
	if (json)
		print_json(&out, json_incref(rows));
	json_decref(rows);
	status = aw__cli_page(&out);
	aw__buffer_finish(&out);
	aw__alloc_free(boxes);
	return status;
}
