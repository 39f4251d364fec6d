/* SPDX-License-Identifier: MIT */
/*
 * Presses random keys in a viewer of several processes, live ones and recordings, while their models change. The seeds
 * are fixed. What may go wrong is found by the sanitizers, or is on the screen.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <awry/agent.h>

#include "base/alloc.h"
#include "model_items.h"
#include "random_items.h"
#include "tui_case.h"
#include "viewer/report/report.h"
#include "viewer/tui/mouse.h"

#define SEEDS	  6
#define KEYS	  600  /* for each seed */
#define PROCESSES 6    /* at most: the user attaches to some of them */
#define ITEMS	  500  /* that a process has at the beginning */
#define BEGIN	  1000 /* ns; of the first random item */
#define LISTED	  3

/* A process and its items, which are made again from the seed for each look into its past. */
struct process {
	struct aw__tui_process shown;
	struct aw__model *model;
	struct random random; /* of the next item */
	uint64_t seed;
	unsigned items;
};

struct crowd {
	struct random random;
	struct process processes[PROCESSES];
	size_t count;
	struct aw__tui_host host;
	struct aw__app app;
	struct aw__grid grid;
	struct aw__buffer output;
	uint64_t clock_ns;
};

static bool rarely(struct crowd *crowd, uint64_t of)
{
	return random_below(&crowd->random, of) == 0;
}

/* ---- the processes ---- */

/* Tasks that wait for each other, for locks and for tasks: as many as the process's number says. */
static void fill_waits(struct aw__model *model, uint64_t number)
{
	const uint64_t last = 100 + 20 * number;

	for (uint64_t id = 100; id <= last; id++)
		items_created(model, 1, id, id > 100 ? 100 : 0, 0, 0, "waits");
	for (uint64_t id = 100; id <= last; id++) {
		const uint64_t target = id % 20 == 0 ? id - 19 : id % 3 == 0 ? id + 1 : id % 4;
		const uint64_t wait[AW__EVENT_ARGS] = { id % 3 == 0 || id % 20 == 0 ? AW_WAIT_TASK
										    : AW_WAIT_LOCK,
							target };

		items_event(model, AW__TASK_WAIT, 2, id, wait, 0, NULL, NULL);
	}
	for (uint64_t id = 101; id <= 103; id++) { /* a deadlock */
		const uint64_t wait[AW__EVENT_ARGS] = { AW_WAIT_TASK, id < 103 ? id + 1 : 101 };

		items_event(model, AW__TASK_WAIT, 3, id, wait, 0, NULL, NULL);
	}
}

static struct aw__model *begin(struct process *process, uint64_t number)
{
	struct aw__model *model = aw__model_create();

	process->random = (struct random){ .state = process->seed, .time_ns = BEGIN };
	items_hello(model, 40 + (uint32_t)number);
	if (number % 2 == 0)
		fill(model);
	fill_waits(model, number);
	return model;
}

static void ingest(struct aw__model *model, struct random *random)
{
	struct aw__item item;

	random_item(random, &item);
	aw__model_ingest(model, &item);
}

static void add_process(struct crowd *crowd, bool recorded)
{
	struct process *process = &crowd->processes[crowd->count];

	process->seed = crowd->random.state + crowd->count + 1;
	process->model = begin(process, crowd->count++);
	for (; process->items < ITEMS; process->items++)
		ingest(process->model, &process->random);
	process->shown.model = process->model;
	process->shown.recorded = recorded;
	process->shown.arg = process;
}

static size_t count_processes(void *arg)
{
	return ((const struct crowd *)arg)->count;
}

static const struct aw__tui_process *process_at(void *arg, size_t index)
{
	const struct crowd *crowd = arg;

	assert_in_range(index, 0, crowd->count - 1);
	return &crowd->processes[index].shown;
}

static void describe(const struct aw__tui_process *process, const struct aw__found_group *group,
		     bool ascii, struct aw__buffer *out)
{
	struct aw__report_options look = { .colour = true, .ascii = ascii };

	aw__report_finding(process->model, &look, group, 0, out);
}

