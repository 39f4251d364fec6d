/* SPDX-License-Identifier: MIT */
/* A viewer without a terminal, for its tests: processes are added by calls, keys go in, and the screen is read. */
#include "tui_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <awry/agent.h>

#include "base/alloc.h"
#include "model_items.h"
#include "viewer/report/report.h"

static size_t count_processes(void *arg)
{
	return 1;
}

static const struct aw__tui_process *process_at(void *arg, size_t index)
{
	const struct viewer *viewer = arg;

	assert_int_equal(index, 0);
	return &viewer->process;
}

static void describe(const struct aw__tui_process *process, const struct aw__found_group *group,
		     bool ascii, struct aw__buffer *out)
{
	struct aw__report_options look = { .colour = true, .ascii = ascii };

	aw__report_finding(process->model, &look, group, 0, out);
}

void fill(struct aw__model *model)
{
	struct items_error error = { .time_ns = 3 * SECOND,
				     .id = 100,
				     .type = 14,
				     .task = 2,
				     .site = 12,
				     .stack = 22,
				     .message = "not consumed" };

	items_hello(model, 42);
	items_string(model, 1, "/home/me/demo.c");
	items_string(model, 2, "main");
	items_string(model, 3, "amain");
	items_string(model, 4, "bug");
	items_place(model, 10, 2, 1, 30);
	items_place(model, 11, 3, 1, 20);
	items_place(model, 12, 4, 1, 5);
	items_place(model, 13, 4, 1, 3);
	items_type(model, 14, "ValueError", 0);
	items_stack(model, 20, 0, 0, 1, (const uint64_t[]){ 10 });
	items_stack(model, 21, 20, 0, 1, (const uint64_t[]){ 11 });
	items_stack(model, 22, 21, 0, 1, (const uint64_t[]){ 12 });
	items_created(model, 1 * SECOND, 1, 0, 11, 20, "amain");
	items_created(model, 2 * SECOND, 2, 1, 13, 21, NULL);
	items_created(model, 2 * SECOND, 3, 1, 13, 21, "other");
	items_told(model, 3 * SECOND, 2, 1, 13, 21, AW__TASK_FINISHED, NULL);
	items_error(model, &error);
	items_done(model, 3 * SECOND, 2, AW_OUTCOME_ERROR, 100);
	items_found(model, 4 * SECOND, 200, AW__NEVER_RETRIEVED, 2, 100, 21, 0, 13);
	items_found(model, 4 * SECOND, 201, AW__NEVER_AWAITED, 0, 0, 21, 0, 11);
}

int viewer_set_up(void **state)
{
	struct viewer *viewer = calloc(1, sizeof(*viewer));

	setenv("TZ", "UTC", 1);
	viewer->model = aw__model_create();
	viewer->process.model = viewer->model;
	viewer->host.arg = viewer;
	viewer->host.count = count_processes;
	viewer->host.process = process_at;
	viewer->host.describe = describe;
	aw__app_init(&viewer->app, &viewer->host, false);
	aw__grid_init(&viewer->grid, false);
	*state = viewer;
	return 0;
}

int viewer_tear_down(void **state)
{
	struct viewer *viewer = *state;

	aw__app_finish(&viewer->app);
	aw__grid_finish(&viewer->grid);
	aw__buffer_finish(&viewer->text);
	aw__model_destroy(viewer->model);
	free(viewer);
	return aw__alloc_live() == 0 ? 0 : -1;
}

const char *screen(struct viewer *viewer, const char *keys, int width, int height)
{
	aw__app_refresh(&viewer->app, 10 * SECOND);
	aw__app_draw(&viewer->app, &viewer->grid, width, height);
	for (; *keys != '\0'; keys++) {
		aw__app_key(&viewer->app, (uint32_t)*keys);
		aw__app_draw(&viewer->app, &viewer->grid, width, height);
	}
	aw__buffer_clear(&viewer->text);
	aw__grid_print(&viewer->grid, &viewer->text);
	return aw__buffer_string(&viewer->text);
}

void check(const char *got, const char *expected)
{
	if (strcmp(got, expected) != 0)
		printf("--- got\n%s--- expected\n%s", got, expected);
	assert_string_equal(got, expected);
}

const char *body(const char *screen)
{
	return strchr(strchr(screen, '\n') + 1, '\n') + 1;
}

void check_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		printf("--- looked for\n%s\n--- in\n%s", part, text);
	assert_non_null(strstr(text, part));
}
