/* SPDX-License-Identifier: MIT */
/*
 * The cost of updating each view of the viewer, with many live tasks of which some changed. Prints lines
 * "view milliseconds".
 *
 *	bench_tui TASKS FRAMES [VIEW]
 *
 * The tasks are connections of a hundred servers, each with a reader and a writer as children: some read, some sleep, some
 * wait for a lock, some for a child. Between two frames, 1 % of them are woken, and wait again.
 */
#include <awry/agent.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "viewer/tui/app.h"

#define SERVERS 100u
#define WIDTH	200
#define HEIGHT	50
#define MS	UINT64_C(1000000)

struct bench {
	struct aw__model *model;
	struct aw__tui_process process;
	struct aw__tui_host host;
	struct aw__app app;
	struct aw__grid grid;
	uint64_t tasks, time_ns, next;
};

static size_t count_processes(void *arg)
{
	return 1;
}

static const struct aw__tui_process *process_at(void *arg, size_t index)
{
	return &((const struct bench *)arg)->process;
}

static void tell(struct bench *bench, enum aw__event_kind kind, uint64_t subject,
		 const uint64_t args[AW__EVENT_ARGS])
{
	struct aw__item item = { .kind = AW__ITEM_EVENT };

	item.event.kind = kind;
	item.event.time_ns = bench->time_ns += 100;
	item.event.subject = subject;
	for (unsigned i = 0; i < AW__EVENT_ARGS; i++)
		item.event.args[i] = args[i];
	aw__model_ingest(bench->model, &item);
}

/* 1: the main task; then the servers; then connections, each followed by its reader and its writer. */
static uint64_t creator_of(uint64_t id)
{
	const uint64_t first = SERVERS + 2;

	if (id < first)
		return id > 1;
	return (id - first) % 3 == 0 ? 2 + id / 3 % SERVERS : id - (id - first) % 3;
}

static void wait(struct bench *bench, uint64_t id)
{
	uint64_t args[AW__EVENT_ARGS] = { AW_WAIT_READ, id + 10000000 };

	if (id < SERVERS + 2 || (id - SERVERS - 2) % 3 == 0) {
		args[0] = AW_WAIT_TASK; /* waits for its last child */
		args[1] = id < SERVERS + 2 ? 2 : id + 2;
	} else if (id % 7 == 0) {
		args[0] = AW_WAIT_SLEEP;
		args[1] = 0;
	} else if (id % 5 == 0) {
		args[0] = AW_WAIT_LOCK;
		args[1] = 20000000 + id % 1000;
	}
	tell(bench, AW__TASK_STEP, id, (const uint64_t[AW__EVENT_ARGS]){ 0 });
	tell(bench, AW__TASK_WAIT, id, args);
}

static void begin(struct bench *bench)
{
	struct aw__item hello = { .kind = AW__ITEM_HELLO, .hello = { .pid = 42, .major = 1 } };

	bench->model = aw__model_create();
	bench->process.model = bench->model;
	bench->host = (struct aw__tui_host){ .arg = bench,
					     .count = count_processes,
					     .process = process_at };
	aw__model_ingest(bench->model, &hello);
	for (uint64_t id = 1; id <= bench->tasks; id++)
		tell(bench, AW__TASK_CREATED, id,
		     (const uint64_t[AW__EVENT_ARGS]){ creator_of(id), 0, 0, 1, 0 });
	for (uint64_t id = 1; id <= bench->tasks; id++)
		wait(bench, id);
	for (uint64_t lock = 0; lock < 1000; lock++)
		tell(bench, AW__RESOURCE_HELD, 20000000 + lock,
		     (const uint64_t[AW__EVENT_ARGS]){ 200 + lock });
	aw__app_init(&bench->app, &bench->host, false);
	aw__grid_init(&bench->grid, false);
}

static void change(struct bench *bench)
{
	for (uint64_t i = 0; i < bench->tasks / 100; i++)
		wait(bench, 1 + bench->next++ * 7919 % bench->tasks);
}

static double clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void frame(struct bench *bench)
{
	aw__app_refresh(&bench->app, bench->time_ns);
	aw__app_draw(&bench->app, &bench->grid, WIDTH, HEIGHT);
}

/* The fastest frame, because other load only adds time. */
static double fastest_frame_ms(struct bench *bench, unsigned view, unsigned frames)
{
	double best = 1e9;

	aw__app_show(&bench->app, view);
	frame(bench);
	for (unsigned i = 0; i < frames; i++) {
		double start, ms;

		change(bench);
		start = clock_ms();
		frame(bench);
		ms = clock_ms() - start;
		best = ms < best ? ms : best;
	}
	return best;
}

int main(int argc, char **argv)
{
	static const unsigned views[] = { AW__VIEW_TASKS, AW__VIEW_TREE, AW__VIEW_WAITS };
	struct bench bench = { .time_ns = 1000 * MS };

	if (argc < 3)
		return 2;
	bench.tasks = strtoull(argv[1], NULL, 10);
	begin(&bench);
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++)
		if (argc == 3 || strtoull(argv[3], NULL, 10) == views[i])
			printf("%s %.2f\n", aw__views[views[i]]->name,
			       fastest_frame_ms(&bench, views[i],
						(unsigned)strtoull(argv[2], NULL, 10)));
	aw__app_finish(&bench.app);
	aw__grid_finish(&bench.grid);
	aw__model_destroy(bench.model);
	return 0;
}