static void timeline(const struct aw__tui_process *shown, struct aw__tui_timeline *ret_timeline)
{
	const struct process *process = shown->arg;

	memset(ret_timeline, 0, sizeof(*ret_timeline));
	ret_timeline->first_ns = BEGIN - 200;
	ret_timeline->last_ns = process->random.time_ns;
	ret_timeline->bucket_ns = 1 + (ret_timeline->last_ns - BEGIN) / AW__TUI_BUCKETS;
	for (size_t i = 0; i < AW__TUI_BUCKETS; i += 7)
		ret_timeline->buckets[i] = (struct aw__tui_bucket){ i, i % 3, i % 5, i % 2, i, i };
}

static size_t events(const struct aw__tui_process *shown, uint64_t from_ns, uint64_t to_ns,
		     struct aw__tui_event *ret_events, size_t most)
{
	const struct process *process = shown->arg;
	struct random random = { .state = process->seed, .time_ns = BEGIN };
	size_t count = 0;

	for (unsigned i = 0; i < process->items && count < most; i++) {
		struct aw__item item;

		random_item(&random, &item);
		if (item.kind != AW__ITEM_EVENT || item.event.time_ns < from_ns ||
		    item.event.time_ns > to_ns)
			continue;
		ret_events[count] = (struct aw__tui_event){
			.kind = item.event.kind,
			.thread = item.event.thread,
			.time_ns = item.event.time_ns,
			.subject = item.event.subject,
		};
		memcpy(ret_events[count++].args, item.event.args, sizeof(item.event.args));
	}
	return count;
}

/* Replaces the model, as the viewer's host does. */
static bool seek(const struct aw__tui_process *shown, uint64_t time_ns, struct aw__problem *problem)
{
	struct process *process = shown->arg;
	const struct random now = process->random;
	const struct aw__model *old = process->shown.model;

	if (time_ns != AW__TUI_NOW && time_ns % 16 == 3)
		return aw__problem_set(problem, "this time cannot be shown");
	process->shown.model = process->model;
	if (time_ns != AW__TUI_NOW) {
		struct aw__model *past = begin(process, aw__model_hello(process->model)->pid - 40);

		for (unsigned i = 0; i < process->items && process->random.time_ns < time_ns; i++)
			ingest(past, &process->random);
		process->random = now;
		process->shown.model = past;
	}
	if (old != process->model)
		aw__model_destroy((struct aw__model *)(uintptr_t)old);
	return true;
}

static size_t list(void *arg, struct aw__tui_listed *ret_listed, size_t most)
{
	static const char *const states[LISTED] = { "alive", "stopped", "gone" };

	(void)arg;
	assert_true(most >= LISTED);
	for (unsigned i = 0; i < LISTED; i++) {
		ret_listed[i] = (struct aw__tui_listed){ .id = i + 1, .pid = 90 + i, .tasks = i };
		ret_listed[i].state = states[i];
		ret_listed[i].age_ns = SECOND << 7 * i;
		strcpy(ret_listed[i].program, "server");
	}
	return LISTED;
}

static bool attach(void *arg, uint64_t id, struct aw__problem *problem)
{
	struct crowd *crowd = arg;

	if (crowd->count == PROCESSES)
		return aw__problem_set(problem, "cannot attach to %d", (int)id);
	add_process(crowd, id == 3);
	return true;
}

static const char *output(void *arg, size_t *ret_length)
{
	struct crowd *crowd = arg;

	*ret_length = crowd->output.length;
	return aw__buffer_string(&crowd->output);
}

/* ---- the keys ---- */

static uint32_t random_key(struct crowd *crowd)
{
	static const char typed[] = "state:waiting age>5s name~/w/ has:error &|!()";
	size_t count = 0, at;

	if (rarely(crowd, 12))
		return aw__mouse_key((enum aw__mouse)random_below(&crowd->random, 3),
				     (int)random_below(&crowd->random, 140),
				     (int)random_below(&crowd->random, 50));
	if (rarely(crowd, 3)) /* views and pages more often than their share of the keys */
		return (unsigned char)"44444123567890\r\r\r\r"[random_below(&crowd->random, 18)];
	if (crowd->app.typing != AW__TYPING_NOTHING && !rarely(crowd, 4))
		return (unsigned char)typed[random_below(&crowd->random, sizeof(typed) - 1)];
	while (aw__keys_table[count].action != AW__DO_NOTHING)
		count++;
	at = random_below(&crowd->random, count);
	return aw__keys_table[at].keys[random_below(&crowd->random, AW__KEYS_EACH)];
}

