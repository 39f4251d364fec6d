/* SPDX-License-Identifier: MIT */
/* Implements `awry ps`, which prints a table of all black boxes in the runtime folder, with the state of their processes. */
#include "viewer/cli/process_row.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
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
		aw__cli_usage(state, "no argument is allowed, and '%s' is one", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static json_t *row_json(const struct aw__process_row *row)
{
	const struct aw__hello *hello = aw__model_hello(row->model);
	struct aw__buffer program = AW__BUFFER_EMPTY;
	json_t *object;

	aw__text_valid(&program, hello->program, strlen(hello->program));
	object = json_pack("{si ss ss ss sI sI sI ss}", "pid", (int)row->box->location.pid, "state",
			   aw__process_row_state(row), "runtime", hello->runtime, "program",
			   aw__buffer_string(&program), "live_tasks",
			   (json_int_t)aw__model_counts(row->model)->tasks_live, "findings",
			   (json_int_t)aw__model_finding_count(row->model), "age_ns",
			   (json_int_t)row->age_ns, "box", row->box->path);
	aw__buffer_clear(&program);
	aw__text_valid(&program, aw__buffer_string(&row->script), row->script.length);
	if (program.length > 0)
		json_object_set_new(object, "script", json_string(aw__buffer_string(&program)));
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
	static const struct argp_child children[] = { { &aw__paging_argp, 0, NULL, 0 }, { 0 } };
	static const struct argp argp = {
		options,
		parse,
		NULL,
		"List every debuggable process of this user: alive, stopped, "
		"replaced (it called exec()), ended, or gone: ended without closing its black box, "
		"because it crashed, was killed, or left by _exit().",
		children,
		NULL,
		NULL
	};
	struct aw__buffer out = AW__BUFFER_EMPTY;
	json_t *rows;
	struct aw__source_box *boxes;
	struct aw__problem problem;
	bool json = false;
	size_t count;
	int status;

	aw__cli_parse(&argp, argc, argv, 0, &json);
	if (!aw__source_list(&boxes, &count, &problem))
		return aw__cli_fail("%s", problem.text);
	rows = json_array();
	if (!json)
		aw__process_row_head(&out);
	for (size_t i = 0; i < count; i++) {
		struct aw__process_row row = { 0 };

		if (!aw__process_row_read(&row, &boxes[i]))
			continue;
		if (json)
			json_array_append_new(rows, row_json(&row));
		else
			aw__process_row_print(&row, &out);
		aw__process_row_finish(&row);
	}
	if (json)
		print_json(&out, json_incref(rows));
	json_decref(rows);
	status = aw__cli_page(&out);
	aw__buffer_finish(&out);
	aw__alloc_free(boxes);
	return status;
}
