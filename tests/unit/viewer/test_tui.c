/* SPDX-License-Identifier: MIT */
/* Tests of the viewer without a terminal: keys go in, the grid is checked as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <awry/agent.h>

#include "base/alloc.h"
#include "model_items.h"
#include "tui_case.h"
#include "viewer/model/image.h"
#include "viewer/model/image_fields.h"
#include "viewer/report/report.h"
#include "viewer/tui/app.h"

static void findings__are_listed(void **state)
{
	struct viewer *viewer = *state;

	fill(viewer->model);
	check(body(screen(viewer, "", 70, 10)),
	      " FINDING            TIMES LAST     WHAT\n"
	      " never-retrieved        1 22:13:23 ValueError: not consumed in bug at…\n"
	      " never-awaited          1 22:13:23 amain at demo.c:20\n"
	      "\n\n\n\n"
	      " Enter open  s sort  / search  ? help  q quit                     1/2\n");
	check_has(screen(viewer, "", 70, 10), " demo 42  live  2 tasks  2 findings\n");
}

static void findings__without_a_task_name_none(void **state)
{
	const uint64_t args[AW__EVENT_ARGS] = { AW__UNCLOSED_HANDLE, 0, 0, 0, 2 };
	struct viewer *viewer = *state;

	items_hello(viewer->model, 42);
	items_event(viewer->model, AW__FINDING, SECOND, 1, args, 0, NULL, "server");
	check_has(screen(viewer, "", 80, 12), " server\n");
}

static void findings__open_up_to_main(void **state)
{
	struct viewer *viewer = *state;
	const char *text;

	fill(viewer->model);
	text = screen(viewer, "\r", 100, 30);
	check_has(text, "> finding\nTask exception was never retrieved  [never-retrieved]\n");
	check_has(text, "ValueError: not consumed\n");
	check_has(text, "bug at /home/me/demo.c:5\n");
	check_has(text, "amain at /home/me/demo.c:20\n");
	check_has(text, "main at /home/me/demo.c:30\n");
	assert_non_null(strstr(screen(viewer, "q", 100, 30), "FINDING"));
	assert_false(viewer->app.quit);
	screen(viewer, "q", 100, 30);
	assert_true(viewer->app.quit);
}

/* Write a source file, and set its path. */
static void write_source(char path[32], const char *text)
{
	int fd;

	strcpy(path, "/tmp/awry-tui-XXXXXX.c");
	fd = mkstemps(path, 2);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void source__keeps_its_indentation(void **state)
{
	const struct items_error error = { .time_ns = SECOND, .id = 100, .site = 3 };
	struct viewer *viewer = *state;
	const char *text;
	char path[32];

	write_source(path, "if (a)\n\n\tfail(\tb);\n    x\ty;\n \t \nend\n");
	items_hello(viewer->model, 42);
	items_string(viewer->model, 1, path);
	items_string(viewer->model, 2, "bug");
	items_place(viewer->model, 3, 2, 1, 3);
	items_error(viewer->model, &error);
	items_found(viewer->model, SECOND, 200, AW__NEVER_RETRIEVED, 0, 100, 0, 0, 3);
	viewer->process.files = aw__source_files_create();
	text = screen(viewer, "r", 100, 30);
	check_has(text, "\n      1  if (a)\n      2\n"
			">     3          fail(   b);\n"
			"      4      x   y;\n      5\n      6  end\n\n");
	aw__source_files_destroy(viewer->process.files);
	viewer->process.files = NULL;
	unlink(path);
}

static void findings__lead_to_their_task(void **state)
{
	struct viewer *viewer = *state;
	const char *text;

	fill(viewer->model);
	text = screen(viewer, "t", 100, 30);
	check_has(text, "Task-2  #2\n");
	check_has(text, "state       finished: error\n");
	check_has(text, "error       ValueError: not consumed, lost\n");
	check_has(text, "created by  amain, 8.0 s ago\n");
	check_has(text,
		  "Created, most recent call first:\n    amain at /home/me/demo.c:20\n"
		  "  created by amain, which was created at:\n    main at /home/me/demo.c:30\n");
}

static void tasks__say_where_they_wait(void **state)
{
	const uint64_t wait[AW__EVENT_ARGS] = { AW_WAIT_SLEEP }, where[AW__EVENT_ARGS] = { 20 };
	struct viewer *viewer = *state;
	const char *text;

	fill(viewer->model);
	text = screen(viewer, "2\r", 100, 30);
	assert_null(strstr(text, "Waits here"));
	items_event(viewer->model, AW__TASK_WAIT, 5 * SECOND, 1, wait, 0, NULL, NULL);
	items_event(viewer->model, AW__TASK_WAITS_AT, 5 * SECOND, 1, where, 0, NULL, NULL);
	text = screen(viewer, "q2\r", 100, 30);
	check_has(text, "state       waiting for sleep");
	check_has(text, "  Waits here, most recent call first:\n    main at /home/me/demo.c:30\n");
}

static void tasks__say_how_long_they_ran_so_far(void **state)
{
	const uint64_t wait[AW__EVENT_ARGS] = { AW_WAIT_SLEEP };
	struct viewer *viewer = *state;

	items_created(viewer->model, 1 * SECOND, 1, 0, 0, 0, "busy");
	items_event(viewer->model, AW__TASK_STEP, 2 * SECOND, 1, NULL, 0, NULL, NULL);
	check_has(screen(viewer, "2\r", 100, 30), "ran         1 step, 8.0 s\n");
	items_event(viewer->model, AW__TASK_WAIT, 3 * SECOND, 1, wait, 0, NULL, NULL);
	check_has(screen(viewer, "", 100, 30), "ran         1 step, 1.0 s\n");
	items_event(viewer->model, AW__TASK_STEP, 6 * SECOND, 1, NULL, 0, NULL, NULL);
	check_has(screen(viewer, "", 100, 30), "ran         2 steps, 5.0 s\n");
}

static void tasks__of_before_the_recording_say_so(void **state)
{
	struct viewer *viewer = *state;
	const char *text;

	fill(viewer->model);
	items_stack(viewer->model, 30, 0, AW__STACK_BEFORE_RECORDING, 0, NULL);
	items_created(viewer->model, 4 * SECOND, 9, 0, 11, 30, "old");
	text = screen(viewer, "2jj\r", 100, 30);
	check_has(text, "created by  an unknown task, or none, before recording began\n");
	check_has(text, "Created, most recent call first:\n    created before recording began\n");
}

static void tasks__are_listed(void **state)
{
	struct viewer *viewer = *state;

	fill(viewer->model);
	check(body(screen(viewer, "2", 90, 10)),
	      " ID      STATE         SINCE WAITS FOR        NAME          COROUTINE\n"
	      " 1       unknown       9.0 s                  amain         amain at demo.c:20\n"
	      " 3       unknown       8.0 s                  other         bug at demo.c:3\n"
	      "\n\n\n\n"
	      " Enter open  s sort  / search  ? help  q quit"
	      "                                         1/2\n");
	check(body(screen(viewer, "f", 40, 10)), " ID      STATE      NAME\n"
						 " 1       unknown    amain\n"
						 " 2       error      Task-2\n"
						 " 3       unknown    other\n"
						 "\n\n\n"
						 " Enter open  s sort  / search  ? h… 1/3\n");
}

static void losses__are_always_shown(void **state)
{
	static const uint64_t args[AW__EVENT_ARGS] = { 1234, AW__LOST_RECORDS };
	struct viewer *viewer = *state;

	fill(viewer->model);
	items_event(viewer->model, AW__EVENTS_LOST, 5 * SECOND, 0, args, 0, NULL, NULL);
	check_has(screen(viewer, "", 80, 24), " LOST 1,234 events  demo 42  live");
	check_has(screen(viewer, "2\r", 40, 10), " LOST 1,234 events  demo 42  live");
}

static void pause__keeps_what_is_shown(void **state)
{
	struct viewer *viewer = *state;
	const char *text;

	fill(viewer->model);
	screen(viewer, "2p", 100, 30);
	items_created(viewer->model, 6 * SECOND, 9, 1, 13, 21, "newcomer");
	text = screen(viewer, "", 100, 30);
	check_has(text, "demo 42  paused  2 tasks");
	assert_null(strstr(text, "newcomer"));
	screen(viewer, "p", 100, 30);
	text = screen(viewer, "", 100, 30);
	check_has(text, "demo 42  live  3 tasks");
	check_has(text, "newcomer");
}

static void search__finds_rows_as_they_are_typed(void **state)
{
	struct viewer *viewer = *state;

	fill(viewer->model);
	check_has(screen(viewer, "2/OTH", 100, 30), "/OTH_  not found");
	screen(viewer, "\x1b", 100, 30);
	check_has(screen(viewer, "/oth", 100, 30), " 2/2\n");
	check_has(screen(viewer, "\rn", 100, 30), " 2/2\n");
	check_has(screen(viewer, "/demo.c\r", 100, 30), " 2/2\n");
	check_has(screen(viewer, "n", 100, 30), " 1/2\n");
	check_has(screen(viewer, "N", 100, 30), " 2/2\n");
	check_has(screen(viewer, "/zz\x7f\x7f\x7f", 100, 30), " /_ ");
}

static void search__finds_lines_and_marks_them(void **state)
{
	struct viewer *viewer = *state;
	const struct aw__cell *cell;
	const char *text;

	fill(viewer->model);
	text = screen(viewer, "\r/:30\r", 60, 10);
	check_has(text, "main at /home/me/demo.c:30\n");
	for (int y = 2; y < 9; y++)
		for (int x = 0; x < 60; x++) {
			cell = &viewer->grid.cells[y * 60 + x];
			if (cell->code == ':' && cell[1].code == '3' && cell[2].code == '0') {
				assert_true((cell->ink & AW__INK_REVERSE) != 0);
				assert_true((cell[2].ink & AW__INK_REVERSE) != 0);
				assert_true((cell[-1].ink & AW__INK_REVERSE) == 0);
				return;
			}
		}
	fail();
}

static void help__shows_every_key(void **state)
{
	struct viewer *viewer = *state;
	const char *text = screen(viewer, "?", 120, 300);

	for (const struct aw__key_spec *spec = aw__keys_table; spec->action != AW__DO_NOTHING;
	     spec++)
		check_has(text, spec->help);
	for (unsigned kind = 1; kind < AW__FINDING_KINDS; kind++)
		check_has(text, aw__finding_spec(kind)->title);
}

static void keys__mean_one_thing(void **state)
{
	const struct aw__key_spec *table = aw__keys_table;

	for (size_t i = 0; table[i].action != AW__DO_NOTHING; i++)
		for (unsigned k = 0; k < AW__KEYS_EACH; k++)
			if (table[i].keys[k] != 0)
				assert_int_equal(aw__keys_find(table[i].keys[k]), table[i].action);
	assert_int_equal(aw__keys_find('Z'), AW__DO_NOTHING);
	assert_int_equal(aw__keys_find(0), AW__DO_NOTHING);
}

/* Esc closes one thing at a time, and never the viewer. */
static void escape__only_goes_back(void **state)
{
	struct viewer *viewer = *state;

	fill(viewer->model);
	check_has(screen(viewer, "\rt", 100, 30), "> task\n");
	check_has(screen(viewer, "\x1b", 100, 30), "> finding\n");
	check_has(screen(viewer, "\x1b", 100, 30), "FINDING");
	assert_null(strstr(screen(viewer, "2/oth\x1b", 100, 30), "/oth"));
	check_has(screen(viewer, "&name:other\r", 100, 30), " 1/1\n");
	check_has(screen(viewer, "\r", 100, 30), "> task\n");
	check_has(screen(viewer, "\x1b", 100, 30), " 1/1\n");
	check_has(screen(viewer, "\x1b", 100, 30), " 1/2\n");
	for (const char *view = "123456789"; *view != '\0'; view++) {
		const char keys[] = { *view, '\x1b', '\x1b', '\0' };

		screen(viewer, keys, 100, 30);
		assert_false(viewer->app.quit);
		assert_int_equal(viewer->app.current, *view - '1');
	}
	screen(viewer, "2q", 100, 30);
	assert_true(viewer->app.quit);
}

/* Whether the grid has no control characters. */
static bool is_harmless(const struct aw__grid *grid)
{
	for (int i = 0; i < grid->width * grid->height; i++) {
		uint32_t code = grid->cells[i].code;

		if (code != 0 && (code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x202e))
			return false;
	}
	return true;
}

/* Load the image's row into a model that has counted findings without keeping them. */
static void load_with_findings_beyond(void *arg, const struct aw__wire_row *row)
{
	const struct aw__image_fields *fields = &aw__image_fields[AW__IMAGE_COUNTS];
	struct aw__wire_row changed = *row;
	uint64_t numbers[AW__IMAGE_MOST_FIELDS];

	for (uint32_t i = 0; row->kind == AW__IMAGE_COUNTS && i < fields->count; i++) {
		numbers[i] = row->numbers[i];
		if (fields->fields[i].offset == offsetof(struct aw__model, counts.findings_beyond))
			numbers[i] = 4321;
		changed.numbers = numbers;
	}
	assert_true(aw__image_load_row(arg, &changed));
}

static void status__counts_findings_that_are_not_kept(void **state)
{
	struct viewer *viewer = *state;
	struct aw__model *model = aw__model_create();
	struct aw__image_loading *loading = aw__image_load_begin(viewer->model);

	fill(model);
	assert_null(strstr(screen(viewer, "", 80, 24), "not kept"));
	aw__model_save(model, load_with_findings_beyond, loading);
	assert_true(aw__image_load_end(loading));
	assert_non_null(strstr(screen(viewer, "", 80, 24), "  2 findings (4,321 not kept)"));
	aw__model_destroy(model);
}

static void views__keep_hostile_text_in_its_cells(void **state)
{
	static const char evil[] = "\x1b]0;x\x07\x1b[2J\r\n\x9b"
				   "31m\xe2\x80\xae\xff";
	struct viewer *viewer = *state;
	struct items_error error = { .time_ns = 1, .id = 1, .type = 2, .message = evil };

	items_hello(viewer->model, 7);
	items_string(viewer->model, 1, evil);
	items_type(viewer->model, 2, evil, 0);
	items_place(viewer->model, 3, 1, 1, 1);
	items_stack(viewer->model, 4, 4, 0, 1, (const uint64_t[]){ 3 });
	items_created(viewer->model, 1, 5, 0, 3, 4, evil);
	items_error(viewer->model, &error);
	items_found(viewer->model, 1, 6, AW__NEVER_RETRIEVED, 5, 1, 4, 0, 3);
	items_found(viewer->model, 1, 8, 12345, 5, 99, 98, 0, 97);
	aw__app_end(&viewer->app, evil);
	for (const char *keys = "\0\r\0q2\0\r\0q1j\r\0t\0/\x9b\0";
	     keys[0] != '\0' || keys[1] != '\0'; keys++) {
		char one[2] = { *keys, '\0' };

		check_has(screen(viewer, one, 120, 40), "demo 7");
		assert_true(is_harmless(&viewer->grid));
	}
	/* the control: the check finds a control character */
	viewer->grid.cells[5].code = 0x1b;
	assert_false(is_harmless(&viewer->grid));
}

/* Ids that dangle or form cycles, and names with control characters. */
static void fill_hostile(struct aw__model *model)
{
	static const char evil[] = "\x1b]0;x\x07\x1b[2J\r\n\x9b at /etc/passwd:1\xe2\x80\xae\xff";
	struct items_error one = { .time_ns = 1,
				   .id = 1,
				   .type = 2,
				   .message = evil,
				   .cause = 2,
				   .context = 1,
				   .child_count = 3,
				   .children = { 1, 2, 77 } };
	struct items_error two = { .time_ns = 1,
				   .id = 2,
				   .type = 99,
				   .cause = 1,
				   .site = 98,
				   .stack = 4,
				   .task = 5,
				   .message = "" };
	const uint64_t handle[AW__EVENT_ARGS] = { 1, 5 }, held[AW__EVENT_ARGS] = { 5 };
	const uint64_t loop[AW__EVENT_ARGS] = { UINT64_MAX };

	items_hello(model, 7);
	items_string(model, 1, evil);
	items_type(model, 2, evil, 2);
	items_place(model, 3, 1, 1, UINT32_MAX);
	items_stack(model, 4, 4, 3, 1, (const uint64_t[]){ 3 });
	items_event(model, AW__LOOP_OPENED, 1, 1, loop, 0, NULL, evil);
	for (uint64_t id = 5; id < 12; id++) {
		const uint64_t wait[AW__EVENT_ARGS] = { id == 8 ? 250 : AW_WAIT_TASK,
							id == 11 ? 5 : id + 1 };

		items_created(model, id, id, id == 5 ? 6 : 5, 3, 4, evil);
		items_event(model, AW__TASK_WAIT, id + 1, id, wait, 0, NULL, NULL);
	}
	items_error(model, &one);
	items_error(model, &two);
	items_event(model, AW__ERROR_NOTE, 1, 1, NULL, 0, NULL, evil);
	items_event(model, AW__ERROR_ATTRIBUTE, 1, 1, handle, 0, NULL, evil);
	items_event(model, AW__HANDLE_OPENED, 1, 9, handle, 0, NULL, NULL);
	items_event(model, AW__RESOURCE_HELD, 1, 9, held, 0, NULL, NULL);
	items_found(model, 1, 6, AW__NEVER_RETRIEVED, 5, 1, 4, 0, 3);
	items_found(model, 1, 7, AW__BLOCKED_LOOP, 5, 0, 4, UINT64_MAX, 3);
	items_found(model, 1, 8, 12345, 5, 99, 98, 0, 97);
}

/* Presses every key in every view, and in the pages that it opens. */
static void views__survive_any_key(void **state)
{
	static const char views[] = "123456789";
	struct viewer *viewer = *state;

	fill_hostile(viewer->model);
	for (const char *view = views; *view != '\0'; view++)
		for (const struct aw__key_spec *spec = aw__keys_table;
		     spec->action != AW__DO_NOTHING; spec++) {
			const char keys[] = { *view, 'G', (char)spec->keys[0], '\r', 'q', '\0' };

			if (spec->keys[0] >= 0x80 || spec->keys[0] == 'q')
				continue;
			screen(viewer, keys, view[0] % 2 == 0 ? 40 : 133, 18);
			assert_true(is_harmless(&viewer->grid));
			screen(viewer, "\x1b", 80, 24);
			viewer->app.quit = false;
		}
}

static void merged__tasks_are_counted_and_shown(void **state)
{
	struct viewer *viewer = *state;
	const char *text;

	for (uint64_t id = 1; id <= 100; id++)
		items_created(viewer->model, id, id, 0, 0, 0, NULL);
	items_done(viewer->model, 300, 7, AW_OUTCOME_RESULT, 0);
	text = screen(viewer, "2=", 100, 24);
	check_has(text, "\xc3\x97"
			"99 Task-");
	check_has(text, " 1/1\n");
	text = screen(viewer, "\r", 100, 24);
	check_has(text, "> the same\n");
	check_has(text, " 1/102\n");
}

static void views__fit_any_screen(void **state)
{
	static const char *const keys[] = { "",	 "\r", "2", "\r", "lll", "q", "?", "G",
					    "3", "4",  "5", "\r", "6",	 "8", "9" };
	struct viewer *viewer = *state;

	fill(viewer->model);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		for (int width = 1; width < 130; width += 3)
			for (int height = 1; height < 40; height += 2)
				screen(viewer, width == 1 && height == 1 ? keys[i] : "", width,
				       height);
	check(screen(viewer, "", 39, 10), "awry needs 40 columns and 10 lines\n\n\n\n\n\n\n\n\n\n");
	check(screen(viewer, "", 20, 1), "awry needs 40 colum…\n");
	check_has(screen(viewer, "1", 40, 10), "FINDING");
}

static void views__are_ascii_on_an_ascii_terminal(void **state)
{
	struct viewer *viewer = *state;

	viewer->app.ascii = viewer->grid.ascii = true;
	fill(viewer->model);
	items_created(viewer->model, 6 * SECOND, 9, 1, 13, 21, "日本");
	for (const char *keys = "12j\rqG\rq1\rG?"; *keys != '\0'; keys++) {
		char one[2] = { *keys, '\0' };

		for (const char *text = screen(viewer, one, 60, 12); *text != '\0'; text++)
			assert_true((unsigned char)*text < 0x80);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, viewer_set_up, viewer_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(findings__are_listed),
		TEST(findings__without_a_task_name_none),
		TEST(findings__open_up_to_main),
		TEST(source__keeps_its_indentation),
		TEST(findings__lead_to_their_task),
		TEST(tasks__say_where_they_wait),
		TEST(tasks__say_how_long_they_ran_so_far),
		TEST(tasks__of_before_the_recording_say_so),
		TEST(tasks__are_listed),
		TEST(losses__are_always_shown),
		TEST(pause__keeps_what_is_shown),
		TEST(search__finds_rows_as_they_are_typed),
		TEST(search__finds_lines_and_marks_them),
		TEST(help__shows_every_key),
		TEST(keys__mean_one_thing),
		TEST(escape__only_goes_back),
		TEST(status__counts_findings_that_are_not_kept),
		TEST(views__keep_hostile_text_in_its_cells),
		TEST(views__survive_any_key),
		TEST(merged__tasks_are_counted_and_shown),
		TEST(views__fit_any_screen),
		TEST(views__are_ascii_on_an_ascii_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