static void change(struct crowd *crowd)
{
	for (size_t i = 0; i < crowd->count; i++) {
		struct process *process = &crowd->processes[i];

		for (unsigned j = 0; !process->shown.recorded && j < 4; j++, process->items++)
			ingest(process->model, &process->random);
	}
	aw__buffer_text(&crowd->output, rarely(crowd, 2) ? "a line\x1b[1m\n" : "\t\r\x1b]0;x");
	crowd->clock_ns += random_below(&crowd->random, 10 * SECOND);
}

static void check_screen(struct crowd *crowd)
{
	const struct aw__grid *grid = &crowd->grid;

	for (int i = 0; i < grid->width * grid->height; i++)
		assert_false(grid->cells[i].code != 0 && grid->cells[i].code < ' ');
}

static void draw(struct crowd *crowd, bool resized)
{
	static const int widths[] = { 80, 133, 40, 200, 1, 60, 39, 12 };
	static const int heights[] = { 24, 50, 10, 14, 1, 30, 9, 60 };
	int width = crowd->app.width, height = crowd->app.height;

	if (resized) {
		width = widths[random_below(&crowd->random, 8)];
		height = heights[random_below(&crowd->random, 8)];
	}
	aw__app_draw(&crowd->app, &crowd->grid, width, height);
	check_screen(crowd);
}

static void press_keys(struct crowd *crowd)
{
	for (unsigned i = 0; i < KEYS; i++) {
		if (rarely(crowd, 3)) {
			change(crowd);
			aw__app_refresh(&crowd->app, crowd->clock_ns);
		}
		aw__app_key(&crowd->app, rarely(crowd, 20) ? AW__KEY_RESIZE : random_key(crowd));
		crowd->app.quit = false;
		crowd->app.wish = AW__WISH_NOTHING;
		if (!rarely(crowd, 3))
			draw(crowd, rarely(crowd, 25));
	}
}

static void start(struct crowd *crowd, uint64_t seed)
{
	memset(crowd, 0, sizeof(*crowd));
	crowd->random.state = seed * 0x9e3779b97f4a7c15u;
	crowd->clock_ns = 10 * SECOND;
	crowd->host = (struct aw__tui_host){
		.arg = crowd,
		.count = count_processes,
		.process = process_at,
		.describe = describe,
		.timeline = timeline,
		.events = events,
		.seek = seek,
		.list = list,
		.attach = attach,
		.output = seed % 2 == 0 ? output : NULL,
	};
	for (unsigned i = 0; i < 3; i++)
		add_process(crowd, (seed + i) % 3 == 0);
	aw__app_init(&crowd->app, &crowd->host, seed % 3 == 0);
	aw__grid_init(&crowd->grid, seed % 3 == 0);
	aw__app_refresh(&crowd->app, crowd->clock_ns);
	aw__app_draw(&crowd->app, &crowd->grid, 100, 30);
}

static void stop(struct crowd *crowd)
{
	aw__app_finish(&crowd->app);
	aw__grid_finish(&crowd->grid);
	aw__buffer_finish(&crowd->output);
	for (size_t i = 0; i < crowd->count; i++) {
		struct process *process = &crowd->processes[i];

		if (process->shown.model != process->model)
			aw__model_destroy((struct aw__model *)(uintptr_t)process->shown.model);
		aw__model_destroy(process->model);
	}
	assert_int_equal(aw__alloc_live(), 0);
}

static void keys__may_come_in_any_order(void **state)
{
	static struct crowd crowd;

	(void)state;
	setenv("TZ", "UTC", 1);
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		start(&crowd, seed);
		press_keys(&crowd);
		stop(&crowd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys__may_come_in_any_order),
	};

	return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
